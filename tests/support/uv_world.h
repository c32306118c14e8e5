// UvWorld: scenarios over libuv with real sockets on the loopback.
#pragma once

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>

#include "net/core/dump.h"
#include "net/uv/runtime.h"
#include "tests/support/every_suspension.h"

namespace net {

class UvWorld final : public World {
 public:
  Loop& loop() override { return runtime_->loop(); }
  void run(Group& group) override {
    Hang hang(loop());
    loop().run(group);
  }
  // The loop does not rest, so that no round is missed; other processes and the resolver's threads may.
  Task<> idle() override {
    std::this_thread::yield();
    co_return;
  }

 private:
  // Ends the test with the tree of tasks when a run of milliseconds takes a minute.
  class Hang final : public Timer {
   public:
    explicit Hang(Loop& loop) : Timer(fire), loop_(loop) {
      loop.timers().start(*this, loop.now() + std::chrono::minutes(1));
    }

   private:
    static void fire(Timer& timer) {
      std::fprintf(stderr, "hangs:\n%s", dump_tasks(static_cast<Hang&>(timer).loop_).c_str());
      std::abort();
    }
    Loop& loop_;
  };

  std::unique_ptr<uv::Runtime> runtime_ = uv::Runtime::make();
  Network::Used used_{runtime_->network()};
};

}  // namespace net
