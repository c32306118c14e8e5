// Host: a simulated host. Its stack, its memory, what it lacks, and one task with what that starts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "net/core/child.h"
#include "net/core/memory_account.h"
#include "net/core/task.h"
#include "net/sim/chance.h"
#include "net/sim/pressure.h"
#include "net/sim/stack.h"

namespace net::sim {

class Simulation;

// *Lifetime*: the simulation's.
class Host {
 public:
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;
  ~Host();

  [[nodiscard]] const std::string& name() const { return name_; }
  // 10.0.0.1 and so on, in the order in which hosts were added.
  [[nodiscard]] Address address() const { return options_.address; }
  // 2001:db8::1 and so on (RFC 3849).
  [[nodiscard]] Address v6_address() const { return options_.v6_address; }
  // The number of its interface, for groups and as the scope of link-local addresses.
  [[nodiscard]] std::uint32_t interface() const { return stack_->interface(); }
  [[nodiscard]] Network& network() { return stack_->network(); }

  // Runs `function(arguments…)`, a Task<>, when the simulation runs. Once a host. *Lifetime*: arguments are
  // copied into the task as in any call.
  template <class Function, class... Args>
  void start(Function&& function, Args&&... arguments) {
    Entered entered(*this);
    group_.emplace(Group::Policy::kIndependent);
    task_.emplace(function(std::forward<Args>(arguments)...));
    task_->start(*group_);
  }
  // Its task, and what that started, are cancelled as by Ctrl-C.
  void cancel();

  // What it may have from now on, which tasks may change while they run. What it has beyond that it keeps.
  static constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
  // Sockets that are open at a time, TCP and UDP, those of TCP that are still closing among them.
  void allow_sockets(std::size_t most) { sockets_ = most; }
  // Bytes in use for frames of tasks and for sockets. How large these are is the compiler's affair, and so is
  // what follows: a seed gives the same again with the same build.
  void allow_memory(std::size_t bytes);
  // Bytes in use by the stack itself: buffers, segments.
  void allow_stack_memory(std::size_t bytes) { stack_memory_ = bytes; }
  // By chance, beside these limits.
  void set_pressure(const Pressure& pressure);
  [[nodiscard]] const Pressure& pressure() const { return pressure_; }

  // What it has: sockets that somebody holds, and memory, with the number of refusals.
  [[nodiscard]] std::size_t open_sockets() { return stack_->open_sockets(); }
  [[nodiscard]] MemoryStatistics memory();
  // How often it was refused a socket, and memory of the stack.
  [[nodiscard]] std::uint64_t sockets_refused() const { return sockets_refused_; }
  [[nodiscard]] std::uint64_t stack_memory_refused() const { return stack_memory_refused_; }

 private:
  friend class Simulation;
  friend class SharedLoop;
  class Ports;

  // What this thread does is this host's doing.
  class Entered {
   public:
    explicit Entered(Host& host)
        : memory_(host.account_), loop_(host.stack_->loop()), network_(host.stack_->network()) {}

   private:
    MemoryAccount::Used memory_;
    Loop::Entered loop_;
    Network::Used network_;
  };
  // Refuses memory by chance.
  class Refusal final : public MemoryRefusal {
   public:
    explicit Refusal(Host& host) : host_(host) {}
    bool refuses(std::size_t size) override;

   private:
    Host& host_;
  };

  Host(Simulation& simulation, std::size_t index, std::string name, MakeStack make);

  [[nodiscard]] bool busy() const { return group_ && group_->size() != 0; }
  // Whether something goes on though its task has ended; it is told to end.
  bool straggles();
  [[nodiscard]] TimePoint due();
  void turn();
  void poll();
  [[nodiscard]] Result<> outcome() const;
  // Whether this is a spell of pressure.
  bool pressed();
  // By chance, of the stack.
  bool refuses(double probability);

  Simulation& simulation_;
  std::size_t index_;
  std::string name_;
  StackOptions options_;
  std::size_t sockets_ = kAll;
  std::size_t stack_memory_ = kAll;
  std::uint64_t sockets_refused_ = 0;
  std::uint64_t stack_memory_refused_ = 0;
  Pressure pressure_;
  TimePoint spell_ends_{};
  bool in_spell_ = false;
  // Of their own each, so that how often memory is asked for changes nothing else.
  Chance spells_;
  Chance refusals_;
  Chance memory_refusals_;
  Refusal refusal_{*this};
  MemoryAccount account_;
  std::unique_ptr<Ports> ports_;
  std::unique_ptr<Stack> stack_;
  std::optional<Group> group_;
  std::optional<Child<Task<>>> task_;
  bool arrived_ = false;  // a frame, since its last turn
};

}  // namespace net::sim
