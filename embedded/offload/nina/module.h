// Module: the wires of a NINA module, over which one command goes after the other. Request: a command that
// waits for its turn, and its answer.
#pragma once

#include <chrono>
#include <cstdint>

#include "embedded/offload/bus.h"
#include "embedded/offload/nina/commands.h"
#include "embedded/offload/nina/frame.h"
#include "net/core/intrusive_list.h"
#include "net/core/loop.h"

namespace net::nina {

// How a command has ended.
enum class Outcome : std::uint8_t {
  kDone,
  kFailed,  // with a number, as kErrno has told
  kLost,    // its answer was spoilt: it may have been done, or not
  kReset,   // the module was reset
};

// *Lifetime*: until `ended` has been called, or `Module::withdraw` has taken it back.
class Request : public ListNode {
 public:
  explicit Request(Command c = Command::kGetStatus, std::uint8_t count = 0) : command(c), parameters(count) {}

  Command command;
  std::uint8_t parameters;
  // Doing it twice is as doing it once: it is repeated when its answer was spoilt.
  bool repeatable = false;
  // The module may be so long at it; 0: as long as at others.
  Duration patience{};

  // Writes as many parameters. Called once more if it is repeated.
  virtual void write(Writer& out) = 0;
  // Takes the answer's, which may yet turn out to be spoilt, so that nothing is to follow from it but in
  // `ended`. False: the command has failed and the module is to be asked why.
  virtual bool read(Reader& in) = 0;
  // Called once. `number` is newlib's, of kFailed. It may be submitted again; after kReset not before
  // `Owner::was_reset`.
  virtual void ended(Outcome outcome, std::uint8_t number) = 0;

 protected:
  ~Request() = default;
};

// How long things take, at most.
class Times {
 public:
  // After RESET its pins mean nothing for so long.
  Duration boot = std::chrono::milliseconds(750);
  // A module that does not end a command hangs, and is reset.
  Duration patience = std::chrono::seconds(10);

  constexpr Times() {}  // NOLINT: no aggregate, which g++ 12 destroys twice in awaits
};

// It waits for READY without occupying the processor: a few looks, then the loop goes on until the pin wakes
// it. What goes wrong: a select that the module does not notice is made again; junk before an answer is
// skipped; after an answer that makes no sense one is read until it does, and the command is repeated, or ends
// with kLost; a module that hangs, or gives no sense a second time, is reset, which ends all requests.
//
// *Lifetime*: of the loop; the bus and the pin outlive it.
class Module final : private Timer {
 public:
  class Owner {
   public:
    // All requests have ended, and all that the module had is gone. It may be asked again, and answers once it
    // has started.
    virtual void was_reset() = 0;

   protected:
    ~Owner() = default;
  };

  // Begins with a reset, of which the owner is not told.
  Module(Loop& loop, offload::Bus& bus, offload::Pin& ready, Owner& owner, const Times& times = Times());
  ~Module();

  // The bus or the pin has woken the loop.
  void poll() { run(); }
  // Behind all others that wait.
  void submit(Request& request);
  // Before them: for one that goes on with what another command has begun.
  void submit_next(Request& request);
  // Takes one back that waits. False: it is under way, or not here.
  bool withdraw(Request& request);
  // By the RESET pin.
  void reset();
  // Numbers of resets, and of answers that were spoilt, so far.
  [[nodiscard]] std::uint16_t resets() const { return resets_; }
  [[nodiscard]] std::uint16_t spoilt() const { return spoilt_; }

  [[nodiscard]] Loop& loop() const { return loop_; }
  [[nodiscard]] offload::Bus& bus() const { return bus_; }

 private:
  enum class Phase : std::uint8_t {
    kHeld,      // RESET is low
    kBooting,   // the pins mean nothing
    kStarting,  // READY is to fall
    kIdle,
    kFree,   // READY is to fall: it takes a command
    kCall,   // CS is low, READY is to rise
    kWork,   // READY is to fall: it has the answer
    kReply,  // CS is low, READY is to rise
  };

  void run();
  bool step();
  bool is(bool level, Duration patience);
  void enter(Phase phase) { phase_ = phase; }
  void call();
  void reply();
  void drain();
  void resume_after_drain();
  void end(Outcome outcome, std::uint8_t number);
  void expired();
  void hold();
  void tell_silence();
  void start_timer(Duration after);

  Loop& loop_;
  offload::Bus& bus_;
  offload::Pin& ready_;
  Owner& owner_;
  Times times_;
  IntrusiveList<Request> queue_;
  Request* current_ = nullptr;
  std::uint16_t resets_ = 0;
  std::uint16_t spoilt_ = 0;
  Phase phase_ = Phase::kHeld;
  std::uint8_t tries_ = 0;    // of the current request
  std::uint8_t deaf_ = 0;     // selects that it has not noticed
  std::uint8_t drained_ = 0;  // answers read without sense
  bool draining_ = false;
  bool asks_why_ = false;  // kErrno goes in the current request's place
  bool running_ = false;
  bool told_ = false;  // that it does not answer
};

}  // namespace net::nina
