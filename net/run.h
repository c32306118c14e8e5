// run: a program whose main is a task. The backend that the build chose supplies it.
#pragma once

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

#include "net/core/task.h"
#include "net/core/time.h"
#include "net/io/block_on.h"

namespace net {

class RunOptions {
 public:
  // Warn when one task runs for longer than this without awaiting. Zero: never. The environment variable
  // EDDY_WATCHDOG, in milliseconds, sets it too.
  Duration watchdog = Duration::zero();
  // Loops of `run_per_core`; 0: one for each core that the process may use.
  unsigned threads = 0;

  RunOptions() {}  // NOLINT: not an aggregate, which g++ 12 destroys twice in a co_await expression
  RunOptions& set_watchdog(Duration value) { return watchdog = value, *this; }
  RunOptions& set_threads(unsigned value) { return threads = value, *this; }
};

namespace detail {

// The program's task, without the types of its function and arguments.
class Main {
 public:
  // The task, which has not begun; null without memory for it. Called once for each loop, on that loop's
  // thread.
  virtual Frame* start() = 0;
  // What became of it, once it has ended: the program's status, or the exception that it threw.
  virtual int status(Frame& ended) = 0;
  virtual Thrown thrown(Frame& ended) = 0;

 protected:
  ~Main() = default;
};

template <class Function, class... Args>
class MainCall final : public Main {
 public:
  explicit MainCall(Function& function, Args&&... arguments)
      : function_(function), arguments_(std::forward<Args>(arguments)...) {}
  Frame* start() override { return call(std::index_sequence_for<Args...>{}).release(); }
  int status(Frame& ended) override {
    if constexpr (std::is_void_v<T>) {
      return 0;
    } else {
      return promise(ended).take();
    }
  }
  Thrown thrown(Frame& ended) override { return promise(ended).thrown(); }

 private:
  using T = ValueOf<std::invoke_result_t<Function&, Args...>>;
  static Promise<T>& promise(Frame& frame) { return static_cast<Promise<T>&>(frame); }
  template <std::size_t... I>
  NET_MAKES_TASK auto call(std::index_sequence<I...>) {
    return function_(std::forward<Args>(std::get<I>(arguments_))...);
  }
  Function& function_;
  std::tuple<Args&&...> arguments_;
};

int run(Main& main, const RunOptions& options);
int run_per_core(Main& main, const RunOptions& options);

}  // namespace detail

// Runs `function(arguments…)`, a Task<> or a Task<int>, on a new loop, and gives the program's exit status:
// what the task returns, or 0, or 1 after its failure, which is printed as one line on standard error.
//
// SIGINT and SIGTERM cancel the task, which is then no failure; a second one ends the process at once with
// status 130. SIGUSR1 prints the tree of tasks on standard error. SIGPIPE is ignored. *Lifetime*: arguments are
// referred to.
//
// What was written to streams that are gone is still sent, and then their end. On the desktop the system does
// that, also when the program has ended, and gives up a peer that reads nothing after some minutes; but TLS
// ends with the program (net/tls/tls.h). On a board nobody else would, so this comes back when peers have it,
// or after 20 s; of what a NINA module sends by itself, when it has been told to.
template <class Function, class... Args>
  requires(!std::is_same_v<std::remove_cvref_t<Function>, RunOptions>)
int run(Function&& function, Args&&... arguments) {
  detail::MainCall<std::remove_reference_t<Function>, Args...> main(function, std::forward<Args>(arguments)...);
  return detail::run(main, RunOptions());
}
template <class Function, class... Args>
int run(const RunOptions& options, Function&& function, Args&&... arguments) {
  detail::MainCall<std::remove_reference_t<Function>, Args...> main(function, std::forward<Args>(arguments)...);
  return detail::run(main, options);
}

// Runs `function(arguments…)` on one loop a thread, each with its own sockets: listen with `reuse_port`. The
// first failure cancels the others. The exit status is the first that is not 0.
//
// *Lifetime*: every loop gets the arguments as const references.
template <class Function, class... Args>
int run_per_core(const RunOptions& options, Function&& function, const Args&... arguments) {
  detail::MainCall<std::remove_reference_t<Function>, const Args&...> main(function, arguments...);
  return detail::run_per_core(main, options);
}

}  // namespace net
