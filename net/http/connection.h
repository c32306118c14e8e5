// Connection: one connection of a server, from its first byte to its end. For this folder.
//
// Between requests it is a timer and a task that reads; what a request needs is in a Burst.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "net/core/fiber.h"
#include "net/core/intrusive_list.h"
#include "net/core/task.h"
#include "net/core/time.h"
#include "net/core/timers.h"
#include "net/io/stream.h"

namespace net::http {

class Burst;
class Server;

// `time` after a point of time; kNever if there is no such point.
constexpr TimePoint later(TimePoint from, Duration time) { return time > kNever - from ? kNever : from + time; }

enum class Phase : std::uint8_t { kIdle, kHead, kBody, kHandler, kWrite };

// What a connection does, and how long it may. Each phase moves the one timer: it runs on and looks again when
// it fires, so that a phase that ends in time costs nothing.
class PhaseTimer final : private Timer {
 public:
  explicit PhaseTimer(Group& group) : Timer(fire), group_(group) {}
  PhaseTimer(const PhaseTimer&) = delete;
  PhaseTimer& operator=(const PhaseTimer&) = delete;
  ~PhaseTimer() { Timers::stop(*this); }

  void enter(Phase phase, TimePoint until = kNever);
  // For a time from now: from when the loop last looked, which is near enough for limits of seconds.
  void enter_for(Phase phase, Duration time);
  // Ends the phase now.
  void expire();
  [[nodiscard]] Phase phase() const { return phase_; }
  // The connection was cancelled by this.
  [[nodiscard]] bool expired() const { return expired_; }

 private:
  static void fire(Timer& timer);
  Group& group_;
  TimePoint until_ = kNever;
  TimePoint fires_ = kNever;
  Phase phase_ = Phase::kIdle;
  bool expired_ = false;
};

// A task that runs what a connection does, so that the connection's timer can cancel it and somebody can still
// answer.
class Talk final : public Fiber {
 public:
  explicit Talk(Group& group) : group_(group) {}
  // Without memory it has failed with no_memory.
  void start(Task<> task);

  [[nodiscard]] bool failed() const { return code_ != Errc::ok; }
  // Why it failed, without words where those would be of no use.
  [[nodiscard]] Error error() const;

 private:
  void ended(Frame* first, const Error* error) override;
  Group& group_;
  Errc code_ = Errc::ok;
};

class Connection final : public ListNode {
 public:
  Connection(Server& server, Stream stream);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  // Begins to answer requests, until the connection ends or fails; await `join` then.
  //
  // *Errors*: none of `join`: `failed` tells. *Cancellation*: of `join`, at once, within an answer too.
  // *Lifetime*: this outlives the await.
  void start() { talk_.start(talk()); }
  Op<void> join() { return group_.join(); }

  // Then `recover`.
  [[nodiscard]] bool failed() const;
  // What is to be done when it has failed: the peer is told, where it can be.
  //
  // *Errors*: why it failed, if nothing can be said. *Cancellation*, *Lifetime*: as above.
  Task<> recover();
  // The server is cancelled: an idle connection ends, another one after its answer.
  void drain();

 private:
  friend class Burst;
  friend class Request;
  friend class Response;

  Task<> talk();
  bool begin_burst(std::span<std::byte> got);
  void end_burst();
  Task<> linger();

  Server& server_;
  Stream stream_;
  Group group_{Group::Policy::kIndependent};
  PhaseTimer timer_{group_};
  Talk talk_{group_};
  Burst* burst_ = nullptr;
  std::uint64_t answered_ = 0;
  bool closes_ = false;  // after this answer
};

}  // namespace net::http
