// Rows: listen on a used port; accept; backlog; two accepts at once.
#include <cstring>

#include <sys/stat.h>

#include "net/core/combine.h"
#include "net/core/deadline.h"
#include "net/core/text.h"
#include "net/io/connect.h"
#include "tests/conformance/suite.h"

namespace net::conformance {
namespace {

class ListenAccept : public Suite {};
INSTANTIATE_TEST_SUITE_P(All, ListenAccept, testing::ValuesIn(worlds()), name_of);

TEST_P(ListenAccept, OnAUsedPortFailsFromListenItself) {
  run(Row::kEndpoints, [](World& world) -> Task<> {
    Listener first = co_await world.listen();
    Endpoint used = first.local();
    Result<Listener> second = co_await result(net::listen(used));
    EXPECT_FALSE(second);
    if (!second) {
      EXPECT_EQ(second.error().code(), Errc::address_in_use);
      EXPECT_EQ(second.error().context(), "listen on " + used.to_string());
    }
    first = Listener();
    Listener third = co_await net::listen(used);
    EXPECT_EQ(third.local(), used);
  });
}

TEST_P(ListenAccept, OnAPortThatIsUsedAtOneAddressFailsForAllAndTheOtherWayRound) {
  run(Row::kEndpoints, [](World& world) -> Task<> {
    Listener one = co_await world.listen();
    Endpoint used = one.local();
    bool v6 = used.address().is_v6();
    Endpoint all(v6 ? Address::any_v6() : Address::any_v4(), used.port());
    Errc code = co_await failure_of(net::listen(all));
    EXPECT_EQ(code, Errc::address_in_use);
    code = co_await failure_of(net::listen(used.port()));  // on both families, where there are two
    EXPECT_EQ(code, Errc::address_in_use);
    one = Listener();
    Listener every = co_await net::listen(all);
    code = co_await failure_of(net::listen(used));
    EXPECT_EQ(code, Errc::address_in_use);
  });
}

TEST_P(ListenAccept, OnAPortThatIsUsedInBothFamiliesFailsInEither) {
  run(Row::kDualStack, [](World& world) -> Task<> {
    Listener both = co_await net::listen(Endpoint(Address::any_v6(), 0));
    std::uint16_t port = both.local().port();
    Errc code = co_await failure_of(net::listen(Endpoint(Address::any_v4(), port)));
    EXPECT_EQ(code, Errc::address_in_use);
    both = Listener();
    Listener v4 = co_await net::listen(Endpoint(Address::any_v4(), port));
    code = co_await failure_of(net::listen(Endpoint(Address::any_v6(), port)));
    EXPECT_EQ(code, Errc::address_in_use);
    code = co_await failure_of(net::listen(Endpoint(world.address(), port)));
    EXPECT_EQ(code, Errc::ok);
    ListenOptions v6_only = ListenOptions().set_dual_stack(false);
    Listener v6 = co_await net::listen(Endpoint(Address::any_v6(), port), v6_only);
    EXPECT_EQ(v6.local(), Endpoint(Address::any_v6(), port));
  });
}

TEST_P(ListenAccept, APortIsFreeAgainThoughConnectionsOfItLiveOn) {
  run(Row::kEndpoints, [](World& world) -> Task<> {
    Listener first = co_await world.listen();
    Endpoint port = first.local();
    Stream client = co_await world.connect(first);
    Stream server = co_await first.accept();
    first = Listener();
    Listener second = co_await net::listen(port);
    co_await server.write("alive");
    std::string got = co_await read_some(client);
    EXPECT_EQ(got, "alive");
    server = Stream();  // closes first, so the port lingers in TIME_WAIT
    std::string end = co_await read_some(client);
    EXPECT_EQ(end, "");
    client = Stream();
    second = Listener();
    Listener third = co_await net::listen(port);
    EXPECT_EQ(third.local(), port);
  });
}

TEST_P(ListenAccept, OnAnAddressOfAnotherHostIsNotAvailable) {
  run(Row::kEndpoints, [](World& world) -> Task<> {
    Errc code = co_await failure_of(net::listen(Endpoint(world.foreign_address(), 0)));
    EXPECT_EQ(code, Errc::address_not_available);
    code = co_await failure_of(net::listen(Endpoint()));
    EXPECT_EQ(code, Errc::invalid_argument);
  });
}

TEST_P(ListenAccept, GivesTheTrueAddressOfThePeer) {
  run(Row::kClientEndpoint, [](World& world) -> Task<> {
    Listener listener = co_await world.listen();
    for (int i = 0; i < 3; ++i) {
      Stream client = co_await world.connect(listener);
      Stream server = co_await listener.accept();
      EXPECT_EQ(server.peer(), client.local());
      EXPECT_EQ(server.local(), client.peer());
      EXPECT_EQ(server.local(), listener.local());
      EXPECT_NE(server.peer().port(), 0);
    }
  });
}

TEST_P(ListenAccept, ConnectionsComeInTheOrderInWhichTheyWereMade) {
  run(Row::kListen, [](World& world) -> Task<> {
    Listener listener = co_await world.listen();
    std::vector<Stream> clients;
    for (char name = 'a'; name < 'f'; ++name) {
      Stream client = co_await world.connect(listener);
      co_await client.write(std::string_view(&name, 1));
      clients.push_back(std::move(client));
    }
    for (char name = 'a'; name < 'f'; ++name) {
      Stream server = co_await listener.accept();
      std::string got = co_await read_some(server);
      EXPECT_EQ(got, std::string(1, name));
    }
  });
}

TEST_P(ListenAccept, AnAcceptedStreamInheritsNoDeadline) {
  run(Row::kListen, [](World& world) -> Task<> {
    Listener listener = co_await world.listen();
    auto both = co_await all(timeout(1h, listener.accept()), world.connect(listener));
    Stream server = std::move(std::get<0>(both));
    Stream client = std::move(std::get<1>(both));
    // Nor one that has passed.
    Errc late = co_await failure_of(timeout(1ms, listener.accept()));
    EXPECT_EQ(late, Errc::timed_out);
    Beside reading(read_some(server));
    co_await settle();
    EXPECT_FALSE(reading.done());
    co_await client.write("in time");
    co_await reading.join();
    EXPECT_EQ(reading.take(), "in time");
  });
}

TEST_P(ListenAccept, TheBacklogIsHonoured) {
  run(Row::kBacklog, [](World& world) -> Task<> {
    int backlog = world.backlog();
    Listener listener = co_await world.listen(ListenOptions().set_backlog(backlog));
    std::vector<Stream> clients;
    for (std::size_t i = 0; i < world.queue_of(backlog); ++i) {
      Stream client = co_await world.connect(listener);
      clients.push_back(std::move(client));
    }
    // One more waits, or is refused, until there is room.
    Beside more(world.connect(listener));
    co_await settle();
    if (more.done()) {
      EXPECT_NE(more.code(), Errc::ok);
    }
    more.cancel();
    co_await more.join();
    EXPECT_NE(more.code(), Errc::ok);
    Stream server = co_await listener.accept();
    Stream next = co_await world.connect(listener);
    EXPECT_TRUE(next);
  });
}

TEST_P(ListenAccept, AConnectionThatLeftBeforeItWasAcceptedHarmsNobody) {
  run(Row::kListen, [](World& world) -> Task<> {
    Listener listener = co_await world.listen();
    for (bool reset : {true, false}) {
      Stream gone = co_await world.connect(listener);
      if (reset) gone.abort();
      gone = Stream();
    }
    Stream stays = co_await world.connect(listener);
    co_await stays.write("here");
    std::string got;
    while (got.empty()) {
      Stream server = co_await listener.accept();
      auto read = read_some(server);
      auto outcome = co_await result(read);
      if (outcome) {
        got = *outcome;
      } else {
        EXPECT_EQ(outcome.error().code(), Errc::connection_reset);
      }
    }
    EXPECT_EQ(got, "here");
  });
}

TEST_P(ListenAccept, DestroyingAListenerRefusesThoseThatWait) {
  run(Row::kListen, [](World& world) -> Task<> {
    Listener listener = co_await world.listen();
    Stream waiting = co_await world.connect(listener);
    co_await waiting.write("anybody?");
    Listener moved = std::move(listener);
    moved = Listener();
    auto read = read_some(waiting);
    auto outcome = co_await result(read);
    if (outcome) {
      EXPECT_EQ(*outcome, "");
    } else {
      EXPECT_EQ(outcome.error().code(), Errc::connection_reset);
    }
  });
}

TEST_P(ListenAccept, OnAPathThatIsTakenIsAddressInUseAndThePathGoesWithTheListener) {
  run(Row::kUnixPaths, [](World& world) -> Task<> {
    Listener first = co_await world.listen();
    Text<128> where;
    first.accept().operation().describe(where);
    std::string path(where.text().substr(std::strlen("accept on ")));
    first = Listener();
    {
      Listener listener = co_await listen_unix(path);
      Result<Listener> second = co_await result(listen_unix(path));
      EXPECT_FALSE(second);
      if (!second) {
        EXPECT_EQ(second.error().code(), Errc::address_in_use);
        EXPECT_EQ(second.error().context().substr(0, 10), "listen on ");
      }
      Stream client = co_await connect_unix(path);
    }
    struct stat status;
    EXPECT_NE(::stat(path.c_str(), &status), 0) << path << " is still there";
    Listener again = co_await listen_unix(path);
    EXPECT_FALSE(again.local().valid());
    Errc cut = co_await failure_of(listen_unix(std::string_view("/tmp/a\0b", 8)));
    EXPECT_EQ(cut, Errc::invalid_argument);
    std::string too_long(200, 'x');
    Errc code = co_await failure_of(listen_unix(too_long));
    EXPECT_EQ(code, Errc::invalid_argument);
  });
}

Task<> accept_twice(World& world) {
  Listener listener = co_await world.listen();
  Beside accepting(listener.accept());
  co_await settle();
  Stream never = co_await listener.accept();
}

TEST_P(ListenAccept, TwoAtOnceEndTheProgramAndNameTheOperation) {
  run_to_death(Row::kListen, accept_twice, "two operations at once: \"accept on .*\" is awaited already");
}

}  // namespace
}  // namespace net::conformance
