// Timer: a point in time at which something is called.
#pragma once

#include <cstdint>

#include "net/core/intrusive_list.h"
#include "net/core/time.h"

namespace net {

// At whose time `fire` is called. *Lifetime*: stopped by its destructor.
class Timer : public ListNode {
 public:
  using Callback = void (*)(Timer&);
  explicit Timer(Callback fire) : fire_(fire) {}
  [[nodiscard]] bool armed() const { return is_linked(); }

 private:
  friend class TimerList;
  friend class TimerWheel;
  Callback fire_;
  std::uint32_t not_in_ = 0;  // the list's round that it was too late for
  std::int64_t at_ = 0;       // the wheel's tick, or the list's nanosecond
};

}  // namespace net
