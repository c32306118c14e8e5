// How connections end, and what is said beside the messages: closes, pings, cancelled reads.
#include <array>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "net/core/combine.h"
#include "net/core/deadline.h"
#include "net/core/sleep.h"
#include "tests/unit/websocket/pair.h"

namespace net::websocket {
namespace {

using namespace std::chrono_literals;
using namespace std::literals;

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
      co_await from.write(frame(Role::kServer, 0x8a));
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
      co_await from.write(frame(Role::kServer, 0x89, "1"));
      co_await sleep(1ms);
      co_await from.write(frame(Role::kServer, 0x89, "2"));
      co_await sleep(1ms);
      co_await from.write(frame(Role::kServer, 0x88));
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
      co_await from.write(frame(Role::kServer, 0x89, "p"));
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
    std::string all_bytes = frame(Role::kServer, 0x01, "ab") + frame(Role::kServer, 0x89, "p") +
                            frame(Role::kServer, 0x80, "c") + frame(Role::kServer, 0x82, "xyz");
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
