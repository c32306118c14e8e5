#include "net/run.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "net/core/dump.h"
#include "net/core/log.h"
#include "net/core/straggler.h"
#include "net/core/watchdog.h"
#include "net/program.h"
#include "net/uv/log.h"
#include "net/uv/runtime.h"

namespace net::detail {
namespace {

constexpr int kInterrupted = 130;  // the shell's status for a process that SIGINT ended

Duration watchdog_limit(const RunOptions& options) {
  const char* text = std::getenv("EDDY_WATCHDOG");
  if (text == nullptr) return options.watchdog;
  return std::chrono::milliseconds(std::max(0L, std::strtol(text, nullptr, 10)));
}

// One loop of the program.
class Runner {
 public:
  explicit Runner(const RunOptions& options) : runtime_(uv::Runtime::make()) {
    if (runtime_ == nullptr) return;
    program_.emplace(runtime_->loop(), runtime_->network());
    Duration limit = watchdog_limit(options);
    if (limit > Duration::zero()) watchdog_.emplace(runtime_->loop(), limit);
  }

  [[nodiscard]] bool valid() const { return runtime_ != nullptr; }
  Loop& loop() { return runtime_->loop(); }
  Program& program() { return *program_; }

 private:
  std::unique_ptr<uv::Runtime> runtime_;
  std::optional<Program> program_;
  std::optional<Watchdog> watchdog_;
};

template <class Act>
class OnSignal final : public SignalWatch {
 public:
  OnSignal(Loop& loop, int number, Act& act) : SignalWatch(number), loop_(loop), act_(act) {
    static_cast<void>(loop_.watch(*this));
  }
  OnSignal(const OnSignal&) = delete;
  OnSignal& operator=(const OnSignal&) = delete;
  ~OnSignal() { loop_.unwatch(*this); }
  void arrived() override { act_(); }

 private:
  Loop& loop_;
  Act& act_;
};

// The first call cancels, the second ends the process: the program does not react.
class Interrupt {
 public:
  explicit Interrupt(std::vector<Runner*>& runners) : runners_(runners) {}
  void operator()() {
    if (interrupted_) std::_Exit(kInterrupted);
    interrupted_ = true;
    log(LogLevel::kInfo, "interrupted");
    for (Runner* runner : runners_) {
      runner->loop().post([runner] { runner->program().cancel(); });
    }
  }

 private:
  std::vector<Runner*>& runners_;
  bool interrupted_ = false;
};

class DumpTasks {
 public:
  explicit DumpTasks(std::vector<Runner*>& runners) : runners_(runners) {}
  void operator()() const {
    for (Runner* runner : runners_) {
      runner->loop().post([runner] { std::fputs(dump_tasks(runner->loop()).c_str(), stderr); });
    }
  }

 private:
  std::vector<Runner*>& runners_;
};

// Ends, when a loop's task has, what streams have left behind. Kept while the loop runs.
class Farewell {
 public:
  Farewell() = default;
  Farewell(const Farewell&) = delete;
  Farewell& operator=(const Farewell&) = delete;
  ~Farewell() { Straggler::finish(); }
};

// What the process's first loop watches for.
class Signals : private Farewell {
 public:
  Signals(Loop& loop, std::vector<Runner*>& runners)
      : interrupt_(runners),
        dump_(runners),
        int_(loop, SIGINT, interrupt_),
        term_(loop, SIGTERM, interrupt_),
        usr1_(loop, SIGUSR1, dump_) {}
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

 private:
  Interrupt interrupt_;
  DumpTasks dump_;
  OnSignal<Interrupt> int_;
  OnSignal<Interrupt> term_;
  OnSignal<DumpTasks> usr1_;
};

int no_loop() {
  std::fputs("error: no descriptor or memory left for an event loop\n", stderr);
  return 1;
}

}  // namespace

int run(Main& main, const RunOptions& options) {
  uv::log_through_spdlog();
  Runner runner(options);
  if (!runner.valid()) return no_loop();
  std::vector<Runner*> runners{&runner};
  return runner.program().run(main, [&] { return std::make_unique<Signals>(runner.loop(), runners); });
}

int run_per_core(Main& main, const RunOptions& options) {
  uv::log_through_spdlog();
  unsigned count = options.threads != 0 ? options.threads : std::max(1U, uv_available_parallelism());
  std::vector<std::unique_ptr<Runner>> owned;
  std::vector<Runner*> runners;
  for (unsigned i = 0; i < count; ++i) {
    owned.push_back(std::make_unique<Runner>(options));
    if (!owned.back()->valid()) return no_loop();
    runners.push_back(owned.back().get());
  }
  std::mutex mutex;
  int status = 0;
  auto finished = [&](int its_status) {
    std::lock_guard lock(mutex);
    if (its_status == 0) return;
    if (status == 0) status = its_status;
    for (Runner* runner : runners) runner->loop().post([runner] { runner->program().cancel(); });
  };
  std::vector<std::thread> threads;
  for (unsigned i = 1; i < count; ++i) {
    threads.emplace_back(
        [&, i] { finished(runners[i]->program().run(main, [] { return std::make_unique<Farewell>(); })); });
  }
  finished(
      runners[0]->program().run(main, [&] { return std::make_unique<Signals>(runners[0]->loop(), runners); }));
  for (std::thread& thread : threads) thread.join();
  return status;
}

}  // namespace net::detail
