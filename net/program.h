// Program: a loop with the program's task on it, which is what the `run` of every backend has at its heart.
#pragma once

#include <optional>
#include <string_view>

#include "net/core/loop.h"
#include "net/io/network.h"
#include "net/run.h"

namespace net::detail {

// Runs the program's task and keeps what comes of it.
class MainFiber final : public Fiber {
 public:
  explicit MainFiber(Main& main) : main_(main) {}
  // *Errors*: without memory the group fails with no_memory.
  void start(Group& group);
  // After the task has ended without failure.
  [[nodiscard]] int status() const { return status_; }

 private:
  void ended(Frame* first, const Error* error) override;
  Main& main_;
  Group* group_ = nullptr;
  int status_ = 0;
};

class Program {
 public:
  Program(Loop& loop, Network& network) : loop_(loop), network_(network) {}

  Loop& loop() { return loop_; }

  // Runs the task to its end and gives the exit status.
  int run(Main& main);
  // `prepare` is called before, within the loop, and what it gives is kept until the end.
  template <class Prepare>
  int run(Main& main, Prepare&& prepare) {
    Running running(*this, main);
    [[maybe_unused]] auto kept = prepare();
    return running.finish();
  }

  // On the loop's thread.
  void cancel() {
    cancelled_ = true;
    if (group_ != nullptr) group_->cancel();
  }

  // One run, for what keeps it for longer than `run` would.
  class Running {
   public:
    Running(Program& program, Main& main);
    int finish();

   private:
    Program& program_;
    Loop::Entered entered_;
    Network::Used used_;
    Group group_;
    MainFiber fiber_;
  };

 private:
  Loop& loop_;
  Network& network_;
  Group* group_ = nullptr;
  bool cancelled_ = false;
};

}  // namespace net::detail
