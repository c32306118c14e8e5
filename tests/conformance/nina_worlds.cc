// The sockets of a NINA module, which the model of one is (embedded/emulator/nina), on either side and on both.
#include "tests/conformance/chip_world.h"
#include "tests/conformance/nina_lacks.h"
#include "tests/support/nina_board.h"

namespace net::conformance {
namespace {

using tests::NinaBoard;

class NinaWorld final : public ChipWorld<NinaBoard> {
 public:
  using ChipWorld::ChipWorld;

  [[nodiscard]] std::string_view lacks(Row row) const override {
    if (row == Row::kUnixPaths) return "the module has no Unix sockets";
    return nina_lacks(client_board() != nullptr, server_board() != nullptr, row);
  }
  [[nodiscard]] std::string_view side_lacks(Side side, Row row) const override {
    bool chip = (side == Side::kClient ? client_board() : server_board()) != nullptr;
    if (!chip && is_lacked_by_each_nina(row)) return {};
    return lacks(row);
  }

  [[nodiscard]] std::size_t fits() const override { return 5'000; }
  [[nodiscard]] std::size_t many() const override { return 5; }
  // CONFIG_LWIP_UDP_RECVMBOX_SIZE.
  [[nodiscard]] std::size_t burst() const override { return server_board() != nullptr ? 6 : 40; }

 protected:
  // The client's socket is not of the same module, as it would be on a host with one limit.
  [[nodiscard]] std::size_t of_server(std::size_t more) const override { return more == 0 ? 0 : more - 1; }
};

}  // namespace

std::vector<WorldMaker> worlds() { return chip_worlds<NinaWorld>("nina", 65536); }

}  // namespace net::conformance
