// The sockets of a W5500, which the model of one is (embedded/emulator/w5500), on either side and on both.
#include "net/core/deadline.h"
#include "tests/conformance/chip_world.h"
#include "tests/conformance/w5500_lacks.h"
#include "tests/support/w5500_model.h"

namespace net::conformance {
namespace {

using tests::W5500Board;

class W5500World final : public ChipWorld<W5500Board> {
 public:
  using ChipWorld::ChipWorld;

  [[nodiscard]] std::string_view lacks(Row row) const override {
    switch (row) {
      case Row::kUnixPaths: return "the chip has no Unix sockets";
      case Row::kAcceptLimit: return "a connection has its socket before it is accepted";
      default: return w5500_lacks(client_board() != nullptr, server_board() != nullptr, row);
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

std::vector<WorldMaker> worlds() { return chip_worlds<W5500World>("w5500", 16384); }

}  // namespace net::conformance
