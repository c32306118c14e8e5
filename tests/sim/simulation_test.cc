// The simulation itself: what the network does is what was asked for, and a seed decides everything.
#include "net/sim/simulation.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "embedded/lwip/host/simulated_stack.h"
#include "net/net.h"
#include "net/sim/explore.h"

namespace net::sim {
namespace {

using namespace std::chrono_literals;

Task<> collect(std::uint16_t port, std::string& heard) {
  UdpSocket socket = co_await bind_udp(port);
  std::array<std::byte, 64> buffer;
  for (;;) {
    Datagram received = co_await socket.receive(buffer);
    heard += text(received.data);
  }
}

// One letter every 100 ms; the first waits for ARP.
Task<> speak(Endpoint to, std::string_view letters, Duration rest) {
  UdpSocket socket = co_await connect_udp(to);
  for (std::size_t i = 0; i != letters.size(); ++i) {
    co_await socket.send(bytes(letters.substr(i, 1)));
    co_await sleep(100ms);
  }
  co_await sleep(rest);
}

class SimulationTest : public testing::Test {
 protected:
  explicit SimulationTest(std::uint64_t seed = 1) : world(seed, lwip::simulated_stack) {}
  // What the server hears of "abcdefghij".
  std::string listen_to_letters(Duration rest = 5s) {
    std::string heard;
    server.start(collect, std::uint16_t{5000}, std::ref(heard));
    client.start(speak, Endpoint(server.address(), 5000), "abcdefghij", rest);
    Result<> outcome = world.run(client);
    EXPECT_TRUE(outcome);
    return heard;
  }

  Simulation world;
  Host& server = world.add("server");
  Host& client = world.add("client");
};

TEST_F(SimulationTest, DeliversInTime) {
  world.set_quality(Quality().set_latency(7ms));
  EXPECT_EQ(listen_to_letters(0s), "abcdefghij");
  EXPECT_EQ(world.now(), TimePoint(10 * 100ms));
}

TEST_F(SimulationTest, LosesAll) {
  world.set_quality(Quality().set_loss(1));
  EXPECT_EQ(listen_to_letters(), "");
  EXPECT_EQ(world.frames(), 0U);
}

TEST_F(SimulationTest, LosesSome) {
  world.set_quality(Quality().set_loss(0.3));
  std::string heard = listen_to_letters();
  EXPECT_GT(heard.size(), 0U);
  EXPECT_LT(heard.size(), 10U);
}

TEST_F(SimulationTest, Duplicates) {
  world.set_quality(Quality().set_duplication(1));
  EXPECT_EQ(listen_to_letters(), "aabbccddeeffgghhiijj");
}

TEST_F(SimulationTest, Corrupts) {
  world.set_quality(client, server, Quality().set_corruption(1));
  // A checksum notices every inverted bit but those of the Ethernet header, which may do no harm.
  std::string heard = listen_to_letters();
  EXPECT_LT(heard.size(), 5U);
  EXPECT_TRUE(std::is_sorted(heard.begin(), heard.end()));
  EXPECT_GE(world.frames(), 10U);
}

// All at once, when ARP has been done with, and time for them to arrive.
Task<> speak_at_once(Endpoint to, std::string_view letters, Duration rest) {
  UdpSocket socket = co_await connect_udp(to);
  co_await socket.send(bytes("-"));
  co_await sleep(10s);
  for (std::size_t i = 0; i != letters.size(); ++i) co_await socket.send(bytes(letters.substr(i, 1)));
  co_await sleep(rest);
}

class AtOnceTest : public SimulationTest {
 protected:
  std::string listen_to_all(Duration rest) {
    std::string heard;
    server.start(collect, std::uint16_t{5000}, std::ref(heard));
    client.start(speak_at_once, Endpoint(server.address(), 5000), "abcdefghij", rest);
    EXPECT_TRUE(world.run(client));
    return heard;
  }
};

TEST_F(AtOnceTest, JitterDelaysWithoutOvertaking) {
  world.set_quality(Quality().set_jitter(1s));
  EXPECT_EQ(listen_to_all(5s), "-abcdefghij");
}

TEST_F(AtOnceTest, Reorders) {
  world.set_quality(Quality().set_reordering(1));
  std::string heard = listen_to_all(1s);
  EXPECT_NE(heard, "-abcdefghij");
  std::sort(heard.begin(), heard.end());
  EXPECT_EQ(heard, "-abcdefghij");
}

TEST_F(AtOnceTest, BandwidthTakesTime) {
  // A frame of one byte of payload: 14 of Ethernet, 20 of IP, 8 of UDP. So each takes a tenth of a second.
  world.set_quality(client, server, Quality().set_latency(0s).set_bytes_per_second(430));
  EXPECT_EQ(listen_to_all(450ms), "-abcd");
}

TEST_F(SimulationTest, CutsOneWayAndHeals) {
  world.after(350ms, [this] { world.cut(client, server); });
  world.after(650ms, [this] { world.heal(); });
  EXPECT_EQ(listen_to_letters(), "abcdhij");
}

TEST_F(SimulationTest, HealingKeepsTheRestOfTheQuality) {
  world.set_quality(Quality().set_duplication(1));
  world.after(350ms, [this] { world.part(client, server); });
  world.after(650ms, [this] { world.heal(client, server); });
  EXPECT_EQ(listen_to_letters(), "aabbccddhhiijj");
}

TEST_F(SimulationTest, WhatIsToHappenDoesSoInOrder) {
  std::string happened;
  world.after(20ms, [&] { happened += "c"; });
  world.after(10ms, [&] {
    happened += "a";
    world.after(5ms, [&] { happened += "b" + std::to_string(world.now().time_since_epoch() / 1ms); });
  });
  world.after(20ms, [&] { happened += "d"; });
  world.after(1h, [&] { happened += "never"; });
  listen_to_letters();
  EXPECT_EQ(happened, "ab15cd");
}

Task<> wait_for_ever() {
  Event never;
  co_await never.wait();
}

TEST_F(SimulationTest, TellsOfADeadlock) {
  client.start(wait_for_ever);
  testing::internal::CaptureStderr();
  Result<> outcome = world.run(client, 1h);
  std::string said = testing::internal::GetCapturedStderr();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error(), Errc::timed_out);
  EXPECT_NE(said.find("wait_for_ever"), std::string::npos) << said;
}

Task<> fail_at_once() { co_await fail(Errc::protocol_error, "a test"); }

Task<> heed_nothing() {
  Event never;
  for (;;) co_await shield(never.wait());
}

void end_with_one_that_heeds_nothing() {
  Simulation world(1, lwip::simulated_stack);
  Host& server = world.add("server");
  Host& client = world.add("client");
  server.start(heed_nothing);
  client.start(fail_at_once);
  static_cast<void>(world.run(client));
}

TEST(Simulation, TellsOfATaskThatHeedsNoCancellation) {
  EXPECT_DEATH(end_with_one_that_heeds_nothing(), "do not end although they are cancelled");
}

TEST_F(SimulationTest, GivesTheTasksFailure) {
  client.start(fail_at_once);
  Result<> outcome = world.run(client);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error(), Errc::protocol_error);
}

std::uint64_t hash_of(std::uint64_t seed) {
  Simulation world(seed, lwip::simulated_stack);
  Host& server = world.add("server");
  Host& client = world.add("client");
  world.set_any_quality(0.1);
  std::string heard;
  server.start(collect, std::uint16_t{5000}, std::ref(heard));
  client.start(speak, Endpoint(server.address(), 5000), "abcdefghij", Duration(1s));
  EXPECT_TRUE(world.run(client));
  return world.trace_hash();
}

// The number holds for every compiler and at every level of optimisation; it changes with what the stack sends.
TEST(Seeds, DecideEverything) {
  EXPECT_EQ(hash_of(7), hash_of(7));
  EXPECT_NE(hash_of(7), hash_of(8));
  EXPECT_EQ(hash_of(7), 14543737941073718288U);
}

std::string fails_with_seed_3_on(Simulation& world, std::uint64_t& runs) {
  Host& server = world.add("server");
  Host& client = world.add("client");
  std::string heard;
  server.start(collect, std::uint16_t{5000}, std::ref(heard));
  client.start(speak, Endpoint(server.address(), 5000), "a", Duration(1s));
  EXPECT_TRUE(world.run(client));
  return ++runs < 3 ? "" : "a test";
}

// How many there are in a pcap file (draft-ietf-opsawg-pcap, 4 and 5); less than none if it is not a whole one.
int packets_in(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  auto number = [&file] {
    std::uint32_t value = 0;
    file.read(reinterpret_cast<char*>(&value), sizeof value);
    return value;
  };
  if (number() != 0xA1B2C3D4) return -1;
  file.seekg(24);
  int packets = 0;
  for (; file.peek() != std::ifstream::traits_type::eof(); ++packets) {
    file.seekg(8, std::ios::cur);
    std::uint32_t size = number();
    if (number() != size || size < 14) return -1;
    file.ignore(size);
    if (file.gcount() != static_cast<std::streamsize>(size)) return -1;
  }
  return packets;
}

TEST(Explore, WritesDownTheFirstFailure) {
  std::uint64_t runs = 0;
  std::string said = explore(Exploration().set_seeds(100), lwip::simulated_stack,
                             [&](Simulation& world) { return fails_with_seed_3_on(world, runs); });
  EXPECT_EQ(runs, 4U);  // the third twice
  EXPECT_TRUE(said.starts_with("seed 3: a test (trace hash ")) << said;
  EXPECT_NE(said.find("); its frames are in "), std::string::npos) << said;
  EXPECT_TRUE(said.ends_with("; EDDY_SIM_SEED=3 runs it again")) << said;
  std::size_t begin = said.find('/');
  std::string file = said.substr(begin, said.find_first_of(",;", begin) - begin);
  EXPECT_GT(packets_in(file), 4);
  std::filesystem::remove(file);
}

// How many runs there are then, and what is printed.
std::uint64_t runs_with(const char* name, const char* value, std::string& said) {
  std::uint64_t runs = 0;
  setenv(name, value, 1);
  testing::internal::CaptureStderr();
  std::string wrong =
      explore(Exploration().set_seeds(2), lwip::simulated_stack, [&runs](Simulation& world) -> std::string {
        world.add("host");
        ++runs;
        return {};
      });
  said = testing::internal::GetCapturedStderr();
  EXPECT_EQ(wrong, "");
  unsetenv(name);
  return runs;
}

TEST(Explore, RunsWhatTheEnvironmentSays) {
  std::string said;
  EXPECT_EQ(runs_with("EDDY_SIM_SEEDS", "5", said), 5U);
  EXPECT_EQ(said, "5 seeds\n");
  EXPECT_EQ(runs_with("EDDY_SIM_SECONDS", "0", said), 1U);
  EXPECT_EQ(runs_with("EDDY_SIM_SEED", "7", said), 1U);
  EXPECT_TRUE(said.starts_with("seed 7: trace hash ")) << said;
  EXPECT_EQ(runs_with("EDDY_SIM_SEEDS", "", said), 2U);
  EXPECT_EQ(said, "");
  setenv("EDDY_SIM_SEEDS", "many", 1);
  EXPECT_DEATH(explore(Exploration(), lwip::simulated_stack, [](Simulation&) { return ""; }),
               "EDDY_SIM_SEEDS is no number: many");
  unsetenv("EDDY_SIM_SEEDS");
}

}  // namespace
}  // namespace net::sim
