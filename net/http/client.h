// Client: requests to servers by HTTP/1.1 (RFC 9110, RFC 9112).
#pragma once

#include <string_view>
#include <utility>

#include "net/core/task.h"
#include "net/http/client_options.h"
#include "net/http/client_pool.h"
#include "net/http/client_request.h"
#include "net/http/client_response.h"

namespace net::http {

class Hop;

//   net::http::Client client;
//   net::http::ClientResponse response = co_await client.get("http://example.org/");
//   std::string_view page = co_await response.text();
//
// Connections are kept and used again. A redirect is followed: 301, 302 and 303 by GET where the method was
// POST (303: where it was any but HEAD), 307 and 308 with the same method and content (RFC 9110, 15.4);
// Authorization and Cookie go along to the same server only, and from https to http it goes not unless
// ClientOptions allows it. A request that may be repeated (RFC 9110, 9.2.2) is, once, when the connection that
// was kept for it turns out to be closed.
//
// Any status is an answer, not a failure. Each step has its limit of time (ClientOptions); one for all of them
// is net::timeout around the task that sends and reads. *Lifetime*: it outlives its tasks and responses; it
// ends before its loop does. Tasks of one loop only.
class Client {
 public:
  explicit Client(ClientOptions options = ClientOptions()) : options_(std::move(options)), pool_(options_) {}
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() = default;

  // Sends a request and gives the answer as soon as its head has come.
  //
  // *Errors*: the message names the phase, the URL and the reason, and ClientRequest::failure has what there
  // was no room for. invalid_argument: URL, field or content are none that can be sent; host_not_found,
  // resolver_failed, connection_refused, unreachable, timed_out; of TLS those of ClientOptions::secure,
  // not_supported without it; permission_denied, connection_refused of a proxy, and permission_denied for a
  // redirect from https to http; connection_reset, broken_pipe, end_of_stream: the server ended the connection;
  // protocol_error: the answer is none; limit_exceeded: too many redirects, or a request's head too long;
  // no_memory. *Cancellation*: at once; the connection is closed, and the server may have acted. *Lifetime*:
  // `request` outlives the await.
  Task<ClientResponse> send(ClientRequest& request);
  // *Errors*, *Cancellation*: as `send`. *Lifetime*: the texts outlive the await.
  Task<ClientResponse> get(std::string_view url);
  Task<ClientResponse> head(std::string_view url);
  Task<ClientResponse> post(std::string_view url, std::string_view content, std::string_view type);

  // Closes the connections that are kept for later.
  void close_idle() { pool_.close_kept(); }
  [[nodiscard]] std::size_t idle() const { return pool_.kept(); }

 private:
  Task<ClientResponse> exchange(const Hop& hop, const Url* proxy, ClientRequest& request);
  static bool rewind(const Hop& hop, ClientRequest& request);

  ClientOptions options_;
  ClientPool pool_;
};

}  // namespace net::http
