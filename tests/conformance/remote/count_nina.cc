#include "embedded/offload/nina/network.h"
#include "tests/conformance/remote/count.h"

namespace net::conformance {

std::size_t open_sockets() { return static_cast<nina::NinaNetwork&>(Network::current()).open_sockets(); }
std::size_t connected_sockets() { return 0; }

}  // namespace net::conformance
