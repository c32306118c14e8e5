// Eddy's WebSocket server: echoes on /, and on /all sends each message to everybody. It prints its port.
#include <cstdio>

#include "net/http/server.h"
#include "net/net.h"
#include "net/websocket/accept.h"

namespace {

namespace http = net::http;
namespace websocket = net::websocket;

net::Task<> echo(http::Request& request, http::Response& response) {
  websocket::AcceptOptions options;
  options.set_deflate(std::nullopt);
  websocket::WebSocket socket = co_await websocket::accept(request, response, options);
  if (!socket) co_return;
  for (;;) {
    websocket::Message message = co_await socket.read();
    if (!message) co_return;
    co_await socket.write_binary(message.data);
  }
}

class Member {
 public:
  explicit Member(websocket::WebSocket& of) : socket(of) {}
  websocket::WebSocket& socket;
  Member* next = nullptr;
};
Member* first = nullptr;

class Membership {
 public:
  explicit Membership(Member& member) : member_(member) { member_.next = std::exchange(first, &member_); }
  Membership(const Membership&) = delete;
  Membership& operator=(const Membership&) = delete;
  ~Membership() {
    Member** link = &first;
    while (*link != &member_) link = &(*link)->next;
    *link = member_.next;
  }

 private:
  Member& member_;
};

// All of them take it at once here; a server for strangers has a queue for each (examples/websocket_chat.cc).
net::Task<> tell_all(http::Request& request, http::Response& response) {
  websocket::AcceptOptions options;
  options.set_deflate(std::nullopt);
  websocket::WebSocket socket = co_await websocket::accept(request, response, options);
  if (!socket) co_return;
  Member member(socket);
  Membership membership(member);
  for (;;) {
    websocket::Message message = co_await socket.read();
    if (!message) co_return;
    websocket::Prepared prepared(message.kind, message.data);
    for (Member* each = first; each != nullptr; each = each->next) co_await each->socket.write(prepared);
  }
}

net::Task<> serve() {
  http::Router router;
  router.get("/", echo).get("/all", tell_all);
  net::ListenOptions listening;
  listening.set_backlog(4096);
  net::Listener listener = co_await net::listen(net::Endpoint(net::Address::loopback_v4(), 0), listening);
  std::printf("%u\n", unsigned{listener.local().port()});
  std::fflush(stdout);
  co_await http::serve(listener, router);
}

}  // namespace

int main() { return net::run(serve); }
