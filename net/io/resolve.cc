#include "net/io/resolve.h"

#include "net/dns/look_up.h"
#include "net/io/network.h"

namespace net {
namespace {

Task<> ask_network(std::string_view host, Family family, Addresses& found) {
  ResolveOperation operation(Network::current(), host, family, found);
  co_await operation;
}

}  // namespace

Task<Addresses> resolve(std::string_view host, Family family) {
  Addresses found;
  if (std::optional<Address> literal = Address::parse(host)) {
    if (family != Family::kNone && literal->family() != family) {
      Text<80> what;
      what << "resolve " << host;
      co_await fail(Errc::host_not_found, what.text());
    }
    found.push_back(*literal);
    co_return found;
  }
  // Stacks take the name up to its first NUL, which would be another host.
  if (host.find('\0') != std::string_view::npos)
    co_await fail(Errc::host_not_found, "resolve a name with a NUL");
  if (NameServers* servers = Network::current().name_servers()) {
    co_await dns::look_up(*servers, host, family, found);
  } else {
    co_await ask_network(host, family, found);
  }
  co_return found;
}

}  // namespace net
