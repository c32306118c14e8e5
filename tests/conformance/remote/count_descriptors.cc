#include "tests/conformance/descriptors.h"
#include "tests/conformance/remote/count.h"

namespace net::conformance {

std::size_t open_sockets() { return open_descriptors(); }

}  // namespace net::conformance
