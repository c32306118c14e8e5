// Hosts: middleware that answers requests for this server's own names only.
#pragma once

#include <span>
#include <string_view>

#include "net/core/task.h"
#include "net/http/request.h"
#include "net/http/response.h"
#include "net/http/router.h"

namespace net::http {

// Whether a Host field names an address, "localhost" or one of `names`, with a port or without. So does an
// empty one, which no browser sends.
[[nodiscard]] bool is_own_host(std::string_view host, std::span<const std::string_view> names = {});

// For servers that only those who reach them may ask, such as one on the loopback interface. A page of any site
// can have its own name resolved to this server's address (DNS rebinding); its requests are then of the same
// origin, and may read the answers. But they name that site as their host:
//
//   router.use(http::Hosts());
//
// Requests for other hosts are answered 421 (RFC 9110, 7.4 and 15.5.20), those for WebSockets too. *Lifetime*:
// `names` outlive the router.
class Hosts {
 public:
  explicit Hosts(std::span<const std::string_view> names = {}) : names_(names) {}
  // *Errors*, *Cancellation*: those of the handler, and of Response::send.
  NET_MAKES_TASK Task<> operator()(Request& request, Response& response, Next next) const {
    return is_own_host(request.host(), names_) ? next(request, response) : refuse(response);
  }

 private:
  static Task<> refuse(Response& response);
  std::span<const std::string_view> names_;
};

}  // namespace net::http
