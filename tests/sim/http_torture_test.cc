// HTTP's server and client on simulated hosts with real lwIPs, over a network that loses, delays and repeats
// frames: cancelled at every suspension, and without every allocation. Nothing is left of either, and what the
// client takes for an answer is whole and right.
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "embedded/lwip/host/simulated_stack.h"
#include "net/core/combine.h"
#include "net/core/log.h"
#include "net/http/client.h"
#include "net/http/server.h"
#include "net/http/server_state.h"
#include "net/io/listener.h"
#include "net/io/serve.h"
#include "net/sim/shared_loop.h"
#include "tests/conformance/world.h"
#include "tests/support/every_suspension.h"
#include "tests/support/idleness.h"

namespace net::sim {
namespace {

using namespace std::chrono_literals;

// A loop that tells when no task can run.
class TellingLoop final : public SharedLoop {
 public:
  using SharedLoop::SharedLoop;

  // Waits until no other task can run, and something happens in the network or a timer fires.
  Idleness::Wait idle() { return idleness_.wait(); }

 protected:
  TimePoint poll(TimePoint until) override {
    bool idle = until > now();
    TimePoint after = SharedLoop::poll(until);
    if (idle) idleness_.come();
    return after;
  }

 private:
  Idleness idleness_;
};

constexpr std::uint16_t kPort = 80;

// Two hosts; sockets that listen are the server's, those that connect are the client's.
class TwoHosts final : public World {
 public:
  explicit TwoHosts(std::uint64_t seed) : simulation_(seed, lwip::simulated_stack) {
    simulation_.set_quality(
        Quality().set_latency(2ms).set_loss(0.1).set_duplication(0.05).set_reordering(0.05));
  }
  Loop& loop() override { return loop_; }
  Task<> idle() override { co_await loop_.idle(); }
  [[nodiscard]] std::string url() const { return "http://" + server_.address().to_string(); }

 private:
  Simulation simulation_;
  Host& server_ = simulation_.add("server");
  Host& client_ = simulation_.add("client");
  TellingLoop loop_{simulation_};
  conformance::Sides sides_{client_.network(), server_.network()};
  Network::Used used_{sides_};
};

// ---- What they say to each other.

constexpr std::string_view kText = "an answer that is long enough to be seen when it is cut";

Task<> give(http::Request&, http::Response& response) { co_await response.send(kText); }
Task<> move(http::Request&, http::Response& response) {
  co_await response.status(303).header("Location", "/text").send(Bytes());
}
Task<> echo_in_parts(http::Request& request, http::Response& response) {
  std::array<std::byte, 20> buffer;
  for (;;) {
    std::span<std::byte> part = co_await request.read(buffer);
    if (part.empty()) break;
    co_await response.write(part);
  }
}

// Made before: without memory for a route or a handler a program ends.
http::Router& router() {
  static http::Router made;
  static bool filled = false;
  if (!std::exchange(filled, true)) made.get("/text", give).get("/moved", move).post("/echo", echo_in_parts);
  return made;
}
Task<> route(http::Request& request, http::Response& response) { co_await router()(request, response); }
http::Server& server() {
  static http::Server made(route, http::ServerOptions{});
  return made;
}

Task<> serve_all() {
  Listener listener = co_await listen(kPort);
  http::ServerOptions options;
  // lwIP may have to send again a few times.
  options.set_drain(30s).set_head_time(5min).set_idle_time(5min).set_body_time(5min).set_write_time(5min);
  co_await http::serve(listener, router(), std::move(options));
}
// The same but for what makes the server, and its drain.
Task<> serve_without_memory() {
  Listener listener = co_await listen(kPort);
  auto converse = [](Stream peer) -> Task<> { co_await server().converse(std::move(peer)); };
  co_await net::serve(listener, converse);
}

class Parts final : public http::BodySource {
 public:
  Task<Bytes> read(std::span<std::byte> buffer) override {
    Bytes part = bytes(kText.substr(done_, std::min<std::size_t>(buffer.size(), 30)));
    done_ += part.size();
    co_return part;
  }
  bool rewind() override {
    done_ = 0;
    return true;
  }

 private:
  std::size_t done_ = 0;
};

// What the client takes for answers is right. `answers` counts them.
Task<> take(http::ClientResponse& response, int& answers) {
  std::string_view body = co_await response.text();
  // A handler without memory is answered 500 or 503.
  if (response.status() >= 500) co_await fail(Errc::no_memory, "ask");
  EXPECT_EQ(response.status(), 200);
  EXPECT_EQ(body, kText);
  ++answers;
}
Task<> get(http::Client& client, std::string url, int& answers) {
  http::ClientResponse response = co_await client.get(url);
  co_await take(response, answers);
}
Task<> post(http::Client& client, std::string url, int& answers) {
  Parts parts;
  http::ClientRequest request("POST", url);
  request.body(parts).expect_continue();
  http::ClientResponse response = co_await client.send(request);
  co_await take(response, answers);
}
Task<> ask(std::string base, int& answers) {
  http::ClientOptions options;
  options.set_connect_time(2min).set_head_time(2min).set_body_time(2min).set_send_time(2min);
  http::Client client(std::move(options));
  co_await get(client, base + "/text", answers);
  co_await post(client, base + "/echo", answers);
  co_await get(client, base + "/moved", answers);
  // Three at a time, on connections of their own.
  co_await all(get(client, base + "/text", answers), get(client, base + "/moved", answers),
               post(client, base + "/echo", answers));
}
constexpr int kAnswers = 6;

// ---- Both at once.

std::string base;
Task<> (*serving)() = nullptr;

// Where one of the two is short of memory the other may see no more than the end of the connection.
Task<> talk() {
  auto asking = [](std::string url) -> Task<> {
    int answers = 0;
    Result<> asked = co_await result(ask(std::move(url), answers));
    if (asked) {
      EXPECT_EQ(answers, kAnswers);
      co_return;
    }
    if (asked.error() == Errc::cancelled) co_await fail(asked.error());
    co_await fail(Errc::no_memory, asked.error().message());
  };
  Task<> server_task = serving();
  Task<> client_task = asking(base);
  co_await any(std::move(server_task), std::move(client_task));
}

const Scenario kTalk{"a server and its client", talk};

// The seed says which frames are lost.
class HttpTorture : public testing::TestWithParam<std::uint64_t> {
 protected:
  class Quiet {
   public:
    Quiet() { set_log_level(LogLevel::kOff); }
    Quiet(const Quiet&) = delete;
    Quiet& operator=(const Quiet&) = delete;
    ~Quiet() { set_log_level(LogLevel::kWarn); }
  };
  HttpTorture() {
    router();
    server();
    base = TwoHosts(GetParam()).url();
  }
  Quiet quiet_;
};

TEST_P(HttpTorture, BothCancelledAtEverySuspension) {
  serving = serve_all;
  for (torture::Turn turn : {torture::Turn::kFirst, torture::Turn::kLast}) {
    unsigned runs = 0;
    torture::repeat([&](unsigned n) {
      TwoHosts world(GetParam());
      ++runs;
      return torture::run_cancelled(world, kTalk, n, turn);
    });
    EXPECT_GT(runs, 40U);
  }
}

TEST_P(HttpTorture, WithoutEveryAllocation) {
  serving = serve_without_memory;
  unsigned runs = 0;
  torture::repeat([&](unsigned n) {
    TwoHosts world(GetParam());
    ++runs;
    return torture::run_without_memory(world, kTalk, n + 1);
  });
  EXPECT_GT(runs, 100U);
}

// ---- One of them: the other goes on, with whole answers or a failure.

// A run in which one side is cancelled after `count` rounds; false if the client had all its answers before.
bool run_with_one_cancelled(std::uint64_t seed, bool is_server, unsigned count) {
  SCOPED_TRACE(std::string(is_server ? "the server" : "the client") + " cancelled after round " +
               std::to_string(count));
  TwoHosts world(seed);
  torture::Residue residue(world);
  bool cancelled = false;
  int answers = 0;
  Loop::Entered entered(world.loop());
  Group server_group(Group::Policy::kIndependent);
  Group client_group(Group::Policy::kIndependent);
  Group others(Group::Policy::kIndependent);
  Child<Task<>> serving_child(serve_all());
  Child<Task<>> asking_child(ask(base, answers));
  Child<Task<>> canceller(
      torture::cancel_after(world, is_server ? server_group : client_group, count, cancelled));
  serving_child.start(server_group);
  asking_child.start(client_group);
  canceller.start(others);
  world.run(client_group);
  others.cancel();
  world.run(others);
  if (asking_child.failed()) {
    EXPECT_TRUE(cancelled) << asking_child.error().message();
    EXPECT_EQ(asking_child.error() == Errc::cancelled, !is_server) << asking_child.error().message();
  } else {
    EXPECT_EQ(answers, kAnswers);
  }
  if (!is_server) {
    // The server goes on as if nothing had been.
    EXPECT_FALSE(serving_child.failed());
    EXPECT_NE(server_group.size(), 0U);
    int more = 0;
    Group again(Group::Policy::kIndependent);
    Child<Task<>> asking_again(ask(base, more));
    asking_again.start(again);
    world.run(again);
    EXPECT_FALSE(asking_again.failed()) << asking_again.error().message();
    EXPECT_EQ(more, kAnswers);
  }
  server_group.cancel();
  world.run(server_group);
  EXPECT_TRUE(serving_child.failed() && serving_child.error() == Errc::cancelled);
  return cancelled;
}

TEST_P(HttpTorture, TheServerCancelledAtEverySuspension) {
  torture::repeat([](unsigned n) { return run_with_one_cancelled(GetParam(), true, n); });
}
TEST_P(HttpTorture, TheClientCancelledAtEverySuspension) {
  torture::repeat([](unsigned n) { return run_with_one_cancelled(GetParam(), false, n); });
}

INSTANTIATE_TEST_SUITE_P(Seeds, HttpTorture, testing::Range<std::uint64_t>(1, 5));

}  // namespace
}  // namespace net::sim
