// WebSocket echo, and a room where everybody hears what one says, as a user of the library writes them.
#include <cstdio>
#include <memory>

#include "net/http/server.h"
#include "net/net.h"
#include "net/websocket/accept.h"

namespace http = net::http;
namespace websocket = net::websocket;

namespace {

net::Task<> echo(http::Request& request, http::Response& response) {
  websocket::WebSocket socket = co_await websocket::accept(request, response);
  if (!socket) co_return;
  for (;;) {
    websocket::Message message = co_await socket.read();
    if (!message) co_return;
    co_await socket.write_binary(message.data);
  }
}

// A message is made into a frame once, for everybody.
using Shared = std::shared_ptr<const websocket::Prepared>;

class Client : public net::ListNode {
 public:
  explicit Client(websocket::WebSocket& of) : socket(of) {}
  websocket::WebSocket& socket;
  net::Channel<Shared> messages{64};
};

using Room = net::IntrusiveList<Client>;

net::Task<> speak(Room& room, Client& client) {
  for (;;) {
    websocket::Message message = co_await client.socket.read();
    if (!message) co_return;
    auto shared = std::make_shared<const websocket::Prepared>(message.kind, message.data);
    for (Client* each = room.front(); each != nullptr; each = room.next(*each)) {
      Shared copy = shared;
      if (!each->messages.try_send(copy)) each->socket.abort();  // it is too slow
    }
  }
}

net::Task<> listen(Client& client) {
  for (;;) {
    Shared message = co_await client.messages.receive();
    co_await client.socket.write(*message);
  }
}

net::Task<> enter(Room& room, http::Request& request, http::Response& response) {
  websocket::WebSocket socket = co_await websocket::accept(request, response);
  if (!socket) co_return;
  Client client(socket);
  room.push_back(client);
  co_await net::any(speak(room, client), listen(client));
}

net::Task<> serve() {
  Room room;
  http::Router router;
  router.get("/echo", echo);
  router.get("/broadcast", [&room](http::Request& request, http::Response& response) -> net::Task<> {
    co_await enter(room, request, response);
  });
  net::Endpoint any_port(net::Address::loopback_v4(), 0);
  net::Listener listener = co_await net::listen(any_port, net::ListenOptions().set_backlog(4096));
  std::printf("port %d\n", listener.local().port());
  std::fflush(stdout);
  co_await http::serve(listener, router);
}

}  // namespace

int main() { return net::run(serve); }
