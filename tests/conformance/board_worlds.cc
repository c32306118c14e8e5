// The lwIP backend on a board, driven by the board's own loop.
#include "embedded/runtime/loop.h"
#include "tests/conformance/lwip_names.h"
#include "tests/conformance/lwip_world.h"

namespace net::conformance {
namespace {

class BoardWorld final : public LwipWorld {
 public:
  using LwipWorld::LwipWorld;
  Loop& loop() override { return board(); }
  Network& network() override { return board().network(); }
  Names* names() override { return &names_; }
  // Both ends are in a board's memory.
  [[nodiscard]] std::size_t bulk() const override { return 100'000; }
  [[nodiscard]] std::size_t fits() const override { return 10'000; }
  [[nodiscard]] std::size_t plenty() const override { return 60'000; }
  [[nodiscard]] std::size_t many() const override { return 12; }
  [[nodiscard]] std::size_t burst() const override { return 8; }
  [[nodiscard]] std::size_t largest_datagram() const override { return 9000; }

 private:
  // One for all worlds, as a program has.
  static BoardLoop& board() {
    static BoardLoop loop;
    return loop;
  }

  LwipNames names_{*board().network().name_servers(), Address::loopback_v4()};
};

}  // namespace

std::vector<WorldMaker> worlds() { return lwip_worlds<BoardWorld>(); }

}  // namespace net::conformance
