// Names by DNS, from servers on a simulated network that is slow, loses, and has liars on it.
#include <algorithm>
#include <array>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "embedded/lwip/host/simulated_stack.h"
#include "net/net.h"
#include "net/sim/explore.h"
#include "net/sim/simulation.h"
#include "tests/support/name_server.h"

namespace net::sim {
namespace {

using namespace std::chrono_literals;
using tests::Zone;

const Address kV4 = Address::v4(192, 0, 2, 7);
const Address kV6 = Address::v6({0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7});

// The network of the running task asks these.
void ask(std::vector<Address> servers) {
  NameServers& all = *Network::current().name_servers();
  for (std::size_t i = 0; i != servers.size(); ++i) all.set(i, Endpoint(servers[i], NameServers::kPort));
}

// What came of a look-up.
struct Answer {
  Answer(std::string_view name, Family of) : host(name), family(of) {}
  std::string host;
  Family family;
  std::vector<std::string> addresses;
  Errc code = Errc::ok;
  Duration took{};
};

Task<> look_up(std::vector<Address> servers, Answer& answer) {
  ask(std::move(servers));
  TimePoint begin = Loop::current().now();
  Result<Addresses> found = co_await result(resolve(answer.host, answer.family));
  answer.took = Loop::current().now() - begin;
  if (found) {
    for (const Address& each : *found) answer.addresses.push_back(each.to_string());
  } else {
    answer.code = found.error().code();
  }
}

class NamesTest : public testing::Test {
 protected:
  NamesTest() {
    world.set_quality(Quality().set_latency(100ms));
    zone.set("host.test", {kV6}, {kV4});
    zone.set("v4.test", {}, {kV4});
    zone.set("v6.test", {kV6}, {});
    zone.set_alias("alias.test", "host.test");
    zone.set_failing("unlucky.test");
  }
  // Asks the servers, by default the one that knows the zone.
  Answer resolve(std::string_view host, Family family = Family::kNone, std::vector<Address> servers = {}) {
    Answer answer(host, family);
    if (servers.empty()) servers = {server.address()};
    if (!served) server.start(tests::serve_names_on, std::cref(zone), NameServers::kPort);
    served = true;
    client.start(look_up, servers, std::ref(answer));
    EXPECT_TRUE(world.run(client));
    return answer;
  }

  using Texts = std::vector<std::string>;
  Zone zone;
  Simulation world{1, lwip::simulated_stack};
  Host& server = world.add("server");
  Host& client = world.add("client");
  bool served = false;
};

// The server's own ARP at the beginning arrives after 100 ms, and both questions, which wait for it, then need
// one round trip: they are asked at once. This host has a global address of both, so IPv6 comes
// first (RFC 6724, 6).
TEST_F(NamesTest, BothFamiliesAreAskedForAtOnce) {
  Answer answer = resolve("host.test");
  EXPECT_EQ(answer.addresses, (Texts{"2001:db8::7", "192.0.2.7"}));
  EXPECT_EQ(answer.took, 300ms);
}

TEST_F(NamesTest, OneFamilyIsEnough) { EXPECT_EQ(resolve("v4.test").addresses, Texts{"192.0.2.7"}); }

TEST_F(NamesTest, EitherFamilyIsEnough) { EXPECT_EQ(resolve("v6.test").addresses, Texts{"2001:db8::7"}); }

TEST_F(NamesTest, OnlyTheFamilyAskedFor) {
  EXPECT_EQ(resolve("host.test", Family::kV6).addresses, Texts{"2001:db8::7"});
}

TEST_F(NamesTest, AliasesAreFollowed) {
  EXPECT_EQ(resolve("Alias.Test.").code, Errc::host_not_found) << "this server knows lower case only";
}

TEST_F(NamesTest, AnAliasHasItsAddresses) {
  EXPECT_EQ(resolve("alias.test.", Family::kV4).addresses, Texts{"192.0.2.7"});
}

TEST_F(NamesTest, WhatIsNotThereIsNotFound) {
  Answer answer = resolve("nothing.test");
  EXPECT_EQ(answer.code, Errc::host_not_found);
  EXPECT_EQ(answer.took, 300ms);
}

TEST_F(NamesTest, WhatHasNoSuchAddressIsNotFound) {
  EXPECT_EQ(resolve("v6.test", Family::kV4).code, Errc::host_not_found);
}

TEST_F(NamesTest, AServerThatFailsIsTold) {
  Answer answer = resolve("unlucky.test");
  EXPECT_EQ(answer.code, Errc::resolver_failed);
  EXPECT_EQ(answer.took, 300ms);
}

TEST_F(NamesTest, LocalNamesAreNotAskedFor) {
  Answer answer = resolve("some.LocalHost.");
  EXPECT_EQ(answer.addresses, (Texts{"::1", "127.0.0.1"}));
  EXPECT_EQ(answer.took, 0ms);
}

TEST_F(NamesTest, InvalidNamesAreNotAskedFor) {
  Answer answer = resolve("host.invalid");
  EXPECT_EQ(answer.code, Errc::host_not_found);
  EXPECT_EQ(answer.took, 0ms);
}

// After the first answer two round trips by TCP.
TEST_F(NamesTest, WhatIsTooLongForUdpComesByTcp) {
  std::vector<Address> many;
  for (std::uint8_t i = 1; i != 40; ++i) many.push_back(Address::v4(192, 0, 2, i));
  zone.set("many.test", {}, many);
  Answer answer = resolve("many.test", Family::kV4);
  ASSERT_EQ(answer.addresses.size(), Addresses::kMax);
  EXPECT_EQ(answer.addresses[15], "192.0.2.16");
  EXPECT_EQ(answer.took, 700ms);
}

// More than there is a buffer for.
TEST_F(NamesTest, TheBeginningOfAVeryLongAnswerIsEnough) {
  zone.set("many.test", std::vector<Address>(200, kV6), {});
  EXPECT_EQ(resolve("many.test", Family::kV6).addresses.size(), Addresses::kMax);
}

TEST_F(NamesTest, ASilentServerIsFollowedByTheNext) {
  Host& silent = world.add("silent");
  Answer answer = resolve("host.test", Family::kV4, {silent.address(), server.address()});
  EXPECT_EQ(answer.addresses, Texts{"192.0.2.7"});
  EXPECT_EQ(answer.took, 1s + 400ms);
}

TEST_F(NamesTest, AServerThatFailsIsFollowedByTheNextAtOnce) {
  Zone other;
  other.set_failing("host.test");
  Host& failing = world.add("failing");
  failing.start(tests::serve_names_on, std::cref(other), NameServers::kPort);
  Answer answer = resolve("host.test", Family::kV4, {failing.address(), server.address()});
  EXPECT_EQ(answer.addresses, Texts{"192.0.2.7"});
  EXPECT_EQ(answer.took, 700ms);
}

TEST_F(NamesTest, AServerThatSaysNoEndsTheLookUp) {
  Host& other = world.add("other");
  Zone empty;
  other.start(tests::serve_names_on, std::cref(empty), NameServers::kPort);
  EXPECT_EQ(resolve("host.test", Family::kV4, {other.address(), server.address()}).code, Errc::host_not_found);
}

TEST_F(NamesTest, SilenceEndsTheLookUp) {
  zone.set_silent("host.test", Family::kV4);
  Answer answer = resolve("host.test");
  EXPECT_EQ(answer.addresses, Texts{"2001:db8::7"}) << "the other family has been answered";
  EXPECT_EQ(answer.took, 15s);
}

TEST_F(NamesTest, SilenceOfAllServersIsTold) {
  Host& silent = world.add("silent");
  Answer answer = resolve("host.test", Family::kV4, {silent.address(), Address::v4(10, 0, 0, 99)});
  EXPECT_EQ(answer.code, Errc::resolver_failed);
  EXPECT_EQ(answer.took, 30s);
}

Task<> without_servers(Errc& code) {
  ask({});
  Result<Addresses> found = co_await result(resolve("host.test"));
  code = found ? Errc::ok : found.error().code();
}

TEST_F(NamesTest, WithoutServersNothingCanBeAsked) {
  Errc code = Errc::ok;
  client.start(without_servers, std::ref(code));
  EXPECT_TRUE(world.run(client));
  EXPECT_EQ(code, Errc::resolver_failed);
  EXPECT_EQ(world.now(), TimePoint());
}

Task<> in_time(Address server, Errc& code) {
  ask({server});
  Result<Addresses> found = co_await result(timeout(3s, resolve("host.test")));
  code = found ? Errc::ok : found.error().code();
}

TEST_F(NamesTest, ADeadlineHolds) {
  Errc code = Errc::ok;
  client.start(in_time, server.address(), std::ref(code));  // where nobody answers
  EXPECT_TRUE(world.run(client));
  EXPECT_EQ(code, Errc::timed_out);
  EXPECT_EQ(world.now(), TimePoint(3s));
}

// Answers wrongly in every way that is no answer, from a wrong port too, and then truly.
Task<> lie(const Zone& truth) {
  Zone lies;
  lies.set("host.test", {}, {Address::v4(6, 6, 6, 6)});
  UdpSocket socket = co_await bind_udp(NameServers::kPort);
  UdpSocket elsewhere = co_await bind_udp(5353);
  std::array<std::byte, Zone::kUdp> buffer;
  Datagram query = co_await socket.receive(buffer);
  Zone::Message lie = lies.answer(query.data, Zone::kUdp);
  co_await elsewhere.send_to(lie, query.from);
  for (std::size_t at : {0U, 1U, 2U, 5U, 13U, 20U}) {  // id, flags, questions, name
    Zone::Message changed = lie;
    changed[at] ^= at == 2 ? std::byte{0x80} : std::byte{1};
    co_await socket.send_to(changed, query.from);
  }
  co_await socket.send_to(query.data, query.from);
  co_await socket.send_to(Bytes(lie).first(11), query.from);
  co_await socket.send_to(truth.answer(query.data, Zone::kUdp), query.from);
}

TEST_F(NamesTest, LiesAreNotBelieved) {
  server.start(lie, std::cref(zone));
  served = true;
  Answer answer = resolve("host.test", Family::kV4);
  EXPECT_EQ(answer.addresses, Texts{"192.0.2.7"});
  EXPECT_EQ(answer.took, 300ms);
}

// Ids and ports that would be easy to guess.
Task<> collect_questions(std::vector<std::pair<unsigned, unsigned>>& seen) {
  UdpSocket socket = co_await bind_udp(NameServers::kPort);
  std::array<std::byte, Zone::kUdp> buffer;
  for (;;) {
    Datagram query = co_await socket.receive(buffer);
    unsigned id = std::to_integer<unsigned>(query.data[0]) << 8 | std::to_integer<unsigned>(query.data[1]);
    seen.emplace_back(id, query.from.port());
  }
}

TEST_F(NamesTest, QuestionsAreHardToGuess) {
  std::vector<std::pair<unsigned, unsigned>> seen;
  server.start(collect_questions, std::ref(seen));
  served = true;
  EXPECT_EQ(resolve("host.test").code, Errc::resolver_failed);
  ASSERT_EQ(seen.size(), 10U);
  std::vector<unsigned> ids;
  std::vector<unsigned> ports;
  for (auto [id, port] : seen) {
    EXPECT_GE(port, 49152U);
    ids.push_back(id);
    ports.push_back(port);
  }
  for (std::vector<unsigned>* each : {&ids, &ports}) {
    // All different, and from all of the range: of numbers that count up the spread would be ten.
    std::sort(each->begin(), each->end());
    EXPECT_EQ(std::unique(each->begin(), each->end()), each->end());
    EXPECT_GT(each->back() - each->front(), 4000U);
  }
}

// A listener that never speaks, and one that hangs up within the answer.
Task<> answer_badly_by_tcp(bool hangs_up) {
  UdpSocket socket = co_await bind_udp(NameServers::kPort);
  Listener listener = co_await listen(NameServers::kPort);
  std::array<std::byte, Zone::kUdp> buffer;
  for (;;) {
    Datagram query = co_await socket.receive(buffer);
    query.data[2] = std::byte{0x83};
    query.data[3] = std::byte{0x80};
    co_await socket.send_to(query.data, query.from);
    Stream stream = co_await listener.accept();
    if (hangs_up) {
      co_await stream.write(bytes(std::string_view("\x01\x00half", 6)));
    } else {
      Result<std::span<std::byte>> got;
      do {
        got = co_await result(stream.read(buffer));
      } while (got && !got->empty());
    }
  }
}

TEST_F(NamesTest, TcpThatIsCutShortIsFollowedByTheNextServer) {
  Host& bad = world.add("bad");
  bad.start(answer_badly_by_tcp, true);
  Answer answer = resolve("host.test", Family::kV4, {bad.address(), server.address()});
  EXPECT_EQ(answer.addresses, Texts{"192.0.2.7"});
  EXPECT_LT(answer.took, 2s);
}

TEST_F(NamesTest, SilenceByTcpIsFollowedByTheNextServer) {
  Host& bad = world.add("bad");
  bad.start(answer_badly_by_tcp, false);
  Answer answer = resolve("host.test", Family::kV4, {bad.address(), server.address()});
  EXPECT_EQ(answer.addresses, Texts{"192.0.2.7"});
  EXPECT_EQ(answer.took, 1s + 400ms);
}

// What a look-up on a bad network gives is right, or that there was no answer.
struct Tally {
  int right = 0;
  int unanswered = 0;
  std::string wrong;
};

Task<> look_up_often(Address server, Tally& tally) {
  ask({server});
  for (int i = 0; i != 5; ++i) {
    Result<Addresses> found = co_await result(resolve(i % 2 == 0 ? "host.test" : "many.test", Family::kV4));
    if (found && (*found)[0] == kV4 && found->size() == (i % 2 == 0 ? 1 : Addresses::kMax)) {
      ++tally.right;
    } else if (!found && found.error() == Errc::resolver_failed) {
      ++tally.unanswered;
    } else {
      tally.wrong = found ? "wrong addresses" : found.error().message();
    }
    Result<Addresses> none = co_await result(resolve("nothing.test"));
    if (none || (none.error() != Errc::host_not_found && none.error() != Errc::resolver_failed)) {
      tally.wrong = none ? "addresses of nothing" : none.error().message();
    }
  }
}

TEST(Names, AreFoundOrNotOnABadNetwork) {
  Tally tally;
  std::string wrong =
      explore(Exploration().set_seeds(200), lwip::simulated_stack, [&](Simulation& world) -> std::string {
        Host& server = world.add("server");
        Host& client = world.add("client");
        world.set_quality(
            Quality().set_loss(0.25).set_duplication(0.1).set_reordering(0.1).set_corruption(0.02));
        Zone zone;
        zone.set("host.test", {kV6}, {kV4});
        zone.set("many.test", {}, std::vector<Address>(39, kV4));
        server.start(tests::serve_names_on, std::cref(zone), NameServers::kPort);
        client.start(look_up_often, server.address(), std::ref(tally));
        Result<> outcome = world.run(client);
        return outcome ? tally.wrong : outcome.error().message();
      });
  EXPECT_EQ(wrong, "");
  // Seeds decide, so these figures are always the same. Five questions of which each has (3/4)^2 to be
  // answered.
  EXPECT_EQ(tally.right + tally.unanswered, 1000);
  EXPECT_GT(tally.right, 850);
}

}  // namespace
}  // namespace net::sim
