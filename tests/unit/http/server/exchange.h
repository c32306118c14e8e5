// One connection with a server, on a stream in memory and in virtual time: what is sent, and what comes back.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "net/core/combine.h"
#include "net/core/memory.h"
#include "net/core/sleep.h"
#include "net/http/server.h"
#include "net/http/server_state.h"
#include "net/io/memory_stream.h"
#include "tests/support/manual_loop.h"

namespace net::http {

using namespace std::chrono_literals;

// Sends the pieces with a millisecond between them, then ends its half unless it is to stay open; collects what
// comes, up to the end: "<reset>" stands for another end than the stream's.
class Peer {
 public:
  std::vector<std::string> pieces;
  bool stays = false;
  Duration gap = 1ms;
  std::string got;

  explicit Peer(std::vector<std::string> what) : pieces(std::move(what)) {}

  Task<> run(Stream& stream) {
    Task<> sending = send(stream);
    Task<> receiving = receive(stream);
    co_await all(std::move(sending), std::move(receiving));
  }

 private:
  Task<> send(Stream& stream) {
    for (const std::string& piece : pieces) {
      Result<> sent = co_await result(stream.write(std::string_view(piece)));
      if (!sent) co_return;
      co_await sleep(gap);
    }
    if (!stays) co_await result(stream.shutdown());
  }
  Task<> receive(Stream& stream) {
    for (;;) {
      std::array<std::byte, 512> buffer;
      Result<std::span<std::byte>> part = co_await result(stream.read(buffer));
      if (!part && part.error() == Errc::cancelled) co_await fail(part.error());
      if (!part) got += "<reset>";
      if (!part || part->empty()) break;
      got += text(*part);
    }
  }
};

inline Task<> serve_one(Server& server, Stream stream) {
  // A failure of the connection is its own; `serve` would log it.
  Result<> ended = co_await result(server.converse(std::move(stream)));
  if (!ended && ended.error() == Errc::cancelled) co_return;
}

inline Task<> exchange_task(Server& server, Peer& peer) {
  std::pair<Stream, Stream> ends = stream_pair();
  Task<> serving = serve_one(server, std::move(ends.second));
  Task<> asking = peer.run(ends.first);
  co_await all(std::move(serving), std::move(asking));
}

// What a peer gets of a server that drains, and when that has ended.
class Outcome {
 public:
  std::string got;
  TimePoint ended{};
};

inline Task<> drain_after(Server& server, Duration time) {
  co_await sleep(time);
  server.drain();
}

// "Date: …" changes with the time of day. A line of content that happens to begin so, and is no time, stays.
inline std::string without_dates(std::string text) {
  constexpr std::string_view kBegin = "\r\nDate: ";
  constexpr std::string_view kEnd = " GMT\r\n";
  constexpr std::size_t kTime = 25;  // "Sun, 06 Nov 1994 08:49:37"
  for (std::size_t at = 0; (at = text.find(kBegin, at)) != std::string::npos;) {
    std::size_t end = at + kBegin.size() + kTime;
    if (std::string_view(text).substr(std::min(end, text.size())).starts_with(kEnd)) {
      text.erase(at + 2, end + kEnd.size() - at - 2);
    } else {
      at += 2;
    }
  }
  return text;
}

// What comes back for the pieces, without Date fields.
inline std::string exchange(Handler handler, Peer& peer, ServerOptions options = ServerOptions()) {
  auto blocks = memory_statistics().blocks - 1;  // but for the handler, which goes
  {
    ManualLoop loop;
    Server server(std::move(handler), std::move(options));
    Result<> outcome = loop.run_task(exchange_task, server, peer);
    EXPECT_TRUE(outcome) << outcome.error().message();
  }
  EXPECT_EQ(memory_statistics().blocks, blocks) << "memory was not given back";
  return without_dates(peer.got);
}
inline std::string exchange(Handler handler, std::string sent, ServerOptions options = ServerOptions()) {
  Peer peer({std::move(sent)});
  return exchange(std::move(handler), peer, std::move(options));
}

inline std::vector<std::string> in_bytes(std::string_view text) {
  std::vector<std::string> pieces;
  for (char c : text) pieces.emplace_back(1, c);
  return pieces;
}

}  // namespace net::http
