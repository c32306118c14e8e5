#include <array>
#include <chrono>
#include <optional>

#include "examples/say.h"
#include "tests/interop/matrix/programs/exchange.h"
#include "tests/interop/matrix/programs/window.h"

using namespace std::chrono_literals;

namespace interop {
namespace {

// Long beside the way there and back, also where an emulator has to share its computer.
constexpr net::Duration kAgain = 250ms;

using Buffer = std::array<std::byte, Window::kLargest>;

// A datagram, or nothing if it is none of these exchanges'.
std::optional<Heading> heading_of(const net::Datagram& datagram) {
  if (datagram.truncated || datagram.data.size() < Heading::kSize) return std::nullopt;
  return Heading::read(datagram.data.first<Heading::kSize>());
}

// Whatever cannot be sent is as lost: it is sent again. `to` is none where the socket has a peer.
net::Task<> send_due(net::UdpSocket& socket, Window& window, net::Endpoint to) {
  Buffer buffer;
  for (;;) {
    std::span<const std::byte> due = window.next(buffer);
    if (due.empty()) co_return;
    net::Result<> sent = co_await net::result(socket.send_to(due, to));
    if (!sent && sent.error().code() == net::Errc::cancelled) co_await net::fail(sent.error());
  }
}

net::Task<> send_bye(net::UdpSocket& socket, const Window& window, net::Endpoint to) {
  std::array<std::byte, Heading::kSize> message;
  Heading heading = window.heading();
  heading.number = Heading::kBye;
  heading.write(message);
  co_await socket.send_to(message, to);
}

// The next datagram; without one, once it is time to send again, an empty one.
net::Task<net::Datagram> receive(net::UdpSocket& socket, std::span<std::byte> buffer) {
  net::Result<net::Datagram> came = co_await net::result(net::timeout(kAgain, socket.receive(buffer)));
  if (came) co_return *came;
  if (came.error().code() != net::Errc::timed_out) co_await net::fail(came.error());
  co_return net::Datagram();
}

}  // namespace

net::Task<Outcome> call(net::UdpSocket& socket, std::uint32_t cell, std::uint32_t bytes) {
  Window window(cell, bytes, End::kClient);
  Buffer buffer;
  while (!window.done()) {
    co_await send_due(socket, window, net::Endpoint());
    net::Datagram came = co_await receive(socket, buffer);
    std::optional<Heading> heading = heading_of(came);
    if (heading && heading->cell == cell) {
      if (heading->number == Heading::kBye)
        co_await net::fail(net::Errc::protocol_error, "the server gives up");
      window.take(*heading, came.data.subspan(Heading::kSize));
    }
    if (came.data.empty()) window.again();
    if (window.outcome().wrong) co_return window.outcome();
  }
  // Until the server knows, which sends again what may have been lost.
  for (;;) {
    co_await send_bye(socket, window, net::Endpoint());
    net::Datagram came = co_await receive(socket, buffer);
    std::optional<Heading> heading = heading_of(came);
    if (heading && heading->cell == cell && heading->number == Heading::kBye) co_return window.outcome();
  }
}

net::Task<> answer_all(net::UdpSocket& socket) {
  std::optional<Window> window;
  net::Endpoint client;
  bool busy = false;
  Buffer buffer;
  for (;;) {
    net::Datagram came;
    if (busy) {
      came = co_await receive(socket, buffer);
    } else {
      came = co_await socket.receive(buffer);
    }
    std::optional<Heading> heading = heading_of(came);
    if (heading && heading->number == 0 && (!window || window->outcome().cell < heading->cell)) {
      window.emplace(heading->cell, heading->bytes, End::kServer);
      busy = true;
    }
    if (heading && window && heading->cell == window->outcome().cell) {
      client = came.from;
      bool over = heading->number == Heading::kBye;
      if (busy && !over) window->take(*heading, came.data.subspan(Heading::kSize));
      over = over || window->outcome().wrong;
      if (busy && over) say(window->outcome());
      busy = busy && !over;
      if (!busy) {
        net::Result<> sent = co_await net::result(send_bye(socket, *window, client));
        if (!sent && sent.error().code() == net::Errc::cancelled) co_await net::fail(sent.error());
      }
    }
    if (!busy) continue;
    if (came.data.empty()) window->again();
    co_await send_due(socket, *window, client);
  }
}

}  // namespace interop
