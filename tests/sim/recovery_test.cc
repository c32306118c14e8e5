// The examples on hosts that lack sockets and memory, now one and now another, as the seed says: what is
// refused fails with an error, everything else goes on, no byte is lost in silence, and once there is enough of
// all again everything works.
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "embedded/lwip/host/simulated_stack.h"
#include "net/core/text.h"
#include "net/sim/explore.h"
#include "tests/sim/example_hosts.h"
#include "tests/sim/exchange.h"

namespace net::sim {
namespace {

using namespace std::chrono_literals;

constexpr double kMostRefusals = 0.5;
// Longer than TCP tries where nothing comes through. A peer that gave up meanwhile tells nobody, so who only
// reads needs a limit.
constexpr Duration kLong = 2min;

// One seed's run: a server or several, and what has been seen of them.
class Trial {
 public:
  Trial(Simulation& simulation, std::initializer_list<Host*> all) : world(simulation), servers(all) {}

  Simulation& world;
  std::vector<Host*> servers;
  std::string wrong;
  int failed = 0;

  void fail(std::string_view what) {
    if (wrong.empty()) wrong = what;
  }
  void expect(const Result<>& outcome) {
    if (!outcome) fail("not even afterwards: " + outcome.error().message());
  }
  void add(const Result<>& outcome, Tally& tally) {
    tally.add(outcome);
    failed += outcome ? 0 : 1;
  }
  // How often the servers were refused memory for tasks. Then a connection's task ends, and with it the
  // connection, in order: its client must expect that.
  [[nodiscard]] std::uint64_t refusals() const {
    std::uint64_t sum = 0;
    for (Host* host : servers) sum += host->memory().failures;
    return sum;
  }
  // When nobody asks anything of them: the servers have what they had at the beginning. A connection whose
  // client went without being heard stays, as nothing limits it, and so does what a forwarder has beyond it.
  void expect_idle() {
    for (Host* host : servers) {
      std::size_t open = host->open_sockets();
      if (open < 1 || open > 1 + 2 * static_cast<std::size_t>(failed))
        fail(host->name() + " has " + std::to_string(open) + " sockets open");
    }
  }
  // When all tasks have been cancelled.
  void expect_nothing_left() {
    for (Host* host : servers) {
      if (host->open_sockets() != 0) fail(host->name() + " has left sockets open");
      if (host->memory().blocks != 0) fail(host->name() + " has not given all memory back");
    }
  }
  // The client's task decides when it is over.
  std::string judge(Host& client) {
    Result<> outcome = world.run(client);
    if (!outcome) fail(outcome.error().message());
    expect_nothing_left();
    return wrong;
  }
};

Task<> exchange_thrice(Trial& trial, Endpoint to, Tally& tally, int& cut_short) {
  constexpr std::size_t kSize = 3000;
  co_await sleep(1s);  // the servers begin in peace
  trial.world.set_any_pressure(kMostRefusals);
  for (int i = 0; i != 3; ++i) {
    Heard heard;
    std::uint64_t refused = trial.refusals();
    Result<> outcome = co_await result(timeout(kLong, exchange(to, kSize, heard)));
    trial.add(outcome, tally);
    if (heard.ended && heard.bytes < kSize && trial.refusals() != refused) {
      heard.ended = false;
      ++cut_short;
    }
    trial.fail(judge(heard, kSize));
    co_await sleep(1s);
  }
  trial.world.relieve();
  Heard heard;
  Result<> outcome = co_await result(timeout(kLong, exchange(to, kSize, heard)));
  trial.expect(outcome);
  trial.fail(judge(heard, kSize));
  co_await sleep(kLong);
  trial.expect_idle();
}

TEST(Recovery, TcpEcho) {
  Tally tally;
  int cut_short = 0;
  EXPECT_EQ(explore(Exploration().set_seeds(100), lwip::simulated_stack,
                    [&](Simulation& world) {
                      TcpEchoHosts hosts(world);
                      world.set_quality(Quality().set_loss(0.01));
                      Trial trial(world, {&hosts.server});
                      hosts.client.start(exchange_thrice, std::ref(trial), hosts.to(), std::ref(tally),
                                         std::ref(cut_short));
                      return trial.judge(hosts.client);
                    }),
            "");
  tally.expect_both();
}

TEST(Recovery, PortForwarder) {
  Tally tally;
  int cut_short = 0;
  EXPECT_EQ(explore(Exploration().set_seeds(80), lwip::simulated_stack,
                    [&](Simulation& world) {
                      ForwarderHosts hosts(world);
                      world.set_quality(Quality().set_loss(0.01));
                      Trial trial(world, {&hosts.server, &hosts.forwarder});
                      hosts.client.start(exchange_thrice, std::ref(trial), hosts.to(), std::ref(tally),
                                         std::ref(cut_short));
                      return trial.judge(hosts.client);
                    }),
            "");
  tally.expect_both();
}

constexpr int kLines = 10;
constexpr std::string_view kLine = "line ";
constexpr std::string_view kLastLine = "now line ";  // when there is no pressure any more

// What one client of the chat room hears. A line that others say may come too early for it, or too late; but
// between the first and the last none is missing.
class Hearing {
 public:
  explicit Hearing(Trial& its_trial) : trial(its_trial) {}

  void begin() {
    next_.clear();
    here = relieved;
    heard_all = false;
  }
  // "SPEAKER: line COUNT". What one has said whose connection broke may still come, long afterwards.
  void hear(std::string_view line) {
    std::size_t colon = std::min(line.find(": "), line.size());
    std::string_view said = line.substr(std::min(colon + 2, line.size()));
    bool last = said.starts_with(kLastLine);
    if (!last && !said.starts_with(kLine)) return trial.fail("heard " + std::string(line));
    int count = std::atoi(std::string(said.substr((last ? kLastLine : kLine).size())).c_str());
    int next = next_.emplace(line.substr(0, colon), last ? 0 : count).first->second++;
    if (count != next) trial.fail("heard " + std::string(line) + " instead of " + std::to_string(next));
    heard_all = last && count == kLines - 1;
  }

  Trial& trial;
  bool relieved = false;  // there is no pressure any more
  bool here = false;      // it hears, since then
  bool heard_all = false;

 private:
  std::map<std::string, int, std::less<>> next_;  // by speaker
};

Task<> hear_lines(Endpoint server, Hearing& hearing) {
  Stream peer = co_await connect(server);
  BufferedReader reader(peer, 256);
  std::string_view hello = co_await reader.read_line(256);
  if (!hello.starts_with("* you are client ")) hearing.trial.fail("greeted by " + std::string(hello));
  hearing.begin();
  while (!hearing.heard_all) {
    std::string_view line = co_await reader.read_line(256);
    if (!line.starts_with('*')) hearing.hear(line);
  }
}

Task<> hear_on(Endpoint server, Hearing& hearing, Tally& tally) {
  while (!hearing.heard_all) {
    Result<> outcome = co_await result(timeout(kLong, hear_lines(server, hearing)));
    if (!hearing.relieved) hearing.trial.add(outcome, tally);
    co_await sleep(500ms);
  }
}

Task<> say_lines(Stream& peer, std::string_view text) {
  for (int i = 0; i != kLines; ++i) {
    Text<32> line;
    line << text << i << '\n';
    co_await peer.write(line.text());
    co_await sleep(100ms);
  }
  co_await peer.shutdown();
}

Task<> read_on(Stream& peer) {
  for (;;) {
    std::span<std::byte> some = co_await peer.read_view();
    if (some.empty()) break;
  }
}

Task<> speak_once(Endpoint server, std::string_view text) {
  Stream peer = co_await connect(server);
  co_await all(say_lines(peer, text), read_on(peer));
}

Task<> speak(Trial& trial, Endpoint server, Hearing& hearing, Tally& tally) {
  co_await sleep(1s);
  trial.world.set_any_pressure(kMostRefusals);
  for (int i = 0; i != 3; ++i) {
    Result<> outcome = co_await result(timeout(kLong, speak_once(server, kLine)));
    trial.add(outcome, tally);
    co_await sleep(1s);
  }
  trial.world.relieve();
  hearing.relieved = true;
  while (!hearing.here) co_await sleep(100ms);
  Result<> outcome = co_await result(timeout(kLong, speak_once(server, kLastLine)));
  trial.expect(outcome);
  co_await sleep(kLong);
  if (!hearing.heard_all) trial.fail("what was said afterwards was not heard");
  trial.expect_idle();
}

TEST(Recovery, Chat) {
  Tally tally;
  EXPECT_EQ(explore(Exploration().set_seeds(100), lwip::simulated_stack,
                    [&](Simulation& world) {
                      ChatHosts hosts(world);
                      world.set_quality(Quality().set_loss(0.01));
                      Trial trial(world, {&hosts.server});
                      Hearing hearing(trial);
                      hosts.hearer.start(hear_on, hosts.room(), std::ref(hearing), std::ref(tally));
                      hosts.speaker.start(speak, std::ref(trial), hosts.room(), std::ref(hearing),
                                          std::ref(tally));
                      return trial.judge(hosts.speaker);
                    }),
            "");
  tally.expect_both();
}

// Datagrams may be lost; whoever waits for one has a limit, and is told by it.
constexpr Duration kPatience = 5s;

void judge_datagrams(Trial& trial, const Result<>& outcome, Duration took) {
  if (took > kPatience) trial.fail("took " + std::to_string(took.count()) + " ns");
  if (outcome) return;
  for (Errc code : {Errc::timed_out, Errc::no_memory, Errc::too_many_open}) {
    if (outcome.error() == code) return;
  }
  trial.fail(outcome.error().message());
}

template <class Ask>
Task<> ask_often(Trial& trial, Host& self, Ask ask, Tally& tally) {
  co_await sleep(1s);
  trial.world.set_any_pressure(kMostRefusals);
  for (int i = 0; i != 10; ++i) {
    TimePoint begin = trial.world.now();
    Result<> outcome = co_await result(ask());
    judge_datagrams(trial, outcome, trial.world.now() - begin);
    trial.add(outcome, tally);
    if (self.open_sockets() != 0) trial.fail("a socket was left open");
    co_await sleep(500ms);
  }
  trial.world.relieve();
  Result<> outcome = co_await result(ask());
  trial.expect(outcome);
  trial.expect_idle();
}

Task<> exchange_datagrams(Endpoint server, Trial& trial) {
  UdpSocket socket = co_await connect_udp(server);
  std::array<std::byte, 64> buffer;
  co_await socket.send(bytes("a datagram"));
  Datagram answer = co_await timeout(kPatience, socket.receive(buffer));
  if (text(answer.data) != "a datagram") trial.fail("another datagram came back");
}

Task<> ask_echo(Trial& trial, UdpEchoHosts& hosts, Tally& tally) {
  auto ask = [&trial, &hosts]() -> Task<> { co_await exchange_datagrams(hosts.to(), trial); };
  co_await ask_often(trial, hosts.client, ask, tally);
}

TEST(Recovery, UdpEcho) {
  Tally tally;
  EXPECT_EQ(explore(Exploration().set_seeds(100), lwip::simulated_stack,
                    [&](Simulation& world) {
                      UdpEchoHosts hosts(world);
                      Trial trial(world, {&hosts.server});
                      hosts.client.start(ask_echo, std::ref(trial), std::ref(hosts), std::ref(tally));
                      return trial.judge(hosts.client);
                    }),
            "");
  tally.expect_both();
}

Task<> ask_time(Trial& trial, TimeHosts& hosts, Tally& tally) {
  auto ask = [&hosts]() -> Task<> { co_await ntp_client::ask(hosts.name.text(), 123, kPatience); };
  co_await ask_often(trial, hosts.client, ask, tally);
}

TEST(Recovery, NtpClient) {
  Tally tally;
  EXPECT_EQ(explore(Exploration().set_seeds(100), lwip::simulated_stack,
                    [&](Simulation& world) {
                      TimeHosts hosts(world);
                      Trial trial(world, {&hosts.server});
                      hosts.client.start(ask_time, std::ref(trial), std::ref(hosts), std::ref(tally));
                      return trial.judge(hosts.client);
                    }),
            "");
  tally.expect_both();
}

}  // namespace
}  // namespace net::sim
