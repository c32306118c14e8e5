// The sockets of a NINA module, which the model of one is (embedded/emulator/nina), on either side and on both.
#include "tests/conformance/chip_world.h"
#include "tests/support/nina_board.h"

namespace net::conformance {
namespace {

using tests::NinaBoard;

class NinaWorld final : public ChipWorld<NinaBoard> {
 public:
  using ChipWorld::ChipWorld;

  [[nodiscard]] std::string_view lacks(Row row) const override {
    bool client = client_board() != nullptr;
    bool server = server_board() != nullptr;
    switch (row) {
      case Row::kUnixPaths: return "the module has no Unix sockets";
      case Row::kIpv6:
      case Row::kDualStack:
      case Row::kBothFamilies: return "the module's sockets are AF_INET (socket_socket)";
      case Row::kReusePort: return server ? "of listeners at a port lwIP takes one alone" : "";
      case Row::kBacklog:
      case Row::kPendingConnect:
        return server ? "this computer's kernel completes connections before the model does" : "";
      case Row::kHalfClose: return "there is no command for shutdown()";
      case Row::kNoDelay: return "SETSOCKOPT knows SOL_SOCKET only (socket_setsockopt)";
      case Row::kKeepAlive: return "SETSOCKOPT knows SOL_SOCKET only: no TCP_KEEPIDLE";
      case Row::kBufferSizes: return "lwIP has no SO_SNDBUF, and SETSOCKOPT none for windows";
      case Row::kReset: return server ? "no command resets a connection: the firmware has no SO_LINGER" : "";
      case Row::kClientReset:
        return client ? "no command resets a connection: the firmware has no SO_LINGER" : "";
      case Row::kDatagramRefusals: return client ? "the model tells of no port that is unreachable" : "";
      case Row::kDropCounter: return server ? "the module does not count what it drops" : "";
      case Row::kOthersGroups:
        return server ? "a group is the interface's in lwIP, not a socket's (udp_input)" : "";
      case Row::kMulticastHops: return server ? "SETSOCKOPT knows SOL_SOCKET only: no IP_MULTICAST_TTL" : "";
      default: return {};
    }
  }
  [[nodiscard]] std::string_view side_lacks(Side side, Row row) const override {
    bool chip = (side == Side::kClient ? client_board() : server_board()) != nullptr;
    bool of_side =
        row == Row::kBufferSizes || row == Row::kHalfClose || row == Row::kNoDelay || row == Row::kKeepAlive;
    if (of_side && !chip) return {};
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
