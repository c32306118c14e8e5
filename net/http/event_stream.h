// EventStream: server-sent events (the WHATWG's HTML standard, 9.2), which browsers read by EventSource.
#pragma once

#include <cstdint>
#include <string_view>

#include "net/core/task.h"
#include "net/http/response.h"

namespace net::http {

// Answers a request with events, one after another, until the handler ends. When the server drains, the handler
// is cancelled at once and the stream ends in order, so that a browser asks anew (Response::endless).
//
// *Lifetime*: the response outlives it.
class EventStream {
 public:
  explicit EventStream(Response& response);

  // Sends one event. `data` may have several lines; `name` and `id` none. The first send begins the answer.
  //
  // *Errors*: invalid_argument for line ends in `name` or `id`; no_memory; those of Response::write, when the
  // peer has gone. *Cancellation*: as Response::write. *Lifetime*: the texts outlive the await.
  Task<> send(std::string_view data, std::string_view name = {}, std::string_view id = {});
  // Sends a comment, so that whoever is between does not take the connection for idle.
  Task<> keep_alive();

 private:
  Response& response_;
};

}  // namespace net::http
