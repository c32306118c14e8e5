// Frame: what every coroutine of this library has in its promise; Context: what this thread is running.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "net/core/error.h"
#include "net/core/location.h"
#include "net/core/memory.h"

namespace net {

class Fiber;
class Loop;

// A coroutine frame on its fiber's stack of awaits.
struct Frame {
  explicit Frame(Location where) : location(where) {}

  Frame* parent = nullptr;  // the frame that awaits this one; null in a fiber's first frame
  Location location;        // of the current await
  bool catches = false;     // the current await is `result(…)`: a failure resumes this frame
  // The coroutine has ended by an exception, which its promise keeps.
#ifdef __cpp_exceptions
  bool threw = false;
  void set_threw() { threw = true; }
#else
  static constexpr bool threw = false;
  static void set_threw() {}
#endif

  // Sound because no promise is aligned more strictly than Frame (asserted in Task).
  [[nodiscard]] std::coroutine_handle<Frame> handle() {
    return std::coroutine_handle<Frame>::from_promise(*this);
  }

  static void* operator new(std::size_t size) noexcept { return allocate(size); }
  static void operator delete(void* frame, std::size_t size) noexcept { release(frame, size); }
};

// An awaited task begins on top of the task that awaits it, which goes on at once if it ends without waiting,
// up to this depth; from there on the trampoline runs it. So the stack is bounded, whatever tasks do. A build
// for a device with little stack sets 0.
#ifndef NET_INLINE_DEPTH
#define NET_INLINE_DEPTH 16
#endif
inline constexpr int kInlineDepth = NET_INLINE_DEPTH;

// Completions without a suspension before a fiber lets the others run: one fast peer must not starve the loop.
inline constexpr int kTurn = 128;

// The state of this thread's trampoline. Set by the loop, by awaiters and by `spend`, nobody else.
struct Context {
  Loop* loop = nullptr;
  Fiber* fiber = nullptr;  // the running one
  Frame* next = nullptr;   // what the trampoline resumes next; null: the fiber waits
  Frame* ended = nullptr;  // the fiber's first frame, once it has run to its end
  int budget = 0;          // completions left before the fiber yields
  int depth = 0;           // tasks begun on top of each other; see kInlineDepth
  bool unwinding = false;  // `next` failed with `error` and is to be unwound, or to catch it
  Error error;
};
extern constinit NET_THREAD_LOCAL Context context;

// Where code is to be small what every await does is there once; else it is a part of each.
#ifdef __OPTIMIZE_SIZE__
#define NET_ONCE [[gnu::noinline]]
#else
#define NET_ONCE
#endif

// Awaits that fail at once: the trampoline unwinds `frame`, or resumes it where it `catches`.
[[gnu::cold]] void fail_await(Frame& frame, const Error& error);
// There was no memory for the awaited task.
[[gnu::cold]] void fail_start(Frame& awaiting);

// Whether a failure has resumed a frame that catches; it is in `context.error`.
inline bool take_failure() { return std::exchange(context.unwinding, false); }

// A frame has run to its end: whoever awaits it is next.
NET_ONCE inline void end_frame(Frame& frame) {
  context.next = frame.parent;
  if (frame.parent == nullptr) context.ended = &frame;
}

// Begins the awaited task on top of the one that awaits it; null where there was no memory for it. Gives
// whether the awaiting frame is left to the trampoline.
NET_ONCE inline bool begin_child(Frame& frame, Frame* child, bool catches) {
  frame.catches = catches;
  if (child == nullptr) {
    fail_start(frame);
    return true;
  }
  child->parent = &frame;
  context.next = child;
  if (context.depth == kInlineDepth) return true;
  ++context.depth;
  child->handle().resume();
  --context.depth;
  // Anything but a return to this frame is for the trampoline.
  return context.next != &frame || context.unwinding;
}

}  // namespace net
