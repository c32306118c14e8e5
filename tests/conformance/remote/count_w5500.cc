#include "embedded/offload/w5500/network.h"
#include "tests/conformance/remote/count.h"

namespace net::conformance {
namespace {

w5500::W5500Network& network() { return static_cast<w5500::W5500Network&>(Network::current()); }

}  // namespace

std::size_t open_sockets() { return network().open_sockets(); }
std::size_t connected_sockets() { return network().connected_sockets(); }

}  // namespace net::conformance
