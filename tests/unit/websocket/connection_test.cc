// Connections over streams in memory: two of ours, and one against raw frames.
#include <array>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "net/core/combine.h"
#include "net/core/deadline.h"
#include "net/core/scope.h"
#include "net/core/sleep.h"
#include "net/io/memory_stream.h"
#include "tests/unit/websocket/pair.h"

namespace net::websocket {
namespace {

using namespace std::chrono_literals;
using namespace std::literals;

class Connections : public testing::Test {
 protected:
  void run(Task<> (*body)()) {
    Result<> ended = loop.run_task(body);
    EXPECT_TRUE(ended) << ended.error().message();
  }
  ManualLoop loop;
  NumbersNetwork network;
  Network::Used used{network};
};

class Ends {
 public:
  explicit Ends(const Options& options = Options(), std::optional<Deflate> deflate = std::nullopt,
                std::size_t capacity = 65536) {
    auto [first, second] = stream_pair(capacity);
    server = WebSocket(std::move(first), Role::kServer, options, deflate);
    client = WebSocket(std::move(second), Role::kClient, options, deflate);
  }
  WebSocket server;
  WebSocket client;
};

Task<> echo(WebSocket& socket) {
  for (;;) {
    Message message = co_await socket.read();
    if (!message) break;
    if (message.is_text()) {
      co_await socket.write_text(message.text());
    } else {
      co_await socket.write_binary(message.data);
    }
  }
}

std::string pattern(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i != size; ++i) text[i] = static_cast<char>('a' + (i * 31 + i / 251) % 26);
  return text;
}

Task<> exchange(WebSocket& socket) {
  for (std::size_t size : {0, 1, 125, 126, 65535, 65536, 200'000}) {
    std::string sent = pattern(size);
    co_await all(socket.write_text(sent), [](WebSocket& from, const std::string& expected) -> Task<> {
      Message heard = co_await from.read();
      EXPECT_TRUE(heard && heard.is_text() && heard.text() == expected) << expected.size();
    }(socket, sent));
  }
  co_await socket.close(close_code::kGoingAway, "enough");
  EXPECT_EQ(socket.close_code(), close_code::kGoingAway);
}

Task<> echo_between(std::optional<Deflate> deflate, std::size_t capacity) {
  Ends ends(Options(), deflate, capacity);
  co_await all(echo(ends.server), [](WebSocket& client) -> Task<> { co_await exchange(client); }(ends.client));
  EXPECT_EQ(ends.server.close_code(), close_code::kGoingAway);
  EXPECT_EQ(ends.server.close_reason(), "enough");
}

TEST_F(Connections, Echo) {
  run([]() -> Task<> { co_await echo_between(std::nullopt, 65536); });
}
TEST_F(Connections, EchoThroughANarrowStream) {
  run([]() -> Task<> { co_await echo_between(std::nullopt, 3); });
}
TEST_F(Connections, EchoWithCompression) {
  run([]() -> Task<> {
    Deflate small = Deflate::without_context();
    small.server_window_bits = small.client_window_bits = 9;
    for (const Deflate& deflate : {Deflate(), Deflate::without_context(), small}) {
      co_await echo_between(deflate, 65536);
      co_await echo_between(deflate, 7);
    }
  });
}

// Either end may be the one that echoes, or closes.
TEST_F(Connections, ServerAsks) {
  run([]() -> Task<> {
    Ends ends;
    co_await all(echo(ends.client), exchange(ends.server));
  });
}

// ---- Raw frames: what a server makes of them, and what it says.

struct Case {
  const char* rule;
  std::vector<std::string> frames;
  std::string heard;  // "text(x) " …, then how it ended
  std::string said;   // the first bytes of what it sent
  friend void PrintTo(const Case& test, std::ostream* out) { *out << test.rule; }
};

class Cases : public testing::TestWithParam<Case> {
 protected:
  ManualLoop loop;
  NumbersNetwork network;
  Network::Used used{network};
};

Task<> listen_to(WebSocket& server, std::string& heard) {
  for (;;) {
    Result<Message> message = co_await result(server.read());
    if (!message) {
      heard += describe(message.error().code());
      co_return;
    }
    if (!*message) {
      heard += "closed " + std::to_string(server.close_code()) + " " + std::string(server.close_reason());
      co_return;
    }
    heard += (message->is_text() ? "text(" : "binary(") + std::string(message->text()) + ") ";
  }
}

Task<> hear_end(Stream& peer, std::string& said) {
  std::array<std::byte, 512> buffer;
  for (;;) {
    std::span<std::byte> got = co_await peer.read(buffer);
    if (got.empty()) co_return;
    said += text(got);
  }
}

Task<> send_raw(Stream& peer, const std::string& bytes, std::size_t at_once) {
  for (std::size_t i = 0; i < bytes.size(); i += at_once)
    co_await peer.write(std::string_view(bytes).substr(i, at_once));
  co_await peer.shutdown();
}

Task<> serve_once(Stream stream, std::string& heard) {
  Options options;
  options.set_message_limit(1000);
  WebSocket server(std::move(stream), Role::kServer, options);
  co_await listen_to(server, heard);
}

Task<> against_raw(const std::string& bytes, std::size_t at_once, std::string& heard, std::string& said) {
  auto [ours, peer] = stream_pair();
  Stream& raw = peer;
  auto sent = [](Stream& to, const std::string& all, std::size_t size) -> Task<> {
    Result<> done = co_await result(send_raw(to, all, size));
    static_cast<void>(done);  // the server may have seen enough
  };
  co_await all(serve_once(std::move(ours), heard), sent(raw, bytes, at_once), hear_end(raw, said));
}

TEST_P(Cases, EndAsTheyShould) {
  std::string all_bytes;
  for (const std::string& each : GetParam().frames) all_bytes += each;
  for (std::size_t at_once : {std::size_t{1}, std::size_t{2}, std::size_t{13}, std::size_t{100'000}}) {
    std::string heard;
    std::string said;
    Result<> ended = loop.run_task(against_raw, all_bytes, at_once, heard, said);
    EXPECT_TRUE(ended) << ended.error().message();
    EXPECT_EQ(heard, GetParam().heard) << at_once;
    EXPECT_EQ(said, GetParam().said) << at_once;
  }
}

std::string f(unsigned first, std::string_view payload = {}) { return frame(Role::kServer, first, payload); }
std::string closed(std::string_view code) { return "\x88\x02" + std::string(code); }

const std::string kBye = f(0x88, "\x03\xe8");
const std::string kByeBack = closed("\x03\xe8");

const Case kCases[] = {
    {"7.1.5: a close", {kBye}, "closed 1000 ", kByeBack},
    {"5.5.1: a close without a code", {f(0x88)}, "closed 1005 ", "\x88\x00"s},
    {"5.5.1: a close with a reason", {f(0x88, "\x0f\xa0why")}, "closed 4000 why", closed("\x0f\xa0")},
    {"7.1.5: no close", {f(0x81, "x")}, "text(x) end of stream", ""},
    {"7.1.5: half a frame", {f(0x81, "x"), f(0x81, "yz").substr(0, 7)}, "text(x) end of stream", ""},
    {"5.5.1: nothing counts after a close", {kBye, f(0x81, "x"), f(0xF1, "")}, "closed 1000 ", kByeBack},
    {"5.5.2: a ping is answered", {f(0x89, "p"), kBye}, "closed 1000 ", "\x8a\x01p" + kByeBack},
    {"5.5.2: an empty ping", {f(0x89), kBye}, "closed 1000 ", "\x8a\x00"s + kByeBack},
    {"5.5.2: a ping of 125 bytes",
     {f(0x89, std::string(125, 'p')), kBye},
     "closed 1000 ",
     "\x8a\x7d" + std::string(125, 'p') + kByeBack},
    {"5.5.2: ten pings", std::vector<std::string>{f(0x89, "0123456789"), f(0x89, "1"), f(0x89, "2"), kBye},
     "closed 1000 ",
     "\x8a\x0a"
     "0123456789\x8a\x01"
     "1\x8a\x01"
     "2" +
         kByeBack},
    {"5.5.3: a pong that nobody asked for",
     {f(0x8a, "p"), f(0x81, "x"), kBye},
     "text(x) closed 1000 ",
     kByeBack},
    {"5.4: a ping within a message",
     {f(0x01, "a"), f(0x89, "p"), f(0x80, "b"), kBye},
     "text(ab) closed 1000 ",
     "\x8a\x01p" + kByeBack},
    {"5.4: pings within each part",
     {f(0x01, "a"), f(0x89, "p"), f(0x00, "b"), f(0x89, "q"), f(0x80, "c"), kBye},
     "text(abc) closed 1000 ",
     "\x8a\x01p\x8a\x01q" + kByeBack},
    {"5.4: messages one after another",
     {f(0x81, "x"), f(0x82, "y"), f(0x81), kBye},
     "text(x) binary(y) text() closed 1000 ",
     kByeBack},
    {"5.4: a close within a message", {f(0x01, "a"), kBye}, "closed 1000 ", kByeBack},
    {"5.4: a continuation of nothing", {f(0x80, "a")}, "protocol error", closed("\x03\xea")},
    {"5.4: a message within a message", {f(0x01, "a"), f(0x81, "b")}, "protocol error", closed("\x03\xea")},
    {"5.4: a text, then nonsense", {f(0x81, "x"), f(0xc1, "b")}, "text(x) protocol error", closed("\x03\xea")},
    {"5.1: without a mask", {frame(Role::kClient, 0x81, "x")}, "protocol error", closed("\x03\xea")},
    {"5.2: a reserved bit", {f(0xc1, "x")}, "protocol error", closed("\x03\xea")},
    {"5.2: a reserved opcode", {f(0x83, "x")}, "protocol error", closed("\x03\xea")},
    {"5.5: a ping in parts", {f(0x09, "x")}, "protocol error", closed("\x03\xea")},
    {"5.5: a long ping", {f(0x89, std::string(126, 'x'))}, "protocol error", closed("\x03\xea")},
    {"7.4.2: close code 0", {f(0x88, "\0\0"sv)}, "protocol error", closed("\x03\xea")},
    {"7.4.2: close code 999", {f(0x88, "\x03\xe7")}, "protocol error", closed("\x03\xea")},
    {"7.4.1: close code 1004", {f(0x88, "\x03\xec")}, "protocol error", closed("\x03\xea")},
    {"7.4.1: close code 1005", {f(0x88, "\x03\xed")}, "protocol error", closed("\x03\xea")},
    {"7.4.1: close code 1006", {f(0x88, "\x03\xee")}, "protocol error", closed("\x03\xea")},
    {"7.4.1: close code 1015", {f(0x88, "\x03\xf7")}, "protocol error", closed("\x03\xea")},
    {"7.4.2: close code 2999", {f(0x88, "\x0b\xb7")}, "protocol error", closed("\x03\xea")},
    {"7.4.2: close code 5000", {f(0x88, "\x13\x88")}, "protocol error", closed("\x03\xea")},
    {"5.5.1: half a close code", {f(0x88, "\x03")}, "protocol error", closed("\x03\xea")},
    {"8.1: a close reason that is no text",
     {f(0x88, "\x03\xe8\xc0\x80")},
     "protocol error",
     closed("\x03\xef")},
    {"8.1: a text that is none",
     {f(0x81,
        "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80"
        "edited")},
     "protocol error",
     closed("\x03\xef")},
    {"8.1: a character in two parts",
     {f(0x01, "\xe2\x82"), f(0x80, "\xac"), kBye},
     "text(\xe2\x82\xac) closed 1000 ",
     kByeBack},
    {"8.1: a ping within a character",
     {f(0x01, "\xe2"), f(0x89), f(0x80, "\x82\xac"), kBye},
     "text(\xe2\x82\xac) closed 1000 ",
     "\x8a\x00"s + kByeBack},
    {"8.1: half a character at the end", {f(0x81, "\xe2\x82")}, "protocol error", closed("\x03\xef")},
    {"8.1: half a character at the end of the parts",
     {f(0x01, "x"), f(0x00, "\xe2\x82"), f(0x80)},
     "protocol error",
     closed("\x03\xef")},
    {"8.1: it is told before the message ends",
     {f(0x01, "\xff"), f(0x00, "x")},
     "protocol error",
     closed("\x03\xef")},
    {"5.6: a binary may be anything", {f(0x82, "\xff\xfe"), kBye}, "binary(\xff\xfe) closed 1000 ", kByeBack},
    {"7.4.1: too long", {f(0x82, std::string(1001, 'x'))}, "limit exceeded", closed("\x03\xf1")},
    {"7.4.1: too long in parts",
     {f(0x02, std::string(600, 'x')), f(0x80, std::string(401, 'x'))},
     "limit exceeded",
     closed("\x03\xf1")},
    {"7.4.1: as long as may be",
     {f(0x02, std::string(600, 'x')), f(0x80, std::string(400, 'x')), kBye},
     "binary(" + std::string(1000, 'x') + ") closed 1000 ",
     kByeBack},
    {"RFC 7692, 6: compression that was not agreed on",
     {f(0xc1, "\xf2\x48\xcd\xc9\xc9\x07\x00"sv)},
     "protocol error",
     closed("\x03\xea")},
};

INSTANTIATE_TEST_SUITE_P(Rfc6455, Cases, testing::ValuesIn(kCases));

// ---- Compression.

Task<> against_bomb(std::string& heard) {
  auto [ours, theirs] = stream_pair();
  Options small;
  small.set_message_limit(1000);
  WebSocket server(std::move(ours), Role::kServer, small, Deflate());
  WebSocket client(std::move(theirs), Role::kClient, Options(), Deflate());
  std::string much(1'000'000, 'a');
  co_await client.write_text(much);
  co_await listen_to(server, heard);
}

TEST_F(Connections, ABombIsRefused) {
  std::string heard;
  Result<> ended = loop.run_task(against_bomb, heard);
  EXPECT_TRUE(ended);
  EXPECT_EQ(heard, "limit exceeded");
}

// ---- Both directions at once.

TEST_F(Connections, APongWaitsForAMessageThatIsBeingWritten) {
  run([]() -> Task<> {
    auto [ours, theirs] = stream_pair(16);
    WebSocket server(std::move(ours), Role::kServer, Options());
    Stream peer = std::move(theirs);
    std::string sent = pattern(100);
    std::string said;
    auto write = [](WebSocket& to, const std::string& message) -> Task<> { co_await to.write_text(message); };
    auto ping_and_hear = [](Stream& from, std::string& all_of_it) -> Task<> {
      co_await sleep(1ms);
      // Two pings, while the message is stuck: the newest is answered, behind it.
      co_await from.write(f(0x89, "1"));
      co_await sleep(1ms);
      co_await from.write(f(0x89, "2"));
      co_await sleep(1ms);
      co_await from.write(f(0x88));
      co_await hear_end(from, all_of_it);
    };
    auto serve = [](WebSocket socket, const std::string& message, auto writes) -> Task<> {
      std::string heard;
      co_await all(listen_to(socket, heard), writes(socket, message));
      EXPECT_EQ(heard, "closed 1005 ");
    };
    co_await all(serve(std::move(server), sent, write), ping_and_hear(peer, said));
    EXPECT_EQ(said, "\x81\x64" + sent +
                        "\x8a\x01"
                        "2\x88\x00"s);
  });
}

TEST_F(Connections, MessagesOfManyTasksComeWhole) {
  run([]() -> Task<> {
    Ends ends(Options(), std::nullopt, 10);
    auto write = [](WebSocket& to, char letter) -> Task<> {
      std::string message(50, letter);
      for (int i = 0; i != 3; ++i) co_await to.write_text(message);
    };
    auto read = [](WebSocket& from) -> Task<> {
      for (int i = 0; i != 9; ++i) {
        Message message = co_await from.read();
        EXPECT_EQ(message.text(), std::string(50, message.text().front()));
      }
    };
    co_await all(write(ends.server, 'a'), write(ends.server, 'b'), write(ends.server, 'c'), read(ends.client));
  });
}

TEST_F(Connections, PartsBothWays) {
  run([]() -> Task<> {
    Options options;
    options.set_message_limit(100);  // which parts are not held to
    Ends ends(options);
    auto write = [](WebSocket& to) -> Task<> {
      std::string part = pattern(1000);
      for (int i = 0; i != 10; ++i) co_await to.write_part(Kind::kBinary, bytes(part), false);
      Result<> within = co_await result(to.write_text("within"));
      EXPECT_EQ(within.error(), Errc::invalid_argument);
      co_await to.ping();
      co_await to.write_part(Kind::kBinary, {}, true);
      co_await to.write_text("next");
    };
    auto read = [](WebSocket& from) -> Task<> {
      std::string heard;
      for (;;) {
        Message part = co_await from.read_part();
        EXPECT_EQ(part.kind, Kind::kBinary);
        heard += part.text();
        if (part.last) break;
      }
      std::string expected;
      for (int i = 0; i != 10; ++i) expected += pattern(1000);
      EXPECT_TRUE(heard == expected);
      Message next = co_await from.read();
      EXPECT_EQ(next.text(), "next");
    };
    co_await all(write(ends.client), read(ends.server));
  });
}

TEST_F(Connections, APreparedMessageIsSentAsItIs) {
  run([]() -> Task<> {
    Prepared prepared(pattern(300));
    EXPECT_TRUE(prepared.valid());
    Deflate deflate;
    Ends ends(Options(), deflate);
    co_await ends.server.write(prepared);
    Message heard = co_await ends.client.read();
    EXPECT_EQ(heard.text(), pattern(300));
    co_await ends.client.write(prepared);
    Message masked = co_await ends.server.read();
    EXPECT_EQ(masked.text(), pattern(300));
    EXPECT_EQ(text(prepared.data()), pattern(300));
  });
}

// ---- Ends.

TEST_F(Connections, ACloseThatIsNotAnsweredTimesOut) {
  run([]() -> Task<> {
    auto [ours, theirs] = stream_pair();
    Stream peer = std::move(theirs);
    WebSocket server(std::move(ours), Role::kServer, Options());
    TimePoint begin = Clock::now();
    Result<> closed = co_await result(server.close());
    EXPECT_EQ(closed.error(), Errc::timed_out);
    EXPECT_EQ(Clock::now() - begin, 5s);
    std::array<std::byte, 10> buffer;
    Result<std::span<std::byte>> heard = co_await result(peer.read(buffer));
    EXPECT_FALSE(heard && heard->empty());  // no orderly end
  });
}

TEST_F(Connections, ACloseIsBesideAReader) {
  run([]() -> Task<> {
    Ends ends;
    std::string heard;
    std::string heard_there;
    auto close = [](WebSocket& from) -> Task<> {
      co_await sleep(1ms);
      co_await from.close(4000, "so");
      Result<> after = co_await result(from.write_text("x"));
      EXPECT_EQ(after.error(), Errc::closed);
      co_await from.close();
    };
    co_await all(listen_to(ends.server, heard), close(ends.server), listen_to(ends.client, heard_there));
    EXPECT_EQ(heard, "closed 4000 ");
    EXPECT_EQ(heard_there, "closed 4000 so");
  });
}

TEST_F(Connections, BothCloseAtOnce) {
  run([]() -> Task<> {
    Ends ends;
    auto close = [](WebSocket socket, std::uint16_t code, std::uint16_t other) -> Task<> {
      co_await socket.close(code);
      EXPECT_EQ(socket.close_code(), other);
    };
    co_await all(close(std::move(ends.server), 4001, 4002), close(std::move(ends.client), 4002, 4001));
  });
}

TEST_F(Connections, WhatCannotBeSentIsRefused) {
  run([]() -> Task<> {
    Ends ends;
    for (std::uint16_t code : {0, 1005, 1006, 1015, 5000}) {
      Result<> closed = co_await result(ends.server.close(code));
      EXPECT_EQ(closed.error(), Errc::invalid_argument);
    }
    std::string long_reason(124, 'x');
    Result<> closed = co_await result(ends.server.close(1000, long_reason));
    EXPECT_EQ(closed.error(), Errc::invalid_argument);
    Result<> pinged = co_await result(ends.server.ping(bytes(pattern(126))));
    EXPECT_EQ(pinged.error(), Errc::invalid_argument);
  });
}

TEST_F(Connections, ASilentPeerIsPinged) {
  run([]() -> Task<> {
    auto [ours, theirs] = stream_pair();
    Stream peer = std::move(theirs);
    Options options;
    options.set_ping(30s, 10s);
    WebSocket server(std::move(ours), Role::kServer, options);
    auto answer_one = [](Stream& from) -> Task<> {
      std::array<std::byte, 10> buffer;
      std::span<std::byte> ping = co_await from.read(buffer);
      EXPECT_EQ(text(ping), "\x89\x00"s);
      co_await from.write(f(0x8a));
      ping = co_await from.read(buffer);
      EXPECT_EQ(text(ping), "\x89\x00"s);
    };
    std::string heard;
    TimePoint begin = Clock::now();
    co_await all(listen_to(server, heard), answer_one(peer));
    EXPECT_EQ(heard, "timed out");
    EXPECT_EQ(Clock::now() - begin, 70s);
  });
}

TEST_F(Connections, ACancelledReadEndsAPongThatItHasBegun) {
  run([]() -> Task<> {
    auto [ours, theirs] = stream_pair(2);
    WebSocket server(std::move(ours), Role::kServer, Options());
    Stream peer = std::move(theirs);
    auto serve = [](WebSocket socket) -> Task<> {
      Result<Message> message = co_await result(timeout(1ms, socket.read()));
      EXPECT_EQ(message.error(), Errc::timed_out);
      EXPECT_EQ(Clock::now(), TimePoint(10ms));
      co_await socket.write_text("x");
    };
    auto talk = [](Stream& from) -> Task<> {
      co_await from.write(f(0x89, "p"));
      co_await sleep_until(TimePoint(10ms));
      std::string said;
      co_await hear_end(from, said);
      EXPECT_EQ(said, "\x8a\x01p\x81\x01x");
    };
    co_await all(serve(std::move(server)), talk(peer));
  });
}

TEST_F(Connections, ACancelledReadLosesNothing) {
  run([]() -> Task<> {
    auto [ours, theirs] = stream_pair();
    Stream peer = std::move(theirs);
    WebSocket server(std::move(ours), Role::kServer, Options());
    std::string all_bytes = f(0x01, "ab") + f(0x89, "p") + f(0x80, "c") + f(0x82, "xyz");
    std::string heard;
    for (char each : all_bytes) {
      co_await peer.write(std::string_view(&each, 1));
      Result<Message> message = co_await result(timeout(1ms, server.read()));
      if (message) heard += std::string(message->text()) + " ";
    }
    EXPECT_EQ(heard, "abc xyz ");
  });
}

}  // namespace
}  // namespace net::websocket
