// Timers: those of a loop. A wheel, or a list where memory is short and timers are few (NET_TIMER_LIST).
#pragma once

#ifdef NET_TIMER_LIST
#include "net/core/timer_list.h"
#else
#include "net/core/timer_wheel.h"
#endif

namespace net {

#ifdef NET_TIMER_LIST
using Timers = TimerList;
#else
using Timers = TimerWheel;
#endif

}  // namespace net
