// Rows: connect where nobody listens, without a route, past a deadline.
#include "net/io/connect.h"

#include "net/core/deadline.h"
#include "tests/conformance/suite.h"

namespace net::conformance {
namespace {

class Connect : public Suite {};
INSTANTIATE_TEST_SUITE_P(All, Connect, testing::ValuesIn(worlds()), name_of);

TEST_P(Connect, GivesAStreamToTheListener) {
  run(Row::kListen, [](World& world) -> Task<> {
    Listener listener = co_await world.listen();
    Stream client = co_await world.connect(listener);
    Stream server = co_await listener.accept();
    co_await client.write("to the server");
    std::string got = co_await read_some(server);
    EXPECT_EQ(got, "to the server");
    co_await server.write("to the client");
    got = co_await read_some(client);
    EXPECT_EQ(got, "to the client");
  });
}

TEST_P(Connect, WhereNobodyListensIsRefused) {
  run(Row::kRefusal, [](World& world) -> Task<> {
    Listener listener = co_await world.listen();
    Stream kept = co_await world.connect(listener);  // so that nobody else gets its port meanwhile
    Endpoint nobody = listener.local();
    listener = Listener();
    co_await settle();  // a chip may have to be told
    if (nobody.valid()) {
      Result<Stream> stream = co_await result(net::connect(nobody));
      EXPECT_FALSE(stream);
      if (!stream) {
        EXPECT_EQ(stream.error().code(), Errc::connection_refused);
        EXPECT_EQ(stream.error().context(), "connect to " + nobody.to_string());
        EXPECT_NE(stream.error().native(), 0);
      }
    } else {
      Errc code = co_await failure_of(world.connect(listener));
      EXPECT_EQ(code, Errc::connection_refused);
    }
  });
}

// Connecting to a group of hosts has no route by definition (RFC 9293, 3.9.2.3).
TEST_P(Connect, WithoutARouteIsUnreachable) {
  run(Row::kEndpoints, [](World& world) -> Task<> {
    std::array<std::uint8_t, 16> group{0xff, 0x0e, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x7b};
    Address to = world.address().is_v4() ? Address::v4(239, 1, 2, 3) : Address::v6(group);
    Errc code = co_await failure_of(net::connect(Endpoint(to, 9)));
    EXPECT_EQ(code, Errc::unreachable);
  });
}

TEST_P(Connect, PastADeadlineIsTimedOutAndAbortedBelow) {
  run(Row::kPendingConnect, [](World& world) -> Task<> {
    Listener listener = co_await world.listen(ListenOptions().set_backlog(1));
    std::vector<Stream> queue;
    for (std::size_t i = 0; i < world.queue_of(1); ++i) {
      Stream stream = co_await world.connect(listener);
      queue.push_back(std::move(stream));
    }
    co_await settle();
    std::size_t sockets = world.open_sockets();
    Result<Stream> late = co_await result(timeout(5ms, world.connect(listener)));
    EXPECT_FALSE(late);
    if (!late) {
      EXPECT_EQ(late.error().code(), Errc::timed_out);
      EXPECT_EQ(late.error().context(), "connect to " + listener.local().to_string());
    }
    co_await settle();
    EXPECT_EQ(world.open_sockets(), sockets);
    for (std::size_t i = 0; i < queue.size(); ++i) {
      Stream accepted = co_await listener.accept();
    }
    Beside accepting(listener.accept());
    co_await settle();
    EXPECT_FALSE(accepting.done());
    accepting.cancel();
    co_await accepting.join();
  });
}

TEST_P(Connect, ThousandsOneAfterAnother) {
  run(Row::kListen, [](World& world) -> Task<> {
    Listener listener = co_await world.listen();
    std::size_t sockets = world.open_sockets();
    for (std::size_t i = 0; i < world.repetitions(); ++i) {
      Stream client = co_await world.connect(listener);
      Stream server = co_await listener.accept();
      char number = static_cast<char>(i);
      co_await client.write(std::string_view(&number, 1));
      std::byte buffer[4];
      std::span<std::byte> got = co_await server.read(buffer);
      EXPECT_EQ(text(got), std::string_view(&number, 1));
      // The side that closes first keeps the port for a while; a reset does not.
      client.abort();
    }
    EXPECT_EQ(world.open_sockets(), sockets);
  });
}

Task<> connect_and_leave(World& world, Listener& listener) { Stream stream = co_await world.connect(listener); }

TEST_P(Connect, ManyAtOnceAndDestroyedAtOnce) {
  run(Row::kListen, [](World& world) -> Task<> {
    std::size_t count = world.many();
    Listener listener = co_await world.listen();
    std::vector<std::unique_ptr<Beside<Task<>>>> clients;
    for (std::size_t i = 0; i < count; ++i) {
      clients.push_back(std::make_unique<Beside<Task<>>>(connect_and_leave(world, listener)));
    }
    for (std::size_t i = 0; i < count; ++i) {
      Stream server = co_await listener.accept();
      std::string end = co_await read_some(server);
      EXPECT_EQ(end, "");
    }
    for (auto& client : clients) {
      co_await client->join();
      EXPECT_EQ(client->code(), Errc::ok);
    }
  });
}

TEST_P(Connect, ToAPathThatIsNotThereIsRefused) {
  run(Row::kUnixPaths, [](World&) -> Task<> {
    Errc code = co_await failure_of(connect_unix("/nonexistent/eddy"));
    EXPECT_EQ(code, Errc::connection_refused);
    std::string too_long(200, 'x');
    code = co_await failure_of(connect_unix(too_long));
    EXPECT_EQ(code, Errc::invalid_argument);
  });
}

TEST_P(Connect, ToNoEndpointIsAnInvalidArgument) {
  run(Row::kEndpoints, [](World&) -> Task<> {
    Errc code = co_await failure_of(net::connect(Endpoint()));
    EXPECT_EQ(code, Errc::invalid_argument);
  });
}

}  // namespace
}  // namespace net::conformance
