// Fiber: one task with everything it awaits. Group: fibers that end together.
//
// Fibers and groups form the tree of live tasks: a fiber owns groups, a group holds fibers. Cancellation runs
// down that tree and is a state, not an event: a cancelled fiber's next operation fails as well.
#pragma once

#include <cstdint>

#include "net/core/exception.h"
#include "net/core/frame.h"
#include "net/core/intrusive_list.h"
#include "net/core/operation.h"
#include "net/core/time.h"

namespace net {

class Group;

// For awaiters: the running fiber is suspended in `frame` at an operation that is pending, or that has failed
// at once: then the frame is unwound.
void suspend_at(Frame& frame, Operation& operation);

// How a started operation stands when its awaiter asks.
enum class Started : std::uint8_t { kDone, kFailed, kPending };

class Fiber : public ListNode {
 public:
  Fiber() = default;
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  // What the fiber runs: a coroutine that has not begun, or one operation alone. Before `Group::start`.
  void set_first(Frame& frame) { top_ = &frame; }
  void set_first(Operation& operation) { operation_ = &operation; }

  // Starts an operation and gives it up again if it cannot complete at once: no byte of a read is lost thereby.
  // kPending: it was given up. *Lifetime*: nobody awaits it meanwhile.
  static Started attempt(Operation& operation);
  // Cancels what it awaits, now and later. *Errors*: none; cancelling twice does nothing more.
  void cancel();
  [[nodiscard]] bool cancelled() const { return cancelled_; }

  // A name for dumps; the string is static. Without one the function's name serves.
  void set_name(const char* name) { name_ = name; }

  // For awaiters: starts an operation on the running fiber.
  static Started start(Operation& operation);
  // For awaiters: the running fiber is suspended in `frame` at an operation that is pending.
  void suspend(Frame& frame, bool catches) {
    frame.catches = catches;
    top_ = &frame;
    context.next = nullptr;
  }

 protected:
  ~Fiber() = default;
  // The fiber has run to its end. `first` is its coroutine, to be destroyed here, or null if the fiber ran
  // an operation or was unwound; in the last case, or if its operation failed, `error` says why.
  virtual void ended(Frame* first, const Error* error) = 0;
  // The last call: the fiber has left its group and may delete itself.
  virtual void dispose() {}

 private:
  friend class Operation;
  friend class Group;
  friend class Loop;
  friend class TaskDump;

  void run();  // called by the loop: runs until the fiber waits or has ended
  Started begin(Operation& operation);
  Started complete_later(Operation& operation);
  void trampoline(Frame* frame);
  void note_wait();
  void end(Frame* first, const Error* error);

  Fiber* next_ready_ = nullptr;
  Group* group_ = nullptr;
  Frame* top_ = nullptr;
  Operation* operation_ = nullptr;
  Group* groups_ = nullptr;  // owned groups, newest first
  const char* name_ = nullptr;
#if NET_DIAGNOSTICS
  TimePoint since_{};  // of the present wait
#endif
  bool cancelled_ = false;
};

// What has become of a group's fibers.
class Group {
 public:
  enum class Policy : std::uint8_t {
    kFailureCancels,  // the first failure cancels the siblings (scope, all)
    kFirstDecides,    // whoever ends first, however, cancels the siblings (any, timeout)
    kIndependent,     // nobody cancels anybody (serve)
  };

  // The group belongs to the fiber that runs now and is destroyed, empty, before that fiber ends.
  explicit Group(Policy policy);
  // The group belongs to a fiber that never runs: for what an object, such as a socket over a socket, does for
  // those who await it. Dumps do not show it.
  Group(Policy policy, Fiber& owner);
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;
  ~Group();

  // Queues the fiber. It begins cancelled if the group is.
  void start(Fiber& fiber);
  // Starts the operation that the fiber runs, at once. The fiber is in the group, and will end, only if the
  // operation is pending; otherwise it has completed or failed already, and the fiber is as before.
  Started begin(Fiber& fiber, Operation& operation);
  // Cancels all fibers, and those started later.
  void cancel();
  [[nodiscard]] bool cancelled() const { return cancelled_; }
  // Cancellation of the owner stops here: its `join` does not cancel the fibers.
  void shield() { shielded_ = true; }
  [[nodiscard]] std::size_t size() const { return size_; }
  // The fiber that ended first, under kFirstDecides; null if one could not even be started.
  [[nodiscard]] const Fiber* decided() const { return decided_; }

  // Waits until no fiber is left; the owner is then the next to run. Cancelling it cancels the fibers; it still
  // waits for all of them and then succeeds. It waits even in a task that is cancelled.
  [[nodiscard]] Op<void> join() { return Op<void>(join_); }

  // After join, what the fibers' failures amount to: the first exception; else the first error that was not
  // a consequence of cancelling the group; else `cancelled`, if the owner's cancellation made a fiber fail.
  [[nodiscard]] const Thrown& thrown() const { return thrown_; }
  [[nodiscard]] const Error* error() const;

  // For fibers' `ended`: reports a failure before the fiber leaves.
  void fail(const Error& error);
  void fail(Thrown thrown);
  // A fiber could not be started for want of memory. It counts as one that failed.
  void fail_start();

 private:
  friend class Fiber;
  friend class TaskDump;

  class Join final : public TypedOperation<void> {
   public:
    explicit Join(Group& group) : group_(group) { set_ignores_cancellation(); }
    void describe(TextBuffer& out) const override {
      if constexpr (kDiagnostics) out << "tasks";
    }

   private:
    friend class Group;
    Progress start() override;
    void cancel() override;
    Group& group_;
  };

  void leave(Fiber& fiber, bool failed);
  void react(const Fiber* ended, bool failed);

  Fiber* owner_;
  Group* next_group_ = nullptr;  // of the same owner
  IntrusiveList<Fiber> fibers_;
  std::size_t size_ = 0;
  const Fiber* decided_ = nullptr;
  Join join_{*this};
  Error error_;
  [[no_unique_address]] Thrown thrown_;
  Policy policy_;
  bool has_decided_ = false;
  bool failed_ = false;  // error_ is more than a consequence of the cancellation
  bool cancelled_ = false;
  bool by_owner_ = false;  // cancelled because the owner was
  bool shielded_ = false;
};

}  // namespace net
