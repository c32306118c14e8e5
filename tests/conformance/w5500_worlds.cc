// The sockets of a W5500, which the model of one is (embedded/emulator/w5500), on either side and on both.
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "net/core/deadline.h"
#include "tests/conformance/chip_world.h"
#include "tests/conformance/private_network.h"
#include "tests/support/w5500_model.h"

namespace net::conformance {
namespace {

using tests::W5500Board;

class W5500World final : public ChipWorld<W5500Board> {
 public:
  using ChipWorld::ChipWorld;

  [[nodiscard]] std::string_view lacks(Row row) const override {
    bool client = client_board() != nullptr;
    bool server = server_board() != nullptr;
    switch (row) {
      case Row::kUnixPaths: return "the chip has no Unix sockets";
      case Row::kIpv6:
      case Row::kDualStack:
      case Row::kBothFamilies: return "the chip has no IPv6 (datasheet, page 2)";
      case Row::kReusePort: return server ? "of several sockets at a port the chip chooses one by itself" : "";
      case Row::kPendingConnect: return server ? "the chip refuses whom no socket of its listens for" : "";
      case Row::kDatagramRefusals: return client ? "the model tells of no port that is unreachable" : "";
      case Row::kEmptyDatagrams: return client ? "the datasheet knows no SEND of nothing" : "";
      case Row::kDropCounter: return server ? "the chip does not count what it drops" : "";
      case Row::kAcceptLimit: return "a connection has its socket before it is accepted";
      case Row::kBufferSizes: return "a socket's buffers have a size while it is closed (Sn_RXBUF_SIZE)";
      default: return {};
    }
  }
  [[nodiscard]] std::string_view side_lacks(Side side, Row row) const override {
    bool chip = (side == Side::kClient ? client_board() : server_board()) != nullptr;
    if (row == Row::kBufferSizes && !chip) return {};
    return lacks(row);
  }

  // This computer's kernel completes connections before the chip does, and refuses further ones while no
  // socket of the chip's listens.
  Task<Stream> connect(Listener& listener) override {
    Stream stream;
    if (server_board() == nullptr) {
      stream = co_await World::connect(listener);
    } else {
      std::size_t before = server_board()->network().connected_sockets();
      stream = co_await World::connect(listener);
      auto seen = [&] { return server_board()->network().connected_sockets() > before; };
      Result<> waited = co_await result(timeout(std::chrono::seconds(1), tests::eventually(seen)));
      static_cast<void>(waited);
    }
    co_return std::move(stream);
  }

  [[nodiscard]] std::size_t many() const override { return server_board() != nullptr ? 2 : 6; }
};

}  // namespace

std::vector<WorldMaker> worlds() {
  // The model's process is in it too. Its ports are nobody else's.
  static const bool entered = enter_narrow_network(16384);
  if (!entered) std::fprintf(stderr, "no network of its own: %s\n", std::strerror(errno));
  std::vector<WorldMaker> all;
  all.push_back({"to_desktop", [] { return std::make_unique<W5500World>(true, false); }});
  all.push_back({"from_desktop", [] { return std::make_unique<W5500World>(false, true); }});
  all.push_back({"to_w5500", [] { return std::make_unique<W5500World>(true, true); }});
  return all;
}

}  // namespace net::conformance
