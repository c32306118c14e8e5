#include "net/http/hosts.h"

#include <algorithm>

#include "net/http/syntax.h"
#include "net/io/address.h"

namespace net::http {

bool is_own_host(std::string_view host, std::span<const std::string_view> names) {
  // No name has brackets.
  if (host.empty() || host.starts_with('[')) return true;
  host = host.substr(0, host.find(':'));
  if (same_ignoring_case(host, "localhost") || Address::parse(host)) return true;
  return std::any_of(names.begin(), names.end(),
                     [host](std::string_view name) { return same_ignoring_case(host, name); });
}

Task<> Hosts::refuse(Response& response) {
  co_await response.status(421).send("this server does not go by that name\n");
}

}  // namespace net::http
