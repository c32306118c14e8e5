#include <algorithm>
#include <array>
#include <functional>

#include "examples/say.h"
#include "tests/interop/matrix/programs/exchange.h"
#include "tests/interop/matrix/programs/number.h"
#include "tests/interop/matrix/programs/pattern.h"

namespace interop {
namespace {

constexpr std::size_t kHead = 8;

// What the two directions know of each other.
class Transfer {
 public:
  Transfer(std::uint32_t cell, std::uint32_t bytes, End own)
      : sends(cell, own), receives(cell, own == End::kClient ? End::kServer : End::kClient) {
    outcome.cell = cell;
    outcome.bytes = bytes;
  }
  Pattern sends;
  Pattern receives;
  Outcome outcome;
  std::uint32_t received = 0;
  net::Event came{"the peer's bytes"};
};

net::Task<> send(net::Stream& peer, Transfer& transfer) {
  std::array<std::byte, 1024> piece;
  for (std::uint32_t sent = 0; sent != transfer.outcome.bytes;) {
    while (sent >= transfer.received + kAhead) {
      transfer.came.reset();
      co_await transfer.came.wait();
    }
    auto size = static_cast<std::uint32_t>(std::min<std::size_t>(piece.size(), transfer.outcome.bytes - sent));
    transfer.sends.fill(sent, std::span(piece).first(size));
    co_await peer.write(std::span(piece).first(size));
    sent += size;
  }
}

// Up to the last byte, the first wrong one or the end.
net::Task<> receive(net::Stream& peer, Transfer& transfer) {
  std::array<std::byte, 1024> buffer;
  Outcome& outcome = transfer.outcome;
  while (transfer.received != outcome.bytes && !outcome.wrong) {
    std::span<std::byte> piece = co_await peer.read(buffer);
    if (piece.empty()) break;
    auto size = static_cast<std::uint32_t>(piece.size());
    std::uint32_t left = outcome.bytes - transfer.received;
    std::uint32_t same = transfer.receives.same(transfer.received, piece.first(std::min(size, left)));
    outcome.wrong = same != size;
    outcome.good += same;
    transfer.received += std::min(size, left);
    transfer.came.set();
  }
  // Else the other direction would wait for ever.
  if (!outcome.whole()) {
    net::Text<80> what;
    what << (outcome.wrong ? "a wrong byte at " : "an early end at ") << outcome.good;
    co_await net::fail(net::Errc::protocol_error, what.text());
  }
}

net::Task<> both_ways(net::Stream& peer, Transfer& transfer) {
  co_await net::scope([&](net::Scope& scope) -> net::Task<> {
    scope.spawn(send, std::ref(peer), std::ref(transfer));
    co_await receive(peer, transfer);
  });
}

}  // namespace

net::Task<Outcome> call(net::Stream& peer, std::uint32_t cell, std::uint32_t bytes) {
  Transfer transfer(cell, bytes, End::kClient);
  std::array<std::byte, kHead> head;
  put(std::span(head).first<4>(), cell);
  put(std::span(head).last<4>(), bytes);
  co_await peer.write(head);
  co_await both_ways(peer, transfer);
  // The server's end, and nothing before it.
  std::array<std::byte, 1> more;
  std::span<std::byte> rest = co_await peer.read(more);
  transfer.outcome.wrong = !rest.empty();
  co_return transfer.outcome;
}

net::Task<> answer(net::Stream& peer, Outcome& outcome) {
  std::array<std::byte, kHead> head;
  for (std::size_t have = 0; have != head.size();) {
    std::span<std::byte> piece = co_await peer.read(std::span(head).subspan(have));
    if (piece.empty()) co_await net::fail(net::Errc::protocol_error, "an early end");
    have += piece.size();
  }
  Transfer transfer(get(std::span(head).first<4>()), get(std::span(head).last<4>()), End::kServer);
  outcome = transfer.outcome;
  co_await both_ways(peer, transfer);
  outcome = transfer.outcome;
}

}  // namespace interop
