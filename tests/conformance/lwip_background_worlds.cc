// The lwIP backend where lwIP runs in interrupts (NO_SYS, with a lock), as with the Pico SDK's threadsafe
// background: its loop, a stand-in for the SDK whose thread interrupts, and a radio that hears itself.
#include <pico/cyw43_arch.h>

#include "embedded/lwip/core.h"
#include "embedded/lwip/network.h"
#include "embedded/ports/pico_sdk/loop.h"
#include "tests/conformance/lwip_names.h"
#include "tests/conformance/lwip_world.h"
#include "tests/ports/radio.h"

namespace net::conformance {
namespace {

// Once: the stand-in's thread runs until the program ends.
void begin_sdk() {
  static const bool began = [] {
    cyw43_arch_init();
    lwip::CoreLock lock;
    ports::radio_join();
    return true;
  }();
  static_cast<void>(began);
}

const Address kStation = Address::v4(192, 168, 4, 2);

class BackgroundWorld final : public LwipWorld {
 public:
  BackgroundWorld() : LwipWorld((begin_sdk(), Family::kV4)) {}

  [[nodiscard]] std::string_view lacks(Row row) const override {
    if (row == Row::kBothFamilies) return "the radio that hears itself has an IPv4 address only";
    if (row == Row::kBroadcast || row == Row::kMulticast) return "the radio that hears itself has neither";
    return LwipWorld::lacks(row);
  }
  Loop& loop() override { return loop_; }
  Network& network() override { return network_; }
  Names* names() override { return &names_; }
  [[nodiscard]] Address address() const override { return kStation; }
  [[nodiscard]] Address address_of(Side, Family family) const override {
    return family == Family::kV4 ? address() : Address();
  }

 private:
  pico::PicoLoop loop_;
  lwip::LwipNetwork network_{loop_};
  LwipNames names_{*network_.name_servers(), kStation};
};

}  // namespace

std::vector<WorldMaker> worlds() {
  return {{"v4", [] { return std::make_unique<BackgroundWorld>(); }}};
}

}  // namespace net::conformance
