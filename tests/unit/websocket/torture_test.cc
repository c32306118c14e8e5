// Connections, cancelled at each suspension and short of each allocation.
#include <string>

#include <gtest/gtest.h>

#include "net/core/combine.h"
#include "net/core/sleep.h"
#include "net/io/memory_stream.h"
#include "tests/support/every_suspension.h"
#include "tests/unit/websocket/pair.h"

namespace net::websocket {
namespace {

using namespace std::chrono_literals;

// What is the scenario's own to see; the rest is of who talks to an end that was short of memory.
Task<> pass_on(Result<> ended) {
  if (ended) co_return;
  Errc code = ended.error().code();
  if (code == Errc::cancelled || code == Errc::no_memory) co_await fail(ended.error());
}

Task<> serve(Stream stream, std::optional<Deflate> deflate) {
  auto echo = [](WebSocket& socket) -> Task<> {
    for (;;) {
      Message message = co_await socket.read();
      if (!message) break;
      co_await socket.write_text(message.text());
    }
  };
  WebSocket socket(std::move(stream), Role::kServer, Options(), deflate);
  if (!socket) co_await fail(Errc::no_memory);
  Result<> ended = co_await result(echo(socket));
  co_await pass_on(ended);
}

Task<> ask(Stream stream, std::optional<Deflate> deflate) {
  auto talk = [](WebSocket& socket) -> Task<> {
    std::string message(200, 'x');
    for (int i = 0; i != 2; ++i) {
      co_await socket.ping(bytes("ping"));
      co_await socket.write_text(message);
      Message heard = co_await socket.read();
      EXPECT_TRUE(!heard || heard.text() == message);
    }
    co_await socket.write_part(Kind::kText, bytes("a"), false);
    co_await socket.write_part(Kind::kText, bytes("b"), true);
    Message heard = co_await socket.read_part();
    EXPECT_TRUE(!heard || heard.text().starts_with('a'));
    co_await socket.close(4000, "bye");
  };
  WebSocket socket(std::move(stream), Role::kClient, Options(), deflate);
  if (!socket) co_await fail(Errc::no_memory);
  Result<> ended = co_await result(talk(socket));
  co_await pass_on(ended);
}

Task<> exchange(std::size_t capacity, std::optional<Deflate> deflate) {
  auto [first, second] = stream_pair(capacity);
  if (!first) co_await fail(Errc::no_memory);
  Stream ours = std::move(first);
  Stream theirs = std::move(second);
  co_await all(serve(std::move(ours), deflate), ask(std::move(theirs), deflate));
}

Task<> plain() { co_await exchange(65536, std::nullopt); }
Task<> narrow() { co_await exchange(50, std::nullopt); }
Task<> compressed() { co_await exchange(65536, Deflate::without_context()); }

// The reader answers while another task writes.
Task<> both_ways() {
  auto [first, second] = stream_pair(20);
  if (!first) co_await fail(Errc::no_memory);
  Options options;
  options.set_ping(10ms, 10s);
  WebSocket server(std::move(first), Role::kServer, options);
  WebSocket client(std::move(second), Role::kClient, options);
  if (!server || !client) co_await fail(Errc::no_memory);
  auto write = [](WebSocket& to) -> Task<> {
    auto all_of_it = [](WebSocket& socket) -> Task<> {
      Prepared message(std::string(60, 'x'));
      for (int i = 0; i != 2; ++i) {
        co_await socket.ping();
        co_await socket.write(message);
        co_await sleep(25ms);
      }
      co_await socket.close();
    };
    Result<> ended = co_await result(all_of_it(to));
    co_await pass_on(ended);
    to.abort();
  };
  auto read = [](WebSocket& from) -> Task<> {
    auto to_the_end = [](WebSocket& socket) -> Task<> {
      for (;;) {
        Message message = co_await socket.read();
        if (!message) break;
        EXPECT_EQ(message.data.size(), 60U);
      }
    };
    Result<> ended = co_await result(to_the_end(from));
    co_await pass_on(ended);
  };
  co_await all(read(server), write(server), read(client), write(client));
}

const Scenario kScenarios[] = {
    {"plain", plain}, {"narrow", narrow}, {"compressed", compressed}, {"both_ways", both_ways}};

class EverySuspension : public testing::TestWithParam<Scenario> {
 protected:
  NumbersNetwork network;
  Network::Used used{network};
};

TEST_P(EverySuspension, Cancelled) {
  ManualWorld world;
  cancel_at_every_suspension(world, GetParam());
}
TEST_P(EverySuspension, WithoutMemory) {
  ManualWorld world;
  fail_every_allocation(world, GetParam());
}
INSTANTIATE_TEST_SUITE_P(WebSocket, EverySuspension, testing::ValuesIn(kScenarios),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace net::websocket
