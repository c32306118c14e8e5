// WebSocket on Boost.Beast over Asio's C++20 coroutines: echo in the shape of Beast's own example for them, and
// a room in that of its chat server, where a message is shared by all queues.
#include <cstdio>
#include <deque>
#include <memory>
#include <string>
#include <unordered_set>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using asio::ip::tcp;
using Socket = websocket::stream<typename beast::tcp_stream::rebind_executor<
    asio::use_awaitable_t<>::executor_with_default<asio::any_io_executor>>::other>;
using Message = std::shared_ptr<const std::string>;

namespace {

constexpr int kBacklog = 4096;
constexpr std::size_t kMostQueued = 64;

asio::awaitable<void> echo(Socket& socket) {
  beast::flat_buffer buffer;
  for (;;) {
    co_await socket.async_read(buffer);
    socket.binary(socket.got_binary());
    co_await socket.async_write(buffer.data());
    buffer.consume(buffer.size());
  }
}

// One of a room. Messages for it wait while another is being written.
class Client : public std::enable_shared_from_this<Client> {
 public:
  explicit Client(Socket socket) : socket_(std::move(socket)) {}
  Socket& socket() { return socket_; }
  void send(const Message& message) {
    if (queue_.size() == kMostQueued) {  // it is too slow
      beast::get_lowest_layer(socket_).close();
      return;
    }
    queue_.push_back(message);
    if (queue_.size() == 1) asio::co_spawn(socket_.get_executor(), write(shared_from_this()), asio::detached);
  }

 private:
  // Its argument keeps the client.
  static asio::awaitable<void> write(std::shared_ptr<Client> self) {
    while (!self->queue_.empty()) {
      co_await self->socket_.async_write(asio::buffer(*self->queue_.front()));
      self->queue_.pop_front();
    }
  }

  Socket socket_;
  std::deque<Message> queue_;
};

using Room = std::unordered_set<Client*>;

asio::awaitable<void> speak(Room& room, Client& client) {
  beast::flat_buffer buffer;
  for (;;) {
    co_await client.socket().async_read(buffer);
    auto message = std::make_shared<const std::string>(beast::buffers_to_string(buffer.data()));
    buffer.consume(buffer.size());
    for (Client* each : room) each->send(message);
  }
}

asio::awaitable<void> enter(Room& room, Socket socket) {
  auto client = std::make_shared<Client>(std::move(socket));
  client->socket().binary(true);
  room.insert(client.get());
  try {
    co_await speak(room, *client);
  } catch (const boost::system::system_error&) {  // it has left
  }
  room.erase(client.get());
}

asio::awaitable<void> session(Room& room, tcp::socket peer) {
  try {
    Socket socket(std::move(peer));
    // The suggested ones; the request itself has the timeout that Beast's examples give it.
    beast::get_lowest_layer(socket).expires_after(std::chrono::seconds(30));
    beast::flat_buffer buffer;
    http::request<http::string_body> request;
    co_await http::async_read(socket.next_layer(), buffer, request);
    beast::get_lowest_layer(socket).expires_never();
    socket.set_option(websocket::stream_base::timeout::suggested(beast::role_type::server));
    socket.auto_fragment(false);  // a message is one frame, as the others' are
    co_await socket.async_accept(request);
    if (request.target() == "/broadcast") {
      co_await enter(room, std::move(socket));
    } else {
      co_await echo(socket);
    }
  } catch (const boost::system::system_error&) {  // it has left
  }
}

asio::awaitable<void> serve(Room& room, tcp::acceptor& acceptor) {
  for (;;) {
    tcp::socket peer = co_await acceptor.async_accept(asio::use_awaitable);
    asio::co_spawn(acceptor.get_executor(), session(room, std::move(peer)), asio::detached);
  }
}

}  // namespace

int main() {
  Room room;
  asio::io_context context(1);  // one thread: Asio leaves out some of its locking
  tcp::acceptor acceptor(context, tcp::v4());
  acceptor.bind({asio::ip::address_v4::loopback(), 0});
  acceptor.set_option(tcp::no_delay(true));  // accepted sockets inherit it
  acceptor.listen(kBacklog);
  std::printf("port %u\n", static_cast<unsigned>(acceptor.local_endpoint().port()));
  std::fflush(stdout);
  asio::co_spawn(context, serve(room, acceptor), asio::detached);
  context.run();
}
