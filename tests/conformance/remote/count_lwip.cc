#include "embedded/lwip/open_sockets.h"
#include "tests/conformance/remote/count.h"

namespace net::conformance {

std::size_t open_sockets() { return lwip::open_sockets(); }
std::size_t connected_sockets() { return 0; }

}  // namespace net::conformance
