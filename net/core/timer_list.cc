#include "net/core/timer_list.h"

namespace net {

void TimerList::start(Timer& timer, TimePoint when) {
  timer.unlink();
  if (when == TimePoint::max()) return;
  timer.at_ = when.time_since_epoch().count();
  if (timer.at_ <= now_) {
    due_.push_back(timer);
  } else {
    later_.insert(timer, [](const Timer& a, const Timer& b) { return a.at_ < b.at_; });
  }
}

void TimerList::advance_to(TimePoint now) {
  // A callback may start timers that are due at once: they fire in the next advance.
  IntrusiveList<Timer> firing;
  firing.take_all(due_);
  std::int64_t until = now.time_since_epoch().count();
  for (;;) {
    while (Timer* timer = firing.pop_front()) timer->fire_(*timer);
    Timer* first = later_.front();
    if (first == nullptr || first->at_ > until) break;
    now_ = first->at_;
    later_.pop_front();
    firing.push_back(*first);
  }
  if (now_ < until) now_ = until;
}

}  // namespace net
