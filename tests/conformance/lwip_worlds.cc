// The lwIP backend in one context (NO_SYS), in virtual time.
#include <algorithm>
#include <random>

#include "embedded/lwip/loop.h"
#include "embedded/lwip/network.h"
#include "tests/conformance/lwip_names.h"
#include "tests/conformance/lwip_world.h"

namespace net::conformance {
namespace {

// Time stands still while tasks run. It goes on from one world to the next, as lwIP's state does.
class VirtualLoop final : public lwip::LwipLoop {
 public:
  VirtualLoop() { begin(); }
  TimePoint now() override { return present_; }

 protected:
  void rest(TimePoint until) override { present_ = std::max(present_, until); }
  void interrupt() override {}

 private:
  inline static TimePoint present_{};
};

class VirtualWorld final : public LwipWorld {
 public:
  using LwipWorld::LwipWorld;
  Loop& loop() override { return loop_; }
  Network& network() override { return network_; }
  Names* names() override { return &names_; }

 private:
  VirtualLoop loop_;
  lwip::LwipNetwork network_{loop_};
  LwipNames names_{*network_.name_servers()};
};

}  // namespace

std::vector<WorldMaker> worlds() { return lwip_worlds<VirtualWorld>(); }

}  // namespace net::conformance

extern "C" unsigned int net_lwip_random() {
  static std::minstd_rand random(1);
  return static_cast<unsigned int>(random());
}
