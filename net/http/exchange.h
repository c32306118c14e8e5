// Exchange: one request sent to one server, and the head of its answer.
#pragma once

#include <cstddef>
#include <string_view>

#include "net/core/task.h"
#include "net/http/client_error.h"
#include "net/http/client_options.h"
#include "net/http/client_pool.h"
#include "net/http/client_request.h"
#include "net/http/client_response.h"
#include "net/http/output.h"
#include "net/http/url.h"

namespace net::http {

// What a redirect has made of a request.
class Hop {
 public:
  Hop() {}  // NOLINT: not an aggregate
  Url url;
  std::string_view method;
  bool has_body = false;
  bool has_credentials = true;
};

// *Lifetime*: what it is made of outlives it.
class Exchange {
 public:
  Exchange(const ClientOptions& options, ClientPool& pool, const Url* proxy, ClientRequest& request,
           const Hop& hop)
      : options_(options), pool_(pool), proxy_(proxy), request_(request), hop_(hop) {}

  // Sends the request on a connection that was kept, or, if there is none or `fresh`, on a new one, and gives
  // the answer as soon as its head has come.
  //
  // *Errors*: those of Client::send, but for redirects, named by phase and URL; those of BodySource::read.
  // *Cancellation*: at once; the connection is closed, and the server may have acted. *Lifetime*: this outlives
  // the await, and `options` and `pool` the answer.
  Task<ClientResponse> run(bool fresh);
  // After a failure: the connection had been kept and was closed before a byte of the answer came, so that the
  // server may have closed it before it saw the request (RFC 9112, 9.3.1).
  [[nodiscard]] bool was_stale() const { return stale_; }

 private:
  [[nodiscard]] Error named(const Error& error, std::string_view reason = {}) {
    return client_error(request_.failure_, error, phase_, hop_.url.text(), reason);
  }
  [[nodiscard]] std::string_view reason_for(const Error& error) const;
  [[nodiscard]] bool is_tunnelled() const { return proxy_ != nullptr && hop_.url.secure(); }

  Task<> connect(Lease& lease, bool fresh);
  Task<> open(ClientConnection& connection);
  Task<> ask_for_tunnel(ClientConnection& connection);
  Task<> send(ClientConnection& connection);
  bool write_head(Output& out) const;
  bool write_fields(Output& out) const;
  Task<> send_content(ClientConnection& connection, Output& head);
  Task<> send_source(Output& head);
  Task<bool> is_wanted(ClientConnection& connection);
  Task<> receive_head(ClientConnection& connection, ResponseParser& parser, bool stops_early);
  Task<> take_head(ClientResponse& response);

  const ClientOptions& options_;
  ClientPool& pool_;
  const Url* proxy_;
  ClientRequest& request_;
  const Hop& hop_;
  ClientPhase phase_ = ClientPhase::kWait;
  const char* reason_ = "";  // for people, of a failure
  bool kept_ = false;        // the connection was
  bool answered_ = false;    // a byte of the answer has come
  bool sent_ = false;        // all of the request has been
  bool stale_ = false;
};

}  // namespace net::http
