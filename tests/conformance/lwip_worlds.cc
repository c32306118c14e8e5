// The lwIP backend in one context (NO_SYS), in virtual time.
#include <random>

#include "embedded/lwip/network.h"
#include "tests/conformance/lwip_names.h"
#include "tests/conformance/lwip_world.h"
#include "tests/support/virtual_lwip.h"

namespace net::conformance {
namespace {

class VirtualWorld final : public LwipWorld {
 public:
  using LwipWorld::LwipWorld;
  Loop& loop() override { return loop_; }
  Network& network() override { return network_; }
  Names* names() override { return &names_; }

 private:
  VirtualLwipLoop loop_;
  lwip::LwipNetwork network_{loop_};
  LwipNames names_{*network_.name_servers(), Address::loopback_v4()};
};

}  // namespace

std::vector<WorldMaker> worlds() { return lwip_worlds<VirtualWorld>(); }

}  // namespace net::conformance

extern "C" unsigned int net_lwip_random() {
  static std::minstd_rand random(1);
  return static_cast<unsigned int>(random());
}
