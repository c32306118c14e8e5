// Every network operation over libuv with real sockets, cancelled at each suspension and short of each
// allocation. A new scenario is a task and a line of the table at the end.
#include <array>
#include <functional>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "net/core/blocking.h"
#include "net/core/combine.h"
#include "net/core/scope.h"
#include "net/io/connect.h"
#include "net/io/listener.h"
#include "net/io/resolve.h"
#include "net/io/serve.h"
#include "net/io/udp.h"
#include "tests/support/every_suspension.h"
#include "tests/support/uv_world.h"

namespace net {
namespace {

using namespace std::chrono_literals;

Endpoint any_port() { return Endpoint(Address::loopback_v4(), 0); }

Task<> echo(Stream peer) {
  for (;;) {
    std::span<std::byte> received = co_await peer.read_view();
    if (received.empty()) co_return;
    co_await peer.write(received);
  }
}

// Sends a few words and reads them back, then the end.
Task<> say(Stream& stream) {
  std::array<std::byte, 64> buffer;
  for (std::string_view words : {"one", "two and three"}) {
    co_await stream.write(words);
    std::size_t size = 0;
    while (size < words.size()) {
      std::span<std::byte> got = co_await stream.read(buffer);
      if (got.empty()) co_await fail(Errc::end_of_stream);
      size += got.size();
    }
  }
  co_await stream.shutdown();
  std::span<std::byte> end = co_await stream.read(buffer);
  EXPECT_TRUE(end.empty());
}

Task<> listens() {
  Listener listener = co_await listen(0);
  EXPECT_NE(listener.local().port(), 0);
  Listener another = co_await listen(any_port());
}

Task<> accept_one(Listener& listener) {
  Stream peer = co_await listener.accept();
  co_await echo(std::move(peer));
}
Task<> connect_and_say(Endpoint to) {
  Stream stream = co_await connect(to);
  co_await say(stream);
}
Task<> connects() {
  Listener listener = co_await listen(any_port());
  co_await all(accept_one(listener), connect_and_say(listener.local()));
}

Task<> connect_by_name_and_say(std::uint16_t port) {
  Stream stream = co_await connect("localhost", port);
  co_await say(stream);
}
Task<> connects_by_name() {
  Listener listener = co_await listen(any_port());
  co_await all(accept_one(listener), connect_by_name_and_say(listener.local().port()));
}

Task<> resolves() {
  Addresses found = co_await resolve("localhost");
  EXPECT_FALSE(found.empty());
  Result<Addresses> none = co_await result(resolve("a name. that is none"));
  EXPECT_FALSE(none);
  if (none.error() != Errc::host_not_found && none.error() != Errc::resolver_failed) {
    co_await fail(none.error());
  }
}

Task<> refused() {
  Endpoint nobody;
  {
    Listener listener = co_await listen(any_port());
    nobody = listener.local();
  }
  Result<Stream> stream = co_await result(connect(nobody));
  EXPECT_FALSE(stream);
  if (stream.error() != Errc::connection_refused) co_await fail(stream.error());
}

Task<> send_datagrams(UdpSocket& socket, Endpoint to) {
  for (std::string_view words : {"one", "two", "three"}) {
    co_await socket.send_to(bytes(words), to);
    std::array<std::byte, 64> buffer;
    Datagram answer = co_await socket.receive(buffer);
    EXPECT_EQ(text(answer.data), words);
  }
}
Task<> answer_datagrams(UdpSocket& socket) {
  for (int i = 0; i < 3; ++i) {
    Datagram datagram = co_await socket.receive_view();
    co_await socket.send_to(datagram.data, datagram.from);
  }
}
Task<> exchanges_datagrams() {
  UdpSocket server = co_await bind_udp(any_port());
  UdpSocket client = co_await connect_udp(server.local());
  UdpSocket other = co_await bind_udp(any_port());
  co_await all(answer_datagrams(server), send_datagrams(other, server.local()));
}

// Larger than the sockets' buffers, so that the write waits.
Task<> write_much(Stream& stream) {
  static const std::array<std::byte, 100'000> kData{};
  for (int i = 0; i < 4; ++i) co_await stream.write(Bytes(kData));
  co_await stream.shutdown();
}
Task<> read_much(Stream& stream) {
  std::size_t size = 0;
  for (;;) {
    std::span<std::byte> got = co_await stream.read_view();
    if (got.empty()) break;
    size += got.size();
  }
  EXPECT_EQ(size, 400'000U);
}
Task<> transfers() {
  Listener listener = co_await listen(any_port());
  auto [server, client] = co_await all(listener.accept(), connect(listener.local()));
  static_cast<void>(client.set_send_buffer(10'000));
  co_await all(write_much(client), read_much(server));
}

// A server goes on when memory is short, for one connection or for accepting; so its clients may see theirs
// closed, but must not see the server gone.
Task<> keep_serving(Listener& listener, ServeCounters& counters) {
  ServeLimits limits;
  limits.set_connections(2).set_drain(5ms).set_pause(5ms).set_counters(&counters);
  Result<> served = co_await result(serve(listener, echo, limits));
  EXPECT_FALSE(served);
  EXPECT_EQ(counters.active, 0U);
  if (served.error() == Errc::no_memory && counters.accepted != 0) {
    ADD_FAILURE() << "the server ended: " << served.error().message();
  }
  if (!served) co_await fail(served.error());
}
Task<> be_client(Endpoint to) {
  Result<> said = co_await result(connect_and_say(to));
  if (said) co_return;
  if (said.error() == Errc::cancelled || said.error() == Errc::no_memory) co_await fail(said.error());
}
Task<> serves() {
  Listener listener = co_await listen(any_port());
  ServeCounters counters;
  co_await scope([&](Scope& tasks) -> Task<> {
    tasks.spawn(keep_serving, std::ref(listener), std::ref(counters));
    co_await all(be_client(listener.local()), be_client(listener.local()), be_client(listener.local()));
    Stream idle = co_await connect(listener.local());  // is there when the server drains
    co_await yield();
    tasks.cancel();
  });
}

Task<> blocks() {
  auto work = blocking([] { return 3; });
  int three = co_await std::move(work);
  EXPECT_EQ(three, 3);
}

const Scenario kScenarios[] = {
    {"listen", listens},     {"connect", connects}, {"connect_by_name", connects_by_name},
    {"resolve", resolves},   {"refused", refused},  {"datagrams", exchanges_datagrams},
    {"transfer", transfers}, {"serve", serves},     {"blocking", blocks},
};

class UvEverySuspension : public testing::TestWithParam<Scenario> {};

TEST_P(UvEverySuspension, Cancelled) {
  UvWorld world;
  cancel_at_every_suspension(world, GetParam());
}
TEST_P(UvEverySuspension, WithoutMemory) {
  UvWorld world;
  fail_every_allocation(world, GetParam());
}
INSTANTIATE_TEST_SUITE_P(Uv, UvEverySuspension, testing::ValuesIn(kScenarios),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace net
