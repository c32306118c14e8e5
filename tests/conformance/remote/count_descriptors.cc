#include "tests/conformance/descriptors.h"
#include "tests/conformance/remote/count.h"

namespace net::conformance {

std::size_t open_sockets() { return open_descriptors(); }
std::size_t connected_sockets() { return 0; }

}  // namespace net::conformance
