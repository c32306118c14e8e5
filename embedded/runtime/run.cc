// `run` on a board: the loop rests in the processor's sleep, the console's keys are the signals.
#include "net/run.h"

#include <chrono>
#include <cstddef>
#include <new>

#include "embedded/boards/board.h"
#include "embedded/runtime/loop.h"
#include "embedded/runtime/use.h"
#include "net/core/dump.h"
#include "net/core/fatal.h"
#include "net/core/log.h"
#include "net/core/straggler.h"
#include "net/program.h"

// From the linker script.
extern "C" char net_arena_start, net_arena_end;

namespace net::detail {
namespace {

constexpr int kControlC = 0x03;
constexpr int kControlT = 0x14;
constexpr int kInterrupted = 130;  // as on the desktop

std::size_t arena_size() { return static_cast<std::size_t>(&net_arena_end - &net_arena_start); }

// Tells what a network lacks that does not come up, once and after a while.
class Impatience {
 public:
  template <class Loop>
  void look(Loop& loop) {
    // A NINA module's network tells of that by itself.
    if constexpr (requires { loop.has_link(); }) {
      if (earlier(loop.now(), tell_at_)) return;
      tell_at_ = kNever;
      log(LogLevel::kWarn, loop.has_link() ? "no address" : "no link");
    }
  }

 private:
  static constexpr Duration kUsual = std::chrono::seconds(3);  // a link's start, or DHCP

  TimePoint tell_at_{kUsual};  // boards count from their start
};

class ProgramLoop final : public BoardLoop {
 public:
  Program& program() { return program_; }
  // Until others can reach this host, or Ctrl-C is pressed.
  void wait_until_up() {
    [[maybe_unused]] Impatience impatience;
    while (!network().is_up() && !interrupted_) {
      wait();
      if constexpr (kDiagnostics) impatience.look(static_cast<BoardLoop&>(*this));
    }
    if (kDiagnostics && network().is_up()) log(LogLevel::kInfo, "the network is up, this host has ", address());
  }

 protected:
  void pressed(int key) override {
    if (key == kControlC) {
      if (interrupted_) board::stop(kInterrupted);
      interrupted_ = true;
      program_.cancel();
    } else if (kDiagnostics && key == kControlT) {
      dump_tasks(*this, [](std::string_view line, void*) { write_line("", line); }, nullptr);
      tell_use(true);
    }
  }

 private:
  Program program_{*this, network()};
  bool interrupted_ = false;
};

// It lives as long as the board is on, so that nothing of how it would go has to be there.
template <class T, class... Arguments>
T& make_for_good(Arguments&... arguments) {
  alignas(T) static std::byte place[sizeof(T)];
  return *new (place) T(arguments...);
}

}  // namespace

int run(Main& main, const RunOptions&) {
  auto& loop = make_for_good<ProgramLoop>();
  if constexpr (kDiagnostics) tell_memory(static_cast<std::uint32_t>(arena_size()));
  loop.wait_until_up();
  int status = make_for_good<Program::Running>(loop.program(), main).finish();
  if (net_wait_for_stragglers != nullptr) net_wait_for_stragglers();
  loop.wait_until_sent();
  if constexpr (kDiagnostics) tell_use(false);
  return status;
}

// A board has one core for it.
int run_per_core(Main& main, const RunOptions& options) { return run(main, options); }

}  // namespace net::detail

#if NET_DIAGNOSTICS
// For the handler of faults.
extern "C" void net_tell_task() {
  using namespace net;
  if (context.loop == nullptr) return;
  Loop::Running running = context.loop->running();
  if (!running.busy) return;
  Text<200> line;
  line << "fault: " << function_name(running.location.function_name()) << " ran, after its await at "
       << running.location.file_name() << ':' << std::uint32_t{running.location.line()} << "\r\n";
  board::write(line.text());
}
#endif
