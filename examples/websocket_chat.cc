// A chat room for browsers: open the page, in two windows. What one says, all hear.
//
// A line is made into a frame once, for everybody. Each client has a channel of lines that it is to hear; one
// that is too slow to take them is disconnected.
#include "examples/host.h"
#include "examples/options.h"
#include "examples/say.h"
#include "net/http/server.h"
#include "net/net.h"
#include "net/websocket/accept.h"

using namespace std::chrono_literals;
namespace http = net::http;
namespace websocket = net::websocket;

constexpr std::size_t kLongestLine = 500;
constexpr std::size_t kLinesAhead = 256;  // twice what comes in one turn of a client

constexpr std::string_view kPage = R"html(<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<title>Chat</title>
<style>
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 2rem auto; padding: 0 1rem; }
  #lines { height: 60vh; overflow-y: auto; border: 1px solid #ccc; padding: .5rem 1rem; }
  #lines p { margin: 0; overflow-wrap: anywhere; }
  form { display: flex; gap: .5rem; margin-top: 1rem; }
  input { flex: 1; font: inherit; padding: .25rem .5rem; }
  button { font: inherit; }
</style>
<h1>Chat</h1>
<div id="lines" aria-live="polite"></div>
<form><input autofocus maxlength="120" placeholder="Say something"><button>Send</button></form>
<script>
  const lines = document.querySelector('#lines');
  const input = document.querySelector('input');
  const socket = new WebSocket(location.href.replace(/^http/, 'ws').replace(/[#?].*/, '') + 'chat');
  function show(text) {
    const line = document.createElement('p');
    line.textContent = text;
    lines.append(line);
    lines.scrollTop = lines.scrollHeight;
  }
  socket.onmessage = (event) => show(event.data);
  socket.onclose = (event) => show(`* the connection has ended (${event.code} ${event.reason})`);
  document.querySelector('form').onsubmit = (event) => {
    event.preventDefault();
    if (input.value !== '') socket.send(input.value);
    input.value = '';
  };
</script>
</html>
)html";

// A line that many are to hear. It goes when the last of them has heard it.
class Line {
 public:
  explicit Line(std::string_view text) : shared_(new Shared(text)) {}
  Line(const Line& other) : shared_(other.shared_) {
    if (shared_ != nullptr) ++shared_->users;
  }
  Line(Line&& other) noexcept : shared_(std::exchange(other.shared_, nullptr)) {}
  Line& operator=(const Line&) = delete;
  ~Line() {
    if (shared_ != nullptr && --shared_->users == 0) delete shared_;
  }
  // False without memory.
  [[nodiscard]] bool valid() const { return shared_ != nullptr && shared_->frame.valid(); }
  [[nodiscard]] const websocket::Prepared& frame() const { return shared_->frame; }

 private:
  struct Shared : net::Pooled {
    explicit Shared(std::string_view text) : frame(text) {}
    websocket::Prepared frame;
    std::uint32_t users = 1;
  };
  Shared* shared_;
};

class Client {
 public:
  explicit Client(websocket::WebSocket& of) : socket(of) {}
  websocket::WebSocket& socket;
  net::Channel<Line> lines{kLinesAhead};
  std::uint32_t number = 0;
  Client* next = nullptr;
};

class Room {
 public:
  void enter(Client& client) {
    client.number = ++entered_;
    client.next = std::exchange(first_, &client);
  }
  void leave(Client& client) {
    Client** link = &first_;
    while (*link != &client) link = &(*link)->next;
    *link = client.next;
  }
  void tell(std::string_view text) {
    Line line(text);
    if (!line.valid()) return;  // without memory nobody hears it
    for (Client* each = first_; each != nullptr; each = each->next) {
      Line copy(line);
      if (each->lines.closed() || each->lines.try_send(copy)) continue;
      example::say("client ", each->number, " is too slow: disconnected");
      each->lines.close();
      each->socket.abort();
    }
  }

 private:
  Client* first_ = nullptr;
  std::uint32_t entered_ = 0;
};

// A client is in the room while this lives, however its task ends.
class Presence {
 public:
  Presence(Room& room, Client& client) : room_(room), client_(client) {
    room_.enter(client_);
    announce(" is here");
  }
  Presence(const Presence&) = delete;
  Presence& operator=(const Presence&) = delete;
  ~Presence() {
    room_.leave(client_);
    announce(" has left");
  }

 private:
  void announce(std::string_view what) {
    net::Text<64> text;
    text << "* client " << client_.number << what;
    room_.tell(text.text());
  }
  Room& room_;
  Client& client_;
};

net::Task<> write_lines(Client& client) {
  for (;;) {
    Line line = co_await client.lines.receive();
    co_await client.socket.write(line.frame());
  }
}

net::Task<> read_lines(Room& room, Client& client) {
  for (;;) {
    websocket::Message message = co_await client.socket.read();
    if (!message) co_return;
    if (!message.is_text()) {
      co_await client.socket.close(websocket::close_code::kUnsupportedData, "only text");
      co_return;
    }
    net::Text<kLongestLine + 32> said;
    said << client.number << ": " << message.text();
    room.tell(said.text());
  }
}

net::Task<> chat(Room& room, http::Request& request, http::Response& response) {
  websocket::Options connection;
  connection.set_message_limit(kLongestLine).set_ping(30s, 10s).set_close_timeout(1s);
  websocket::AcceptOptions options;
  options.set_connection(connection);
  websocket::WebSocket socket = co_await websocket::accept(request, response, options);
  if (!socket) co_return;
  Client client(socket);
  Presence presence(room, client);
  co_await net::any(read_lines(room, client), write_lines(client));
}

net::Task<> page(http::Request&, http::Response& response) {
  response.header("Content-Type", "text/html; charset=utf-8");
  co_await response.send(kPage);
}

net::Task<> serve(std::string_view host, std::uint16_t port) {
  Room room;
  auto enter = [&room](http::Request& request, http::Response& response) -> net::Task<> {
    co_await chat(room, request, response);
  };
  http::Router router;
  router.get("/", page).get("/chat", enter);
  net::Listener listener = co_await example::listen(host, port);
  example::say("listening on ", listener.local());
  co_await http::serve(listener, router);
}

int main(int argc, char** argv) {
  std::string_view host;
  std::uint16_t port = 8080;
  example::Options options(argc, argv, "A chat room for browsers: what one says, all hear.");
  options.add("--host", host, "the address to listen on; all if empty");
  options.add("--port", port, "the port; 0: any free one");
  if (!options.parse()) return options.status();
  return net::run(serve, host, port);
}
