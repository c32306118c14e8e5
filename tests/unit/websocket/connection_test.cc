// Two connections of ours over a stream in memory: what is written there is read here.
#include <string>

#include <gtest/gtest.h>

#include "net/core/combine.h"
#include "tests/unit/websocket/pair.h"

namespace net::websocket {
namespace {

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

}  // namespace
}  // namespace net::websocket
