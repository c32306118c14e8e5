#include "embedded/offload/nina/module.h"

#include <algorithm>
#include <utility>

#include "net/core/log.h"

namespace net::nina {
namespace {

using std::chrono::milliseconds;

constexpr Duration kReset = milliseconds(10);
// READY answers to CS from an interrupt of the ESP32's, which nothing holds up but writes to its flash memory.
constexpr Duration kAttention = milliseconds(100);
constexpr std::uint8_t kSelects = 4;
// Answers that are read before it makes sense again: its own, and the refusal of what reading looks like to it.
constexpr std::uint8_t kDrains = 4;
// Microseconds, for an answer to CS.
constexpr int kLooks = 8;

}  // namespace

Module::Module(Loop& loop, offload::Bus& bus, offload::Pin& ready, Owner& owner, const Times& times)
    : Timer([](Timer& timer) { static_cast<Module&>(timer).expired(); }),
      loop_(loop),
      bus_(bus),
      ready_(ready),
      owner_(owner),
      times_(times) {
  hold();
}

Module::~Module() {
  Timers::stop(*this);
  bus_.reset(true);
  while (queue_.pop_front() != nullptr) {
  }
}

void Module::start_timer(Duration after) { loop_.timers().start(*this, loop_.now() + after); }

void Module::hold() {
  if (phase_ == Phase::kCall || phase_ == Phase::kReply) bus_.deselect();
  enter(Phase::kHeld);
  draining_ = asks_why_ = false;
  tries_ = deaf_ = 0;
  bus_.reset(true);
  start_timer(kReset);
}

void Module::reset() {
  ++resets_;
  hold();
  IntrusiveList<Request> ending;
  ending.take_all(queue_);
  if (Request* current = std::exchange(current_, nullptr)) current->ended(Outcome::kReset, 0);
  while (Request* each = ending.pop_front()) each->ended(Outcome::kReset, 0);
  owner_.was_reset();
}

void Module::submit(Request& request) {
  queue_.push_back(request);
  run();
}

void Module::submit_next(Request& request) {
  queue_.push_front(request);
  run();
}

bool Module::withdraw(Request& request) {
  if (!request.is_linked()) return false;
  request.unlink();
  return true;
}

void Module::run() {
  if (std::exchange(running_, true)) return;
  while (step()) {
  }
  running_ = false;
}

// Whether READY has this level; else the pin wakes the loop, or the timer after so long.
bool Module::is(bool level, Duration patience) {
  for (int looks = 0; looks != kLooks; ++looks) {
    if (ready_.level() == level) {
      Timers::stop(*this);
      return true;
    }
  }
  if (!armed()) start_timer(patience);
  ready_.listen(level);
  return false;
}

bool Module::step() {
  switch (phase_) {
    case Phase::kHeld:
    case Phase::kBooting: return false;
    case Phase::kStarting:
      if (!is(false, times_.patience)) return false;
      enter(Phase::kIdle);
      return true;
    case Phase::kIdle:
      if (queue_.empty()) return false;
      enter(Phase::kFree);
      return true;
    case Phase::kFree:
      if (!is(false, times_.patience)) return false;
      if (current_ == nullptr) {
        current_ = queue_.pop_front();
        tries_ = deaf_ = 0;
      }
      if (current_ == nullptr) {
        enter(Phase::kIdle);
        return false;
      }
      bus_.select();
      enter(draining_ ? Phase::kReply : Phase::kCall);
      return true;
    case Phase::kCall:
      if (!is(true, kAttention)) return false;
      call();
      return true;
    case Phase::kWork:
      if (!is(false, std::max(times_.patience, current_->patience))) return false;
      bus_.select();
      enter(Phase::kReply);
      return true;
    case Phase::kReply:
      if (!is(true, kAttention)) return false;
      if (draining_) {
        drain();
      } else {
        reply();
      }
      return true;
  }
  return false;
}

void Module::call() {
  deaf_ = 0;
  Writer out(bus_, asks_why_ ? Command::kErrno : current_->command, asks_why_ ? 0 : current_->parameters);
  if (!asks_why_) current_->write(out);
  out.finish();
  bus_.deselect();
  enter(Phase::kWork);
}

void Module::reply() {
  deaf_ = 0;
  Reader in(bus_, asks_why_ ? Command::kErrno : current_->command);
  bool succeeded = true;
  std::uint8_t number = 0;
  if (in.state() == Reader::State::kWhole) {
    if (asks_why_) {
      number = in.byte();
    } else {
      succeeded = current_->read(in);
    }
  }
  bool refused = in.state() == Reader::State::kRefused;
  bool whole = in.finish();
  bus_.deselect();
  enter(Phase::kFree);
  if (whole) {
    if constexpr (kDiagnostics) told_ = false;
    if (!succeeded) {
      asks_why_ = true;
      tries_ = 0;
    } else {
      end(asks_why_ ? Outcome::kFailed : Outcome::kDone, number);
    }
  } else if (refused) {
    // It was not done: the module got something else, or knows no such command.
    if (++tries_ == 2) end(Outcome::kFailed, kNoSystemCall);
  } else {
    ++spoilt_;
    draining_ = true;
    drained_ = 0;
  }
}

// Reads until there is an answer, of whatever kind: then the module takes a command again. If it did already,
// it took what reading looks like for one, and refuses that.
void Module::drain() {
  deaf_ = 0;
  std::array<std::byte, 16> read;
  bus_.transfer({}, read);
  bus_.deselect();
  enter(Phase::kFree);
  auto is_answer = [](std::byte first, std::byte second) {
    return (first == kStart && (second & kReply) != std::byte{}) ||
           (first == kRefused && second == std::byte{});
  };
  if (std::adjacent_find(read.begin(), read.end(), is_answer) != read.end()) {
    resume_after_drain();
  } else if (++drained_ == kDrains) {
    reset();
  }
}

void Module::resume_after_drain() {
  draining_ = false;
  if (!asks_why_ && !current_->repeatable) {
    end(Outcome::kLost, 0);
  } else if (++tries_ == 2) {
    detail::tell(LogLevel::kWarn, "the NINA module makes no sense");
    reset();
  }
}

void Module::end(Outcome outcome, std::uint8_t number) {
  asks_why_ = false;
  enter(Phase::kIdle);
  std::exchange(current_, nullptr)->ended(outcome, number);
}

// Once, as it is reset and asked again and again.
void Module::tell_silence() {
  if constexpr (!kDiagnostics) return;
  if (!std::exchange(told_, true)) detail::tell(LogLevel::kWarn, "the NINA module does not answer");
}

void Module::expired() {
  switch (phase_) {
    case Phase::kHeld:
      bus_.reset(false);
      enter(Phase::kBooting);
      start_timer(times_.boot);
      return;
    case Phase::kBooting: enter(Phase::kStarting); break;
    case Phase::kIdle: break;
    case Phase::kStarting:
    case Phase::kFree:
    case Phase::kWork:
      tell_silence();
      reset();
      break;
    case Phase::kCall:
    case Phase::kReply:
      bus_.deselect();
      enter(phase_ == Phase::kCall || draining_ ? Phase::kFree : Phase::kWork);
      if (++deaf_ != kSelects) break;
      tell_silence();
      reset();
      break;
  }
  run();
}

}  // namespace net::nina
