#include "net/core/fiber.h"

#include "net/core/fatal.h"
#include "net/core/loop.h"
#include "net/core/task.h"

namespace net {

constinit NET_THREAD_LOCAL Context context;

namespace {

[[noreturn]] void two_at_once(const Operation& operation) {
  if constexpr (!kDiagnostics) detail::fatal({});
  Text<192> what;
  what << "two operations at once: \"";
  operation.describe(what);
  what << "\" is awaited already";
  detail::fatal(what.text());
}

}  // namespace

void fail_await(Frame& frame, const Error& error) {
  context.error = error;
  context.unwinding = true;
  context.next = &frame;
}

void fail_start(Frame& awaiting) { fail_await(awaiting, Error(Errc::no_memory, "start a task")); }

void suspend_at(Frame& frame, Operation& operation) {
  context.fiber->suspend(frame, false);
  if (operation.failed() && !operation.waiting()) fail_await(frame, operation.error());
}

Fail::Fail(const Error& error) { context.error = error; }

void Fail::fail_here(Frame& frame) {
  frame.catches = false;
  context.unwinding = true;
  context.next = &frame;
}

Error Operation::error() const {
  if constexpr (!kDiagnostics) return Error(code_, {}, native_);
  Text<64> what;
  describe(what);
  return Error(code_, what.text(), native_);
}

void Operation::wake() {
  if (phase_ != Phase::kPending) return;
  phase_ = Phase::kWoken;
  context.loop->make_ready(*waiter_);
}

void Operation::wake_first() {
  if (phase_ != Phase::kPending) return;
  phase_ = Phase::kWoken;
  context.loop->make_ready_first(*waiter_);
}

// For dumps, which tell how long it has been.
inline void Fiber::note_wait() {
#if NET_DIAGNOSTICS
  since_ = context.loop->iteration_time();
#endif
}

Started Fiber::start(Operation& operation) {
  Fiber& self = *context.fiber;
  if (operation.phase_ != Operation::Phase::kIdle) two_at_once(operation);
  if (--context.budget < 0) {
    if (operation.starts_at_once_) {
      Started started = self.begin(operation);
      return started == Started::kPending ? started : self.complete_later(operation);
    }
    operation.phase_ = Operation::Phase::kDeferred;
    self.note_wait();
    operation.waiter_ = &self;
    operation.code_ = Errc::ok;
    self.operation_ = &operation;
    context.loop->make_ready(self);
    return Started::kPending;
  }
  return self.begin(operation);
}

Started Fiber::begin(Operation& operation) {
  operation.native_ = 0;
  if (cancelled_ && !operation.ignores_cancellation_) {
    operation.code_ = Errc::cancelled;
    operation.phase_ = Operation::Phase::kIdle;
    operation_ = nullptr;
    return Started::kFailed;
  }
  operation.code_ = Errc::ok;
  operation.waiter_ = this;
  operation.phase_ = Operation::Phase::kPending;
  operation_ = &operation;
  if (operation.start() == Progress::kPending) {
    note_wait();
    return Started::kPending;
  }
  operation.phase_ = Operation::Phase::kIdle;
  operation_ = nullptr;
  return operation.failed() ? Started::kFailed : Started::kDone;
}

Started Fiber::attempt(Operation& operation) {
  if (operation.phase_ != Operation::Phase::kIdle) two_at_once(operation);
  operation.native_ = 0;
  operation.code_ = Errc::ok;
  // Idle, so that nobody is woken.
  if (operation.start() == Progress::kPending) {
    operation.cancel();
    return Started::kPending;
  }
  return operation.failed() ? Started::kFailed : Started::kDone;
}

// The operation has its result, or has failed; the others run before this fiber does.
Started Fiber::complete_later(Operation& operation) {
  operation.phase_ = Operation::Phase::kCompleted;
  operation.waiter_ = this;
  operation_ = &operation;
  context.loop->make_ready(*this);
  return Started::kPending;
}

void Fiber::run() {
  context.fiber = this;
  context.budget = kTurn;
  Frame* frame = top_;
  if (Operation* operation = operation_) {
    if (operation->phase_ == Operation::Phase::kDeferred) {
      if (begin(*operation) == Started::kPending) return;
    } else {
      bool completed = operation->phase_ == Operation::Phase::kCompleted;
      if (!completed && !operation->failed() && operation->resume() == Progress::kPending) {
        operation->phase_ = Operation::Phase::kPending;
        return;
      }
      operation->phase_ = Operation::Phase::kIdle;
      operation_ = nullptr;
    }
    if (frame == nullptr) {
      if (!operation->failed()) return end(nullptr, nullptr);
      context.error = operation->error();
      return end(nullptr, &context.error);
    }
    if (operation->failed() && !frame->catches) {
      context.error = operation->error();
      context.unwinding = true;
    }
  }
  trampoline(frame);
}

// Resumes one frame after another until the fiber waits or has ended, on one level of the stack: a tail call
// from frame to frame is not made by GCC below -O2, under sanitizers, or at all on Cortex-M0+.
void Fiber::trampoline(Frame* frame) {
  for (;;) {
    if (context.unwinding) {
      // The failed await ends its frame, and so on up to the first await that catches.
      while (!frame->catches) {
        Frame* parent = frame->parent;
        frame->handle().destroy();
        if (parent == nullptr) {
          context.unwinding = false;
          return end(nullptr, &context.error);
        }
        frame = parent;
      }
    }
    frame->handle().resume();
    frame = context.next;
    if (frame == nullptr) break;
  }
  if (Frame* first = context.ended) {
    context.ended = nullptr;
    end(first, nullptr);
  }
}

void Fiber::end(Frame* first, const Error* error) {
  if (groups_ != nullptr) detail::fatal("a task ended before a group of tasks that it owns");
  Error failure;
  if (error != nullptr) failure = *error;  // `ended` may start unwinding of its own
  bool failed = error != nullptr || (first != nullptr && first->threw);
  ended(first, error != nullptr ? &failure : nullptr);
  group_->leave(*this, failed);
  context.fiber = nullptr;
  dispose();
}

void Fiber::cancel() {
  if (cancelled_) return;
  cancelled_ = true;
  if (operation_ != nullptr && (operation_->pending() || operation_->woken())) operation_->cancel();
}

Group::Group(Policy policy) : owner_(context.fiber), policy_(policy) {
  Group*& list = owner_ != nullptr ? owner_->groups_ : context.loop->groups_;
  next_group_ = list;
  list = this;
}

Group::Group(Policy policy, Fiber& owner)
    : owner_(&owner), next_group_(std::exchange(owner.groups_, this)), policy_(policy) {}

Group::~Group() {
  if (size_ != 0) detail::fatal("a group of tasks was destroyed while tasks were alive in it");
  Group** link = owner_ != nullptr ? &owner_->groups_ : &context.loop->groups_;
  while (*link != this) link = &(*link)->next_group_;
  *link = next_group_;
}

void Group::start(Fiber& fiber) {
  if (fiber.operation_ != nullptr && fiber.operation_->waiting()) two_at_once(*fiber.operation_);
  fiber.group_ = this;
  // The group is told of its owner's cancellation by `join`, which may come later.
  fiber.cancelled_ = cancelled_ || (owner_ != nullptr && owner_->cancelled_ && !shielded_);
  fiber.note_wait();
  fibers_.push_back(fiber);
  ++size_;
  if (Operation* operation = fiber.operation_) {
    if (operation->starts_at_once_) {
      if (fiber.begin(*operation) != Started::kPending) fiber.complete_later(*operation);
      return;
    }
    operation->phase_ = Operation::Phase::kDeferred;
    operation->waiter_ = &fiber;
  }
  context.loop->make_ready(fiber);
}

Started Group::begin(Fiber& fiber, Operation& operation) {
  if (operation.waiting()) two_at_once(operation);
  fiber.group_ = this;
  fiber.cancelled_ = cancelled_;
  Started started = fiber.begin(operation);
  if (started == Started::kPending) {
    fibers_.push_back(fiber);
    ++size_;
  }
  return started;
}

void Group::cancel() {
  if (cancelled_) return;
  cancelled_ = true;
  for (Fiber* fiber = fibers_.front(); fiber != nullptr; fiber = fibers_.next(*fiber)) fiber->cancel();
}

const Error* Group::error() const {
  if (failed_) return &error_;
  return by_owner_ && error_.code() != Errc::ok ? &error_ : nullptr;
}

void Group::fail(const Error& error) {
  if (failed_) return;
  failed_ = !(cancelled_ && error.code() == Errc::cancelled);
  error_ = error;
}

void Group::fail(Thrown thrown) {
  if (!thrown_) thrown_ = std::move(thrown);
  if (policy_ == Policy::kFailureCancels) cancel();
}

void Group::fail_start() {
  fail(Error(Errc::no_memory, "start a task"));
  react(nullptr, true);
}

void Group::leave(Fiber& fiber, bool failed) {
  fiber.unlink();
  --size_;
  react(&fiber, failed);
  if (size_ == 0) join_.wake_first();
}

void Group::react(const Fiber* ended, bool failed) {
  if (policy_ == Policy::kFirstDecides && !has_decided_) {
    has_decided_ = true;
    decided_ = ended;
    cancel();
  } else if (policy_ == Policy::kFailureCancels && failed) {
    cancel();
  }
}

Progress Group::Join::start() {
  if (!group_.shielded_ && waiter()->cancelled()) cancel();
  return group_.size_ == 0 ? Progress::kDone : Progress::kPending;
}

void Group::Join::cancel() {
  if (group_.shielded_) return;
  if (!group_.cancelled_) group_.by_owner_ = true;
  group_.cancel();
}

}  // namespace net
