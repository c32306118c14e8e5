// A server of raw streams that says what it was told to, whatever it is asked; for tests of clients.
#pragma once

#include <array>
#include <cstdlib>
#include <string>
#include <vector>

#include "net/net.h"

namespace net {

// One turn of a connection: wait for a whole request (unless told not to), then say something.
class Turn {
 public:
  Turn(std::string says) : text(std::move(says)) {}  // NOLINT: a script is a list of texts
  Turn(const char* says) : text(says) {}             // NOLINT
  // Closes after it; resets; reads no more while the client still sends; says it unasked.
  Turn& then_closes() { return closes = true, *this; }
  Turn& then_resets() { return resets = true, *this; }
  Turn& unasked() { return asks = false, *this; }
  // Waits for the head alone.
  Turn& after_head() { return whole = false, *this; }
  Turn& later(Duration time) { return delay = time, *this; }
  // Waits for the last chunk of a body whose head has been answered.
  Turn& after_last_chunk() { return last_chunk = true, *this; }
  // Byte by byte.
  Turn& in_bytes() { return piece = 1, *this; }

  std::string text;
  Duration delay{};
  std::size_t piece = 0;
  bool asks = true;
  bool whole = true;
  bool last_chunk = false;
  bool closes = false;
  bool resets = false;
};

using Script = std::vector<Turn>;

class ScriptedServer {
 public:
  // What the n-th connection's turns are; after the last it is silent, and so is a connection without a script.
  std::vector<Script> scripts;
  // What came, and on which connection.
  struct Seen {
    std::size_t connection;
    std::string text;
  };
  std::vector<Seen> requests;
  std::size_t connections = 0;
  std::size_t ended = 0;  // by the client

  Task<> serve(std::uint16_t port) {
    Listener listener = co_await listen(Endpoint(Address::any_v4(), port));
    co_await serve(listener);
  }
  Task<> serve(Listener& listener) {
    co_await scope([this, &listener](Scope& scope) -> Task<> {
      for (;;) {
        Stream peer = co_await listener.accept();
        scope.spawn(run, std::ref(*this), connections++, std::move(peer));
      }
    });
  }

 private:
  static bool is_whole(const std::string& text) {
    std::size_t end = text.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    std::size_t length = text.find("Content-Length: ");
    if (length < end) return text.size() - end - 4 >= std::strtoul(text.c_str() + length + 16, nullptr, 10);
    return text.find("Transfer-Encoding: chunked") > end || text.ends_with("\r\n0\r\n\r\n") ||
           text.ends_with("\r\n\r\n0\r\n\r\n");
  }

  static Task<> run(ScriptedServer& self, std::size_t number, Stream peer) {
    Result<> talked = co_await result(talk(self, number, peer));
    if (talked) co_return;
    bool is_own = talked.error() == Errc::cancelled || talked.error() == Errc::no_memory;
    if (is_own) co_await fail(talked.error());
  }

  static Task<> talk(ScriptedServer& self, std::size_t number, Stream& peer) {
    Script script = number < self.scripts.size() ? self.scripts[number] : Script();
    std::array<std::byte, 2000> buffer;
    for (const Turn& turn : script) {
      if (turn.asks) {
        std::size_t place = self.requests.size();
        bool enough = false;
        for (bool begun = false; !enough; begun = true) {
          std::span<std::byte> got = co_await peer.read(buffer);
          if (got.empty()) {
            ++self.ended;
            co_return;
          }
          if (!begun) {
            place = self.requests.size();
            self.requests.push_back({number, ""});
          }
          std::string& request = self.requests[place].text;
          request += text(got);
          enough = turn.last_chunk ? request.ends_with("0\r\n\r\n")
                   : turn.whole    ? is_whole(request)
                                   : request.find("\r\n\r\n") != std::string::npos;
        }
      }
      if (turn.delay != Duration::zero()) co_await sleep(turn.delay);
      std::string_view rest = turn.text;
      std::size_t piece = turn.piece == 0 ? rest.size() : turn.piece;
      while (!rest.empty()) {
        co_await peer.write(rest.substr(0, piece));
        rest.remove_prefix(std::min(piece, rest.size()));
      }
      if (turn.resets) peer.abort();
      if (turn.closes || turn.resets) co_return;
    }
    for (;;) {
      std::span<std::byte> got = co_await peer.read(buffer);
      if (got.empty()) break;
    }
    ++self.ended;
  }
};

}  // namespace net
