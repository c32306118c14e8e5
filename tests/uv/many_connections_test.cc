// Ten thousand connections at once, and a storm of them.
#include <algorithm>

#include <sys/resource.h>

#include "net/core/combine.h"
#include "net/io/serve.h"
#include "tests/uv/fixture.h"

namespace net::uv {
namespace {

class ManyConnectionsTest : public UvTest {};

// Both ends are here; as many as the system allows.
std::size_t most_connections() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 40'000);
  ::setrlimit(RLIMIT_NOFILE, &limit);
  return std::min<std::size_t>(10'000, (limit.rlim_cur - 200) / 2);
}

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

TEST_F(ManyConnectionsTest, AreServedAllAtOnce) {
  run([]() -> Task<> {
    std::size_t count = most_connections();
    Listener listener = co_await listen(kAnyPort, ListenOptions().set_backlog(1024));
    ServeCounters counters;
    Beside serving(serve(listener, echo, ServeLimits().set_counters(&counters)));
    std::vector<Stream> clients;
    for (std::size_t i = 0; i < count; ++i) {
      Stream client = co_await connect(listener.local());
      clients.push_back(std::move(client));
    }
    // The first, the last and some between; all are still served.
    for (std::size_t i = 0; i < count; i += 1 + i % 97) co_await expect_echo(clients[i], i);
    co_await eventually([&] { return counters.active == count; });
    EXPECT_EQ(counters.accepted, count);
    EXPECT_EQ(counters.pauses, 0U);
    // An idle connection costs little: its socket, its task and one watch.
    auto bytes = memory_statistics().bytes;
    EXPECT_LT(bytes, static_cast<std::int64_t>(count * 2 * 2048));
    for (Stream& client : clients) client.abort();
    clients.clear();
    co_await eventually([&] { return counters.active == 0; });
    serving.cancel();
    co_await serving.join();
  });
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
    most_connections();
    Listener listener = co_await listen(kAnyPort, ListenOptions().set_backlog(2048));
    ServeCounters counters;
    Beside serving(serve(listener, echo, ServeLimits().set_counters(&counters)));
    int ticks = 0;
    Beside ticking(tick(ticks));
    for (int wave = 0; wave < 3; ++wave) {
      std::vector<std::unique_ptr<Beside<Task<>>>> storm;
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
