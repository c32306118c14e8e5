// The wires of a NINA module's model, for tests of what goes over them.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "embedded/offload/nina/module.h"
#include "net/io/block_on.h"
#include "net/uv/runtime.h"
#include "tests/support/nina_model.h"

namespace net::tests {

// `Bench` is the class of the tests.
template <class Bench>
class NinaModuleBench : public testing::Test, private nina::Module::Owner {
 public:
  NinaBus& bus() { return bus_; }
  nina::Module& module() { return module_; }
  [[nodiscard]] int resets() const { return resets_; }
  void fault(const std::string& what) {
    bus_.forgive();
    EXPECT_EQ(bus_.order("fault " + what), "ok");
  }

 protected:
  using Body = Task<> (*)(Bench&);
  void run(Body body) {
    Result<> outcome = block_on(runtime_->loop(), runtime_->network(), body, static_cast<Bench&>(*this));
    EXPECT_TRUE(outcome) << outcome.error().message();
  }

 private:
  friend Bench;
  // The model's options.
  explicit NinaModuleBench(const std::vector<std::string>& options)
      : bus_(runtime_->loop(), ModelProcess::at("nina", "127.0.0.2", options)) {
    bus_.attach([this] { module_.poll(); });
  }

  static nina::Times times() {
    nina::Times times;
    times.boot = std::chrono::milliseconds(5);
    times.patience = std::chrono::milliseconds(1000);
    return times;
  }
  void was_reset() override { ++resets_; }

  std::unique_ptr<uv::Runtime> runtime_ = uv::Runtime::make();
  NinaBus bus_;
  nina::Module module_{runtime_->loop(), bus_, bus_.ready_pin(), *this, times()};
  int resets_ = 0;
};

}  // namespace net::tests
