// Rows: resolve and its cancellation; connect by name tries both families (happy eyeballs, RFC 8305).
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
    // More than libuv's threads work on at a time, so that some have begun and some have not.
    std::vector<std::unique_ptr<Beside<Task<Addresses>>>> lookups;
    for (int i = 0; i < 5; ++i) {
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

TEST_P(NamesTest, ConnectReachesAListenerOfEitherFamily) {
  run(Row::kNames, [](World& world) -> Task<> {
    for (Address address : {kV4, kV6}) {
      Listener listener = co_await listen_on(address);
      Stream client = co_await net::connect("localhost", listener.local().port());
      EXPECT_EQ(client.peer(), listener.local());
      Stream server = co_await listener.accept();
      EXPECT_EQ(server.peer(), client.local());
    }
    static_cast<void>(world);
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
  run(Row::kNames, [](World& world) -> Task<> {
    Listener both = co_await net::listen(0);
    Stream client = co_await net::connect("localhost", both.local().port());
    EXPECT_TRUE(client.peer().address().is_v6());
    static_cast<void>(world);
  });
}

TEST_P(NamesTest, AnAddressThatRefusesIsFollowedByTheNext) {
  run(Row::kNames, [](World& world) -> Task<> {
    Listener listener = co_await listen_on(kV4);
    world.names()->set("half-dead", {kV6, kV6, kV6}, {Address::v4(127, 0, 0, 9), kV4});
    Stream client = co_await net::connect("half-dead", listener.local().port());
    EXPECT_EQ(client.peer(), listener.local());
  });
}

// RFC 8305, 5: the next attempt begins although the first has not failed.
TEST_P(NamesTest, AnAddressThatDoesNotAnswerIsOvertakenByTheNext) {
  run(Row::kPendingConnect, [](World& world) -> Task<> {
    if (world.names() == nullptr) co_return;
    Listener silent =
        co_await net::listen(Endpoint(kV6, 0), ListenOptions().set_backlog(1).set_dual_stack(false));
    std::vector<Stream> queue;
    for (std::size_t i = 0; i < world.queue_of(1); ++i) {
      Stream stream = co_await net::connect(silent.local());
      queue.push_back(std::move(stream));
    }
    Listener answering = co_await net::listen(Endpoint(kV4, silent.local().port()));
    std::size_t sockets = world.open_sockets();
    Stream client = co_await net::connect("localhost", silent.local().port());
    EXPECT_EQ(client.peer(), answering.local());
    client = Stream();
    EXPECT_EQ(world.open_sockets(), sockets) << "the attempt that lost was not aborted";
  });
}

TEST_P(NamesTest, ASlowAnswerOfOneFamilyDoesNotHoldTheOther) {
  run(Row::kNames, [](World& world) -> Task<> {
    for (Family slow : {Family::kV6, Family::kV4}) {
      Listener listener = co_await listen_on(slow == Family::kV6 ? kV4 : kV6);
      world.names()->set("uneven", {kV6}, {kV4});
      world.names()->hold("uneven", slow);
      Stream client = co_await net::connect("uneven", listener.local().port());
      EXPECT_EQ(client.peer(), listener.local());
      world.names()->release();
    }
  });
}

// The address that works is in the answer that comes late.
TEST_P(NamesTest, ALateAnswerIsTriedAfterTheFirstFailed) {
  run(Row::kNames, [](World& world) -> Task<> {
    Listener listener = co_await listen_on(kV6);
    world.names()->set("late", {kV6}, {kV4});
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
    Listener listener = co_await listen_on(kV4);
    std::uint16_t port = listener.local().port();
    Stream keeps_the_port = co_await net::connect(listener.local());
    listener = Listener();
    world.names()->set("dead", {}, {kV4, Address::v4(239, 1, 2, 3)});
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
    Listener listener = co_await listen_on(kV4);
    for (int turns = 0; turns < 12; ++turns) {
      std::size_t sockets = world.open_sockets();
      world.names()->set("host", {kV6}, {kV4});
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
      EXPECT_EQ(world.open_sockets(), sockets);
      world.names()->release();
    }
  });
}

}  // namespace
}  // namespace net::conformance
