// Straggler: what goes on though nobody awaits it.
#pragma once

#include "net/core/intrusive_list.h"
#include "net/core/loop.h"

namespace net {

// Such as a stream that was destroyed and still sends its last bytes.
class Straggler : public ListNode {
 public:
  // The loop is about to end: this ends soon, and leaves the list, whatever it was at. May be called again.
  virtual void hurry() = 0;

  // From now on it is one of the current loop's, until it goes.
  static void add(Straggler& straggler);
  // Whether the current loop has some.
  static bool any();
  // Hurries those of the current loop; false if there are none.
  static bool hurry_all();
  // Runs the current loop until it has none. For whoever runs a loop, when its last task has ended.
  static void finish();
  // As `finish`, but hurries none.
  static void wait();

 protected:
  ~Straggler() = default;

 private:
  Loop* loop_ = nullptr;
};

}  // namespace net

// `Straggler::wait`, in programs that link what has stragglers.
extern "C" [[gnu::weak]] void net_wait_for_stragglers();
