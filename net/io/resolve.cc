#include "net/io/resolve.h"

namespace net {

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
  ResolveOperation operation(Network::current(), host, family);
  co_await operation;
  for (std::size_t i = 0; i < operation.count; ++i) found.push_back(operation.addresses[i]);
  co_return found;
}

}  // namespace net
