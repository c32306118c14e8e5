// Runtime: a loop with its network.
#pragma once

#include <memory>

#include "net/uv/loop.h"
#include "net/uv/network.h"

namespace net::uv {

// For tests and for programs that bring their own main. *Lifetime*: outlives everything run on it.
class Runtime {
 public:
  // Null when the system has no descriptor or memory for a loop.
  static std::unique_ptr<Runtime> make() {
    std::unique_ptr<UvLoop> loop = UvLoop::make();
    if (loop == nullptr) return nullptr;
    return std::unique_ptr<Runtime>(new Runtime(std::move(loop)));
  }
  UvLoop& loop() { return *loop_; }
  UvNetwork& network() { return network_; }

 private:
  explicit Runtime(std::unique_ptr<UvLoop> loop) : loop_(std::move(loop)) {}
  std::unique_ptr<UvLoop> loop_;
  UvNetwork network_{*loop_};
};

}  // namespace net::uv
