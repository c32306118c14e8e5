// Program: a loop with the program's task on it, which is what the `run` of every backend has at its heart.
#pragma once

#include "net/core/fatal.h"
#include "net/core/loop.h"
#include "net/io/network.h"
#include "net/run.h"

namespace net::detail {

class Program {
 public:
  Program(Loop& loop, Network& network) : loop_(loop), network_(network) {}

  Loop& loop() { return loop_; }

  // Runs the task to its end and gives the exit status. `prepare` is called before, within the loop, and what
  // it gives is kept until the end.
  template <class Prepare>
  int run(Main& main, Prepare&& prepare) {
    Loop::Entered entered(loop_);
    Network::Used used(network_);
    Group group(Group::Policy::kIndependent);
    group_ = &group;
    Child<Task<int>> child(main.start());
    child.start(group);
    if (cancelled_) group.cancel();
    [[maybe_unused]] auto kept = prepare();
    loop_.run(group);
    group_ = nullptr;
    return status(child);
  }

  // On the loop's thread.
  void cancel() {
    cancelled_ = true;
    if (group_ != nullptr) group_->cancel();
  }

 private:
  int status(Child<Task<int>>& child) const {
    if (child.thrown()) {
      return fail(child.thrown().what());
    }
    if (!child.failed()) return child.take();
    if (cancelled_ && child.error() == Errc::cancelled) return 0;
    Text<200> message;
    child.error().write_message(message);
    return fail(message.text());
  }
  static int fail(std::string_view message) {
    write_line("error", message);
    return 1;
  }

  Loop& loop_;
  Network& network_;
  Group* group_ = nullptr;
  bool cancelled_ = false;
};

}  // namespace net::detail
