#include "tests/conformance/lwip_world.h"
#include "tests/conformance/remote/count.h"

namespace net::conformance {

std::size_t open_sockets() { return lwip_sockets(); }

}  // namespace net::conformance
