// The lwIP backend beside an lwIP that runs in a thread of its own, in real time: both sides in one stack, over
// its loopback interface. What a build of lwIP has not shows in its options.
#include <random>

#include <lwip/tcpip.h>

#include "embedded/lwip/network.h"
#include "embedded/lwip/threaded/loop.h"
#include "tests/conformance/lwip_names.h"
#include "tests/conformance/lwip_world.h"
#include "tests/support/lwip_loopback.h"

namespace net::conformance {
namespace {

// lwIP's thread runs until the program ends.
void begin_stack() {
  static const bool began = [] {
    tcpip_init(nullptr, nullptr);
    tests::add_loopback();
    return true;
  }();
  static_cast<void>(began);
}

class ThreadedWorld final : public LwipWorld {
 public:
  explicit ThreadedWorld(Family family) : LwipWorld((begin_stack(), family)) {}

  [[nodiscard]] std::string_view lacks(Row row) const override {
    switch (row) {
#if !TCP_LISTEN_BACKLOG
      case Row::kBacklog:
      case Row::kPendingConnect:
        return "this lwIP counts no backlog (TCP_LISTEN_BACKLOG=0): it completes each connection";
#endif
      default: return LwipWorld::lacks(row);
    }
  }
  Loop& loop() override { return loop_; }
  Network& network() override { return network_; }
  Names* names() override { return &names_; }

 private:
  lwip::ThreadLoop loop_;
  lwip::LwipNetwork network_{loop_};
  LwipNames names_{*network_.name_servers(), Address::loopback_v4()};
};

}  // namespace

std::vector<WorldMaker> worlds() { return lwip_worlds<ThreadedWorld>(); }

}  // namespace net::conformance

// Of lwIP's thread and the tests' own, one at a time.
extern "C" unsigned int net_lwip_random() {
  static std::minstd_rand random(1);
  return static_cast<unsigned int>(random());
}
