#include <optional>

#include "examples/host.h"

namespace example {

// By its numbers: a server needs no names, whose look-up would take much of its flash.
net::Task<net::Endpoint> local(std::string_view host, std::uint16_t port) {
  std::optional<net::Address> address = net::Address::parse(host);
  if (!address) {
    net::Text<80> what;
    what << "listen on " << host;
    co_await net::fail(net::Errc::host_not_found, what.text());
  }
  co_return net::Endpoint(*address, port);
}

}  // namespace example
