#include "net/core/loop.h"

#include "net/core/fatal.h"

namespace net {
namespace {

// Operations of fibers before the loop looks at the world again, however busy they keep each other. A fiber
// that is to run again has begun at least one.
constexpr int kWorkPerPoll = 16384;

}  // namespace

TimePoint Clock::now() noexcept {
  if (context.loop == nullptr) {
    detail::fatal("net::Clock: this thread runs no loop");
  }
  return context.loop->now();
}

Loop::~Loop() {
  Posted* work = posted_.load(std::memory_order_acquire);
  while (work != nullptr) std::exchange(work, work->next_)->dropped();
}

void Loop::post(Posted& work) {
  poster_.store(run_posted, std::memory_order_relaxed);
  posting_.fetch_add(1, std::memory_order_relaxed);
  Posted* head = posted_.load(std::memory_order_relaxed);
  do {
    work.next_ = head;
  } while (!posted_.compare_exchange_weak(head, &work, std::memory_order_release, std::memory_order_relaxed));
  if (head == nullptr) interrupt();
  posting_.fetch_sub(1, std::memory_order_release);
}

Errc Loop::watch(SignalWatch&) { return Errc::not_supported; }
void Loop::unwatch(SignalWatch&) {}

void Loop::run_posted(Loop& loop) {
  Posted* newest = loop.posted_.exchange(nullptr, std::memory_order_acquire);
  Posted* oldest = nullptr;
  while (newest != nullptr) {
    Posted* next = newest->next_;
    newest->next_ = oldest;
    oldest = newest;
    newest = next;
  }
  while (oldest != nullptr) {
    Posted* next = oldest->next_;
    oldest->run();
    oldest = next;
  }
}

void Loop::run_ready() {
  if (kDiagnostics && ready_ == nullptr) return;
  if constexpr (kDiagnostics) busy_.store(true, std::memory_order_relaxed);
  for (int left = kWorkPerPoll; left > 0; left += context.budget - kTurn) {
    Fiber* fiber = ready_;
    if (fiber == nullptr) break;
    ready_ = fiber->next_ready_;
    if (ready_ == nullptr) ready_tail_ = &ready_;
    if constexpr (kDiagnostics) {
      runs_.store(runs_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
      if (fiber->top_ != nullptr) running_.store(fiber->top_->location, std::memory_order_relaxed);
    }
    fiber->run();
  }
  context.fiber = nullptr;
  if constexpr (kDiagnostics) busy_.store(false, std::memory_order_release);
}

// Inlined, as each echo of a lone connection is one round.
[[gnu::always_inline]] inline void Loop::round() {
  timers_.advance(iteration_time_);
  if (posted_.load(std::memory_order_acquire) != nullptr) poster_.load(std::memory_order_relaxed)(*this);
  run_ready();
}

void Loop::run(Group& group) {
  iteration_time_ = now();
  for (;;) {
    round();
    if (group.size() == 0) break;
    iteration_time_ = poll(ready_ != nullptr ? iteration_time_ : timers_.next());
  }
  // The work that ended the last task may be ahead of the thread that posted it, which still wakes this loop.
  while (posting_.load(std::memory_order_acquire) != 0) {
  }
}

void Loop::turn() {
  iteration_time_ = poll(now());
  round();
}

TimePoint Loop::due() {
  if (ready_ != nullptr || posted_.load(std::memory_order_relaxed) != nullptr) return now();
  return timers_.next();
}

}  // namespace net
