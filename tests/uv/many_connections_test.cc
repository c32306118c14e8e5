// Ten thousand connections at once, and a storm of them.
#include <algorithm>
#include <functional>

#include "net/core/combine.h"
#include "net/io/serve.h"
#include "tests/uv/crowd.h"
#include "tests/uv/fixture.h"

namespace net::uv {
namespace {

class ManyConnectionsTest : public UvTest {};

Task<> echo(Stream peer) {
  for (;;) {
    std::span<std::byte> received = co_await peer.read_view();
    if (received.empty()) co_return;
    co_await peer.write(received);
  }
}

Task<> expect_echo(Stream& client, std::size_t number) {
  std::string sent = std::to_string(number);
  co_await client.write(sent);
  std::string got = co_await read_bytes(client, sent.size());
  EXPECT_EQ(got, sent);
}

// Both ends are here, as far as there are descriptors; the other clients are in another process.
TEST_F(ManyConnectionsTest, AreServedAllAtOnce) {
  Crowd crowd("hello", "hello", "hello");
  run(
      [](Crowd& others) -> Task<> {
        std::size_t limit = raise_file_limit() - 200;
        std::size_t count = std::min<std::size_t>(10'000, limit);
        std::size_t here = std::min(count, limit - count);
        Listener listener = co_await listen(kAnyPort, ListenOptions().set_backlog(1024));
        ServeCounters counters;
        Beside serving(serve(listener, echo, ServeLimits().set_counters(&counters).set_drain(1ms)));
        std::vector<Stream> clients;
        for (std::size_t i = 0; i < here; ++i) {
          Stream client = co_await connect(listener.local());
          clients.push_back(std::move(client));
        }
        auto elsewhere = static_cast<std::uint32_t>(count - here);
        std::uint32_t answered = co_await others.ask(listener.local().port(), elsewhere);
        EXPECT_EQ(answered, elsewhere);
        // The first, the last and some between; all are still served.
        for (std::size_t i = 0; i < here; i += 1 + i % 97) co_await expect_echo(clients[i], i);
        co_await eventually([&] { return counters.active == count; });
        EXPECT_EQ(counters.accepted, count);
        EXPECT_EQ(counters.pauses, 0U);
        // An idle connection costs little: its socket, its task and one watch.
        auto bytes = memory_statistics().bytes;
        EXPECT_LT(bytes, static_cast<std::int64_t>((count + here) * 2048));
        for (Stream& client : clients) client.abort();
        clients.clear();
        co_await eventually([&] { return counters.active == elsewhere; });
        serving.cancel();
        co_await serving.join();
      },
      std::ref(crowd));
}

Task<> connect_and_ask(Endpoint to, std::size_t number) {
  Stream client = co_await connect(to);
  co_await expect_echo(client, number);
  client.abort();
}

Task<> tick(int& ticks) {
  for (;;) {
    co_await sleep(1ms);
    ++ticks;
  }
}

TEST_F(ManyConnectionsTest, AStormIsAcceptedAndOthersKeepRunning) {
  run([]() -> Task<> {
    raise_file_limit();
    Listener listener = co_await listen(kAnyPort, ListenOptions().set_backlog(2048));
    ServeCounters counters;
    Beside serving(serve(listener, echo, ServeLimits().set_counters(&counters)));
    int ticks = 0;
    Beside ticking(tick(ticks));
    for (int wave = 0; wave < 3; ++wave) {
      std::vector<std::unique_ptr<Beside<Task<>>>> storm;
      storm.reserve(1000);
      for (std::size_t i = 0; i < 1000; ++i) {
        storm.push_back(std::make_unique<Beside<Task<>>>(connect_and_ask(listener.local(), i)));
      }
      for (auto& client : storm) {
        co_await client->join();
        EXPECT_EQ(client->code(), Errc::ok);
      }
    }
    EXPECT_EQ(counters.accepted, 3000U);
    EXPECT_GT(ticks, 0);
    ticking.cancel();
    co_await ticking.join();
    co_await eventually([&] { return counters.active == 0; });
    serving.cancel();
    co_await serving.join();
  });
}

}  // namespace
}  // namespace net::uv
