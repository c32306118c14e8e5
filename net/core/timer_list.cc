#include "net/core/timer_list.h"

namespace net {

void TimerList::start(Timer& timer, TimePoint when) {
  timer.unlink();
  if (when == kNever) return;
  timer.at_ = when.time_since_epoch().count();
  timer.not_in_ = 0;
  if (timer.at_ <= now_) {
    // A callback may start timers that are due at once: they fire in the next advance.
    timer.at_ = until_;
    timer.not_in_ = round_;
  }
  all_.insert(timer, [](const Timer& a, const Timer& b) { return a.at_ < b.at_; });
}

void TimerList::advance(TimePoint now) {
  until_ = now.time_since_epoch().count();
  ++round_;
  for (;;) {
    Timer* first = all_.front();
    if (first == nullptr || first->at_ > until_ || first->not_in_ == round_) break;
    now_ = first->at_;
    first->unlink();
    first->fire_(*first);
  }
  now_ = until_;
}

}  // namespace net
