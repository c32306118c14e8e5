// A chat room: what one client says, a line each, all others hear.
//
// Each client has a channel of lines that it is to hear, and a task that writes them to it. The channel is
// bounded: a burst waits until those have room who take what they hear; a client that reads too slowly is
// disconnected.
#include <algorithm>
#include <array>
#include <cstring>

#include "examples/host.h"
#include "examples/options.h"
#include "examples/say.h"
#include "net/net.h"

using namespace std::chrono_literals;

constexpr std::size_t kLongestLine = 256;
constexpr std::size_t kLinesAhead = 32;
constexpr net::Duration kPatience = 2s;  // in which a client that is behind takes as many lines
constexpr int kSendBuffer = 16384;       // bounds what the system keeps for a slow client, beside the channel

class Line {
 public:
  explicit Line(std::string_view text) : size_(std::min(text.size(), text_.size())) {
    std::memcpy(text_.data(), text.data(), size_);
  }
  [[nodiscard]] std::string_view text() const { return {text_.data(), size_}; }

 private:
  std::array<char, kLongestLine + 32> text_;  // with the speaker's name
  std::size_t size_;
};

class Client {
 public:
  explicit Client(net::Stream stream) : peer(std::move(stream)) {}
  // There is no room for a line more, but soon will be.
  [[nodiscard]] bool is_catching_up() const {
    return lines.size() == kLinesAhead && !lines.closed() && net::Clock::now() - kept_up < kPatience;
  }
  net::Stream peer;
  net::Channel<Line> lines{kLinesAhead};
  net::TimePoint kept_up = net::Clock::now();  // when it had heard all, or as many lines as there is room for
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
    moved();
  }
  // News of the room, to all but one. Who has many lines to hear already is spared it: a crowd that comes and
  // goes makes nobody slow.
  void announce(const Client& except, std::string_view text) {
    for (Client* each = first_; each != nullptr; each = each->next) {
      if (each == &except || each->lines.size() >= kLinesAhead / 2) continue;
      Line line(text);
      each->lines.try_send(line);
    }
  }
  // One who hears a line and for whom it has to wait; null if there is none.
  [[nodiscard]] const Client* behind(const Client& except) const {
    for (Client* each = first_; each != nullptr; each = each->next) {
      if (each != &except && each->is_catching_up()) return each;
    }
    return nullptr;
  }
  // Waits until somebody is behind no more, and no longer than `slow` may be.
  net::Task<> wait_for(const Client& slow) {
    auto waiting = net::deadline(slow.kept_up + kPatience, moved_.wait());
    net::Result<> waited = co_await net::result(waiting);
    if (!waited && waited.error() != net::Errc::timed_out) co_await net::fail(waited.error());
  }
  // Somebody who was behind has room for a line, or has gone: all who wait look again.
  void moved() {
    moved_.set();
    moved_.reset();
  }
  // What one has said, to all but one.
  void tell(const Client& except, std::string_view text) {
    for (Client* each = first_; each != nullptr; each = each->next) {
      if (each == &except || each->lines.closed()) continue;
      Line line(text);
      if (!each->lines.try_send(line)) {
        example::say("client ", each->number, " is too slow: disconnected");
        each->lines.close();
        each->peer.abort();
        moved();
      }
    }
  }

 private:
  Client* first_ = nullptr;
  net::Event moved_{"those who are behind"};
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
    text << "* client " << client_.number << what << '\n';
    room_.announce(client_, text.text());
  }
  Room& room_;
  Client& client_;
};

net::Task<> write_lines(Room& room, Client& client) {
  net::Text<64> hello;
  hello << "* you are client " << client.number << '\n';
  co_await client.peer.write(hello.text());
  for (std::size_t taken = 1;; ++taken) {
    Line line = co_await client.lines.receive();
    if (client.lines.size() == 0 || taken % kLinesAhead == 0) client.kept_up = net::Clock::now();
    if (client.lines.size() == kLinesAhead - 1) room.moved();  // it had room for none
    co_await client.peer.write(line.text());
  }
}

net::Task<> read_lines(Room& room, Client& client) {
  net::BufferedReader reader(client.peer, kLongestLine + 2);
  for (;;) {
    std::string_view line = co_await reader.read_line(kLongestLine + 2);
    if (line.size() > kLongestLine) co_await net::fail(net::Errc::limit_exceeded, "read a line");
    net::Text<kLongestLine + 32> said;
    said << client.number << ": " << line << '\n';
    while (const Client* slow = room.behind(client)) co_await room.wait_for(*slow);
    room.tell(client, said.text());
    co_await net::yield();  // before the next line the others write this one
  }
}

// Ends when the client has said its last line, or one that is too long.
net::Task<> chat(Room& room, net::Stream stream) {
  Client client(std::move(stream));
  // Where the stack has one size for all, that is small already.
  net::Result<> bounded = client.peer.set_send_buffer(kSendBuffer);
  if (!bounded && bounded.error() != net::Errc::not_supported) co_await net::fail(bounded.error());
  Presence presence(room, client);
  auto ended = co_await net::result(net::any(read_lines(room, client), write_lines(room, client)));
  if (!ended && ended.error() == net::Errc::limit_exceeded) {
    example::say("client ", client.number, " sent a line that is too long: disconnected");
  }
  if (!ended && ended.error() != net::Errc::end_of_stream) co_await net::fail(ended.error());
}

net::Task<> serve(std::string_view host, std::uint16_t port) {
  net::Listener listener = co_await example::listen(host, port);
  example::say("listening on ", listener.local());
  Room room;
  auto handler = [&room](net::Stream peer) -> net::Task<> { co_await chat(room, std::move(peer)); };
  co_await net::serve(listener, handler);
}

int main(int argc, char** argv) {
  std::string_view host;
  std::uint16_t port = 5000;
  example::Options options(argc, argv, "A chat room: what one client says, all others hear.");
  options.add("--host", host, "the address to listen on; all if empty");
  options.add("--port", port, "the port; 0: any free one");
  if (!options.parse()) return options.status();
  return net::run(serve, host, port);
}
