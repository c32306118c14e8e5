#include "examples/host.h"

namespace example {

net::Task<net::Endpoint> local(std::string_view host, std::uint16_t port) {
  net::Endpoint found = co_await find(host, port);
  co_return found;
}

}  // namespace example
