// The examples' own handlers and clients, cancelled at each suspension and short of each allocation.
#include "tests/support/examples.h"

#include <cstdlib>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/support/every_suspension.h"
#include "tests/support/uv_world.h"

namespace net {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kHost = "127.0.0.1";
constexpr std::uint32_t kLoopback = 1;  // the index of Linux's loopback interface

Endpoint any_port() { return Endpoint(Address::loopback_v4(), 0); }

// What is the scenario's own to see; the rest is for those who are at the other end of a handler that was short
// of memory.
Task<> pass_on(Result<> ended) {
  if (ended) co_return;
  Errc code = ended.error().code();
  if (code == Errc::cancelled || code == Errc::no_memory) co_await fail(ended.error());
}

// Sends a text, and the end, and expects it back, or the connection's end where the server was short of memory.
Task<> say(Endpoint to, std::string_view words) {
  auto exchange = [](Endpoint server, std::string_view sent) -> Task<> {
    Stream stream = co_await connect(server);
    co_await stream.write(sent);
    co_await stream.shutdown();
    std::string heard;
    for (;;) {
      std::span<std::byte> received = co_await stream.read_view();
      if (received.empty()) break;
      heard += text(received);
    }
    EXPECT_EQ(heard, std::string(sent).substr(0, heard.size()));
  };
  Result<> ended = co_await result(exchange(to, words));
  co_await pass_on(ended);
}

// A deadline that ends an exchange would do so on a machine that has much else to do.
constexpr Duration kForLong = 1000s;

// A handler beside its one client.
template <class Handler>
Task<> handle_one(Handler handler) {
  Listener listener = co_await listen(any_port());
  auto one = [](Listener& from, Handler& handles) -> Task<> {
    Stream peer = co_await from.accept();
    co_await handles(std::move(peer));
  };
  co_await all(one(listener, handler), say(listener.local(), "Hello, world"));
}

Task<> tcp_echo_handler() { co_await handle_one(tcp_echo_server::echo); }
Task<> unix_echo_handler() { co_await handle_one(unix_echo::echo); }
Task<> multi_port_handler() {
  co_await handle_one(
      [](Stream peer) -> Task<> { co_await multi_port_server::echo(kForLong, std::move(peer)); });
}

Task<> forwarder_handler() {
  Listener target = co_await listen(any_port());
  port_forwarder::Settings settings;
  settings.to.port = target.local().port();
  auto echo_one = [](Listener& from) -> Task<> {
    Stream peer = co_await from.accept();
    Result<> ended = co_await result(tcp_echo_server::echo(std::move(peer)));
    co_await pass_on(ended);
  };
  auto forwards = [](const port_forwarder::Settings& to, Listener& from) -> Task<> {
    Stream peer = co_await from.accept();
    Result<> ended = co_await result(port_forwarder::forward(to, std::move(peer)));
    co_await pass_on(ended);
  };
  Listener listener = co_await listen(any_port());
  co_await all(echo_one(target), forwards(settings, listener), say(listener.local(), "through and back"));
}

// Two in the room: what one says the other hears.
Task<> chat_handler() {
  Listener listener = co_await listen(any_port());
  chat_server::Room room;
  auto host = [](chat_server::Room& here, Listener& from) -> Task<> {
    Stream first = co_await from.accept();
    Stream second = co_await from.accept();
    co_await all(chat_server::chat(here, std::move(first)), chat_server::chat(here, std::move(second)));
  };
  auto guests = [](Endpoint server) -> Task<> {
    Stream listens = co_await connect(server);
    Stream speaks = co_await connect(server);
    BufferedReader heard(listens, 256);
    BufferedReader own(speaks, 256);
    std::string_view line = co_await own.read_line(256);
    EXPECT_EQ(line, "* you are client 2");
    co_await speaks.write("good morning\n");
    do line = co_await heard.read_line(256);
    while (line.starts_with("*"));
    EXPECT_EQ(line, "2: good morning");
  };
  auto guests_leave = [](auto& visit, Endpoint server) -> Task<> {
    Result<> ended = co_await result(visit(server));
    co_await pass_on(ended);
  };
  co_await all(host(room, listener), guests_leave(guests, listener.local()));
}

// Servers that go on until their client has done listen at one.
Task<std::uint16_t> free_port() {
  Listener listener = co_await listen(any_port());
  co_return listener.local().port();
}

Task<> tcp_programs() {
  tcp_echo_client::Settings settings;
  settings.port = co_await free_port();
  settings.count = 2;
  settings.parallel = 2;
  settings.reuse = true;
  settings.interval = 0s;
  settings.timeout = kForLong;
  auto client = [&settings]() -> Task<> {
    Result<> ended = co_await result(tcp_echo_client::clients(settings));
    co_await pass_on(ended);
  };
  co_await any(tcp_echo_server::serve(kHost, settings.port), client());
}

Task<> udp_programs() {
  udp_echo_client::Settings settings;
  settings.port = co_await free_port();
  settings.count = 2;
  settings.interval = 0s;
  settings.timeout = 20ms;  // for a request that the server had no memory to answer
  auto client = [&settings]() -> Task<> {
    Result<> ended = co_await result(udp_echo_client::client(settings));
    co_await pass_on(ended);
  };
  co_await any(udp_echo_server::serve(kHost, settings.port), client());
}

Task<> multicast_programs() {
  multicast_listener::Settings hears;
  hears.port = co_await free_port();
  hears.interface = kLoopback;
  hears.count = 1;
  multicast_sender::Settings sends;
  sends.port = hears.port;
  sends.interface = kLoopback;
  sends.hops = 0;
  sends.count = 0;
  sends.interval = 1ms;
  co_await any(multicast_listener::listen(hears), multicast_sender::send(sends));
}

Task<> ntp_program() {
  UdpSocket server = co_await bind_udp(any_port());
  auto answer = [](UdpSocket& socket) -> Task<> {
    ntp::SystemClock clock;
    co_await ntp::serve(socket, clock);
  };
  co_await any(answer(server), ntp_client::ask(kHost, server.local().port(), kForLong));
}

// One server that has its time from another.
Task<> ntp_servers() {
  UdpSocket first = co_await bind_udp(any_port());
  auto answer = [](UdpSocket& socket) -> Task<> {
    ntp::SystemClock clock;
    co_await ntp::serve(socket, clock);
  };
  ntp_server::Settings settings;
  settings.host = kHost;
  settings.port = co_await free_port();
  settings.upstream = kHost;
  settings.upstream_port = first.local().port();
  settings.interval = 1ms;
  settings.timeout = kForLong;
  auto ask = [](Endpoint server) -> Task<> {
    ntp::QueryOptions options;
    options.set_resend(5ms).set_timeout(kForLong);  // it begins to listen later
    Result<ntp::Sample> sample = co_await result(ntp::query(server, options));
    while (!sample && sample.error() == Errc::connection_refused) {
      co_await sleep(1ms);
      sample = co_await result(ntp::query(server, options));
    }
    if (!sample) co_await fail(sample.error());
    EXPECT_EQ(sample->stratum, 11);
  };
  co_await any(answer(first), ntp_server::serve(settings),
               ask(Endpoint(Address::loopback_v4(), settings.port)));
}

Task<> http_program() {
  Listener listener = co_await listen(any_port());
  http_get::Settings settings;
  settings.host = kHost;
  settings.port = listener.local().port();
  settings.timeout = kForLong;
  auto answer = [](Listener& from) -> Task<> {
    Stream peer = co_await from.accept();
    BufferedReader reader(peer, 256);
    std::string_view request = co_await reader.read_until("\r\n\r\n", 256);
    EXPECT_TRUE(request.starts_with("GET /testwifi/index.html HTTP/1.0\r\n"));
    co_await peer.write("HTTP/1.0 200 OK\r\n\r\na page\n");
  };
  co_await all(answer(listener), http_get::get(settings));
}

Task<> unix_programs() {
  // A socket's path is short, and the test's own directory has a long one.
  static const std::string kPath = [] {
    const char* own = std::getenv("TEST_TMPDIR");
    std::filesystem::current_path(own != nullptr ? own : "/tmp");
    return "examples" + std::to_string(::getpid());
  }();
  auto client = []() -> Task<> {
    Result<> ended = co_await result(unix_echo::exchange(kPath, "Hello, world"));
    co_await pass_on(ended);
  };
  co_await any(unix_echo::serve(kPath), client());
}

const Scenario kScenarios[] = {
    {"tcp_echo_handler", tcp_echo_handler},
    {"unix_echo_handler", unix_echo_handler},
    {"multi_port_handler", multi_port_handler},
    {"forwarder_handler", forwarder_handler},
    {"chat_handler", chat_handler},
    {"tcp_programs", tcp_programs},
    {"udp_programs", udp_programs},
    {"multicast_programs", multicast_programs},
    {"ntp_program", ntp_program},
    {"ntp_servers", ntp_servers},
    {"http_program", http_program},
    {"unix_programs", unix_programs},
};

class ExamplesEverySuspension : public testing::TestWithParam<Scenario> {};

TEST_P(ExamplesEverySuspension, Cancelled) {
  UvWorld world;
  cancel_at_every_suspension(world, GetParam());
}
TEST_P(ExamplesEverySuspension, WithoutMemory) {
  UvWorld world;
  fail_every_allocation(world, GetParam());
}
INSTANTIATE_TEST_SUITE_P(Examples, ExamplesEverySuspension, testing::ValuesIn(kScenarios),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace net
