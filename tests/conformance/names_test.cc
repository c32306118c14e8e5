// Rows: resolve and its cancellation; connect by name tries both families (happy eyeballs, RFC 8305).
#include <algorithm>

#include "net/core/deadline.h"
#include "net/io/connect.h"
#include "net/io/resolve.h"
#include "tests/conformance/suite.h"

namespace net::conformance {
namespace {

class NamesTest : public Suite {};
INSTANTIATE_TEST_SUITE_P(All, NamesTest, testing::ValuesIn(worlds()), name_of);

const Address kV4 = Address::loopback_v4();
const Address kV6 = Address::loopback_v6();

// Where the client finds the server.
Address v4_of(World& world) { return world.address_of(Side::kServer, Family::kV4); }
Address v6_of(World& world) { return world.address_of(Side::kServer, Family::kV6); }
// An address where nobody listens, which says so where it can: another of the same host, or the client's own.
Address deaf(World& world) {
  return v4_of(world) == kV4 ? Address::v4(127, 0, 0, 9) : world.address_of(Side::kClient, Family::kV4);
}

Task<Listener> listen_on(Address address) {
  Listener listener = co_await net::listen(Endpoint(address, 0), ListenOptions().set_dual_stack(false));
  co_return std::move(listener);
}

TEST_P(NamesTest, AnAddressIsItself) {
  run(Row::kNames, [](World&) -> Task<> {
    Addresses found = co_await resolve("127.0.0.1");
    EXPECT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0], kV4);
    found = co_await resolve("::1", Family::kV6);
    EXPECT_EQ(found[0], kV6);
    Errc code = co_await failure_of(resolve("::1", Family::kV4));
    EXPECT_EQ(code, Errc::host_not_found);
  });
}

TEST_P(NamesTest, AHostHasTheAddressesOfTheFamilyAskedFor) {
  run(Row::kNames, [](World& world) -> Task<> {
    world.names()->set("host", {kV6}, {kV4, Address::v4(127, 0, 0, 2)});
    Addresses found = co_await resolve("host", Family::kV4);
    EXPECT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0], kV4);
    EXPECT_EQ(found[1], Address::v4(127, 0, 0, 2));
    found = co_await resolve("host", Family::kV6);
    EXPECT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0], kV6);
    found = co_await resolve("host");
    EXPECT_EQ(found.size(), 3U);
  });
}

TEST_P(NamesTest, MoreAddressesThanFitAreCut) {
  run(Row::kNames, [](World& world) -> Task<> {
    std::vector<Address> many;
    for (std::uint8_t i = 1; i < 40; ++i) many.push_back(Address::v4(127, 0, 1, i));
    world.names()->set("many", {}, many);
    Addresses found = co_await resolve("many");
    EXPECT_EQ(found.size(), Addresses::kMax);
    EXPECT_EQ(found[0], many[0]);
  });
}

TEST_P(NamesTest, WhatIsNoHostIsNotFound) {
  run(Row::kNames, [](World& world) -> Task<> {
    std::string too_long(5000, 'a');
    for (std::string_view name : {std::string_view("nowhere.invalid"), std::string_view(""),
                                  std::string_view(too_long), std::string_view("localhost\0.invalid", 18)}) {
      Result<Addresses> found = co_await result(resolve(name));
      EXPECT_FALSE(found) << name;
      if (!found) {
        EXPECT_EQ(found.error().code(), Errc::host_not_found) << name;
      }
    }
    Result<Addresses> found = co_await result(resolve("nowhere.invalid"));
    EXPECT_EQ(found.error().context(), "resolve nowhere.invalid");
    world.names()->set("only-v4", {}, {kV4});
    Errc code = co_await failure_of(resolve("only-v4", Family::kV6));
    EXPECT_EQ(code, Errc::host_not_found);
    world.names()->fail("unlucky");
    code = co_await failure_of(resolve("unlucky"));
    EXPECT_EQ(code, Errc::resolver_failed);
  });
}

TEST_P(NamesTest, ACancelledLookUpEndsAtOnceAndNothingArrivesLater) {
  run(Row::kNames, [](World& world) -> Task<> {
    world.names()->set("slow", {kV6}, {kV4});
    world.names()->hold("slow", Family::kV4);
    // More than libuv's threads work on at a time, if there may be: some have begun and some have not.
    std::vector<std::unique_ptr<Beside<Task<Addresses>>>> lookups;
    lookups.reserve(world.look_ups());
    for (std::size_t i = 0; i < world.look_ups(); ++i) {
      lookups.push_back(std::make_unique<Beside<Task<Addresses>>>(resolve("slow")));
    }
    co_await settle();
    for (auto& lookup : lookups) {
      EXPECT_FALSE(lookup->done());
      lookup->cancel();
      co_await lookup->join();
      EXPECT_EQ(lookup->code(), Errc::cancelled);
    }
    lookups.clear();
    world.names()->release();
    Addresses found = co_await resolve("slow");
    EXPECT_EQ(found.size(), 2U);
    co_await settle();
  });
}

TEST_P(NamesTest, ADeadlineReachesTheLookUp) {
  run(Row::kNames, [](World& world) -> Task<> {
    world.names()->set("slow", {kV6}, {kV4});
    world.names()->hold("slow", Family::kV4);
    world.names()->hold("slow", Family::kV6);
    Errc code = co_await failure_of(timeout(2ms, net::connect("slow", 80)));
    EXPECT_EQ(code, Errc::timed_out);
    world.names()->release();
  });
}

// RFC 6761, 6.3: no server is asked.
TEST_P(NamesTest, LocalhostIsThisHost) {
  run(Row::kNames, [](World&) -> Task<> {
    Addresses found = co_await resolve("localhost");
    EXPECT_EQ(found.size(), 2U);
    for (const Address& each : {kV4, kV6}) {
      EXPECT_EQ(std::count(found.begin(), found.end(), each), 1) << each.to_string();
    }
  });
}

TEST_P(NamesTest, ConnectReachesAListenerOfEitherFamily) {
  run(Row::kNames, Row::kBothFamilies, [](World& world) -> Task<> {
    world.names()->set("server", {v6_of(world)}, {v4_of(world)});
    for (Address address : {v4_of(world), v6_of(world)}) {
      Listener listener = co_await listen_on(address);
      Stream client = co_await net::connect("server", listener.local().port());
      EXPECT_EQ(client.peer(), listener.local());
      Stream server = co_await listener.accept();
      EXPECT_EQ(server.peer(), client.local());
    }
  });
}

TEST_P(NamesTest, ConnectTakesAnAddressToo) {
  run(Row::kNames, [](World& world) -> Task<> {
    Listener listener = co_await listen_on(world.address());
    Stream client = co_await net::connect(world.address().to_string(), listener.local().port());
    EXPECT_EQ(client.peer(), listener.local());
  });
}

TEST_P(NamesTest, IPv6IsTriedFirst) {
  run(Row::kNames, Row::kBothFamilies, [](World& world) -> Task<> {
    world.names()->set("server", {v6_of(world)}, {v4_of(world)});
    Listener both = co_await net::listen(0);
    Stream client = co_await net::connect("server", both.local().port());
    EXPECT_TRUE(client.peer().address().is_v6());
  });
}

TEST_P(NamesTest, AnAddressThatRefusesIsFollowedByTheNext) {
  run(Row::kNames, [](World& world) -> Task<> {
    Address v6 = v6_of(world).is_v6() ? v6_of(world) : kV6;
    Listener listener = co_await listen_on(v4_of(world));
    world.names()->set("half-dead", {v6, v6, v6}, {deaf(world), v4_of(world)});
    Stream client = co_await net::connect("half-dead", listener.local().port());
    EXPECT_EQ(client.peer(), listener.local());
  });
}

// RFC 8305, 5: the next attempt begins although the first has not failed.
TEST_P(NamesTest, AnAddressThatDoesNotAnswerIsOvertakenByTheNext) {
  run({Row::kPendingConnect, Row::kNames, Row::kBothFamilies}, [](World& world) -> Task<> {
    world.names()->set("server", {v6_of(world)}, {v4_of(world)});
    Listener silent =
        co_await net::listen(Endpoint(v6_of(world), 0), ListenOptions().set_backlog(1).set_dual_stack(false));
    std::vector<Stream> queue;
    for (std::size_t i = 0; i < world.queue_of(1); ++i) {
      Stream stream = co_await net::connect(silent.local());
      queue.push_back(std::move(stream));
    }
    Listener answering = co_await net::listen(Endpoint(v4_of(world), silent.local().port()));
    std::size_t sockets = world.open_sockets();
    Stream client = co_await net::connect("server", silent.local().port());
    EXPECT_EQ(client.peer(), answering.local());
    client = Stream();
    EXPECT_EQ(world.open_sockets(), sockets) << "the attempt that lost was not aborted";
  });
}

TEST_P(NamesTest, ASlowAnswerOfOneFamilyDoesNotHoldTheOther) {
  run(Row::kNames, Row::kBothFamilies, [](World& world) -> Task<> {
    for (Family slow : {Family::kV6, Family::kV4}) {
      Listener listener = co_await listen_on(slow == Family::kV6 ? v4_of(world) : v6_of(world));
      world.names()->set("uneven", {v6_of(world)}, {v4_of(world)});
      world.names()->hold("uneven", slow);
      Stream client = co_await net::connect("uneven", listener.local().port());
      EXPECT_EQ(client.peer(), listener.local());
      world.names()->release();
    }
  });
}

// The address that works is in the answer that comes late.
TEST_P(NamesTest, ALateAnswerIsTriedAfterTheFirstFailed) {
  run(Row::kNames, Row::kBothFamilies, [](World& world) -> Task<> {
    Listener listener = co_await listen_on(v6_of(world));
    world.names()->set("late", {v6_of(world)}, {v4_of(world)});
    world.names()->hold("late", Family::kV6);
    Beside connecting(net::connect("late", listener.local().port()));
    co_await sleep(100ms);  // longer than IPv6 is waited for
    EXPECT_FALSE(connecting.done());
    world.names()->release();
    co_await connecting.join();
    EXPECT_EQ(connecting.code(), Errc::ok);
    Stream client = connecting.take();
    EXPECT_EQ(client.peer(), listener.local());
  });
}

TEST_P(NamesTest, IfAllFailTheFirstAttemptSaysWhy) {
  run(Row::kNames, [](World& world) -> Task<> {
    Listener listener = co_await listen_on(v4_of(world));
    std::uint16_t port = listener.local().port();
    Stream keeps_the_port = co_await net::connect(listener.local());
    listener = Listener();
    co_await settle();  // a chip may have to be told
    world.names()->set("dead", {}, {v4_of(world), Address::v4(239, 1, 2, 3)});
    Result<Stream> stream = co_await result(net::connect("dead", port));
    EXPECT_FALSE(stream);
    if (!stream) {
      EXPECT_EQ(stream.error().code(), Errc::connection_refused);
      EXPECT_EQ(stream.error().context(), "connect to dead:" + std::to_string(port));
    }
    Errc code = co_await failure_of(net::connect("nowhere.invalid", port));
    EXPECT_EQ(code, Errc::host_not_found);
    world.names()->fail("unlucky");
    code = co_await failure_of(net::connect("unlucky", port));
    EXPECT_EQ(code, Errc::resolver_failed);
  });
}

TEST_P(NamesTest, CancellingAConnectByNameAbortsEverything) {
  run(Row::kNames, [](World& world) -> Task<> {
    for (int turns = 0; turns < 12; ++turns) {
      std::size_t sockets = world.open_sockets();
      Listener listener = co_await listen_on(v4_of(world));
      world.names()->set("host", {kV6}, {v4_of(world)});
      if (turns % 2 == 1) world.names()->hold("host", Family::kV6);
      Beside connecting(net::connect("host", listener.local().port()));
      for (int i = 0; i < turns; ++i) co_await yield();
      if (turns % 3 == 0) co_await sleep(1ms);
      connecting.cancel();
      co_await connecting.join();
      if (connecting.code() == Errc::ok) {
        Stream connected = connecting.take();
      } else {
        EXPECT_EQ(connecting.code(), Errc::cancelled);
      }
      listener = Listener();  // with what it has completed meanwhile
      EXPECT_EQ(world.open_sockets(), sockets);
      world.names()->release();
    }
  });
}

}  // namespace
}  // namespace net::conformance
