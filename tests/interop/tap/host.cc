// The lwIP of this program as a host on a TAP device: an echo server by TCP and UDP, and clients of the
// kernel's.
#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "examples/options.h"
#include "examples/say.h"
#include "net/net.h"
#include "tests/interop/tap/tap_loop.h"

using namespace std::chrono_literals;

namespace {

struct Settings {
  Settings() {}  // NOLINT: not an aggregate, which g++ 12 destroys twice in a co_await expression
  std::uint32_t tap = 0;
  std::uint32_t seed = 0;
  std::uint32_t bytes = 1'000'000;
  std::uint32_t connections = 0;
  std::uint32_t datagrams = 0;
  std::uint16_t port = 0;
  net::tap::Quality quality;
};

net::Group* running = nullptr;
net::Endpoint kernel(std::uint16_t port) { return net::Endpoint(*net::Address::parse("198.18.0.1"), port); }

// The bytes of connection `which`, from the one at `at` on.
std::byte byte_of(std::uint32_t which, std::uint32_t at) {
  std::uint32_t mixed = (at + which * 7919) * 2654435761U;
  return static_cast<std::byte>(mixed >> 24);
}

net::Task<> echo(net::Stream peer) {
  std::array<std::byte, 4096> buffer;
  for (;;) {
    std::span<std::byte> received = co_await peer.read(buffer);
    if (received.empty()) co_return;
    co_await peer.write(received);
  }
}

net::Task<> serve() {
  net::Listener listener = co_await net::listen(5000);
  example::say("serving");
  co_await net::serve(listener, echo);
}

net::Task<> serve_datagrams() {
  net::UdpSocket socket = co_await net::bind_udp(5000);
  std::array<std::byte, 2048> buffer;
  for (;;) {
    net::Datagram received = co_await socket.receive(buffer);
    net::Result<> sent = co_await net::result(socket.send_to(received.data, received.from));
    if (!sent) example::say("no answer to ", received.from, ": ", net::describe(sent.error().code()));
  }
}

net::Task<> send_all(net::Stream& peer, std::uint32_t which, std::uint32_t bytes) {
  std::array<std::byte, 5000> buffer;
  for (std::uint32_t done = 0; done < bytes;) {
    std::uint32_t size = std::min<std::uint32_t>(bytes - done, buffer.size());
    for (std::uint32_t i = 0; i < size; ++i) buffer[i] = byte_of(which, done + i);
    co_await peer.write(std::span(buffer).first(size));
    done += size;
  }
  co_await peer.shutdown();
}

net::Task<bool> receive_all(net::Stream& peer, std::uint32_t which, std::uint32_t bytes) {
  std::array<std::byte, 5000> buffer;
  std::uint32_t done = 0;
  for (;;) {
    std::span<std::byte> received = co_await peer.read(buffer);
    if (received.empty()) break;
    for (std::byte byte : received) {
      if (byte == byte_of(which, done++)) continue;
      example::say("wrong: connection ", which, " at ", done - 1);
      co_return false;
    }
  }
  if (done != bytes) example::say("wrong: connection ", which, " ended after ", done);
  co_return done == bytes;
}

// Both ways at once.
net::Task<bool> exchange(std::uint16_t port, std::uint32_t which, std::uint32_t bytes) {
  net::Stream peer = co_await net::connect(kernel(port));
  bool good = false;
  co_await net::scope([&](net::Scope& scope) -> net::Task<> {
    scope.spawn(send_all, std::ref(peer), which, bytes);
    good = co_await receive_all(peer, which, bytes);
  });
  co_return good;
}

net::Task<> client(std::uint16_t port, std::uint32_t which, std::uint32_t bytes) {
  net::Result<bool> outcome = co_await net::result(exchange(port, which, bytes));
  if (!outcome) {
    net::Text<200> why;
    outcome.error().write_message(why);
    example::say("client ", which, " failed: ", why.text());
  } else {
    example::say("client ", which, *outcome ? " good" : " bad");
  }
}

// Each datagram until its echo comes.
net::Task<> send_datagrams(std::uint16_t port, std::uint32_t count) {
  net::UdpSocket socket = co_await net::connect_udp(kernel(port));
  std::array<std::byte, 2048> buffer;
  for (std::uint32_t i = 0; i < count; ++i) {
    net::Text<32> message;
    message << "datagram " << i;
    for (bool answered = false; !answered;) {
      co_await socket.send(net::bytes(message.text()));
      net::Result<net::Datagram> answer = co_await net::result(net::timeout(200ms, socket.receive(buffer)));
      answered = answer && net::text(answer->data) == message.text();
    }
  }
  example::say("datagrams good");
}

net::Task<> all(const Settings& settings) {
  co_await net::Network::current().up();
  co_await net::scope([&](net::Scope& scope) -> net::Task<> {
    scope.spawn(serve);
    scope.spawn(serve_datagrams);
    for (std::uint32_t i = 0; i < settings.connections; ++i)
      scope.spawn(client, settings.port, i, settings.bytes);
    if (settings.datagrams != 0) scope.spawn(send_datagrams, settings.port, settings.datagrams);
    co_return;
  });
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  example::Options options(argc, argv, "Serves and calls on a TAP device until standard input ends.");
  options.add("--tap", settings.tap, "the device's descriptor");
  options.add("--seed", settings.seed, "of chance");
  options.add("--loss", settings.quality.loss, "of 1000 frames");
  options.add("--duplication", settings.quality.duplication, "of 1000 frames");
  options.add("--delay", settings.quality.delay, "of 1000 frames");
  options.add("--corruption", settings.quality.corruption, "of 1000 frames");
  options.add("--port", settings.port, "of the kernel's echo servers, by TCP and UDP");
  options.add("--connections", settings.connections, "to it, at once");
  options.add("--bytes", settings.bytes, "both ways on each");
  options.add("--datagrams", settings.datagrams, "to it, one after the other");
  if (!options.parse()) return options.status();

  net::tap::TapLoop loop(static_cast<int>(settings.tap), 0, settings.quality, settings.seed, [] {
    if (running != nullptr) running->cancel();
  });
  {
    net::Loop::Entered entered(loop);
    net::Network::Used used(loop.network());
    net::Group group(net::Group::Policy::kIndependent);
    running = &group;
    net::Child<net::Task<>> task(all(settings));
    task.start(group);
    loop.run(group);
    running = nullptr;
  }
  net::Text<200> in;
  net::Text<200> out;
  loop.link().in().describe(in);
  loop.link().out().describe(out);
  example::say("seed ", settings.seed, ": to lwIP ", in.text(), "; from lwIP ", out.text());
  return 0;
}
