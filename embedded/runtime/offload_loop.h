// OffloadLoop: what the loops have in common whose TCP/IP is a chip's.
#pragma once

#include <chrono>

#include "embedded/boards/board.h"
#include "net/core/loop.h"

namespace net {

class OffloadLoop : public Loop {
 public:
  TimePoint now() override { return board::now(); }
  // Until nothing more is to be done for streams that are gone, for 20 s at most: networks look at their chip
  // every second at least.
  template <class OffloadNetwork>
  void wait_until_sent(const OffloadNetwork& network) {
    TimePoint limit = now() + std::chrono::seconds(20);
    while (network.leaving() && earlier(now(), limit)) wait();
  }
  // Rests until something happens, outside of `run`.
  void wait() {
    Entered entered(*this);
    poll(due());
    turn();
  }

 protected:
  // The board was woken: by the chip, or by something else.
  virtual void woken() = 0;
  // A byte came by the console.
  virtual void pressed(int) {}

  TimePoint poll(TimePoint until) final {
    board::rest(until);
    TimePoint present = now();
    woken();
    for (int key = board::read(); key != -1; key = board::read()) pressed(key);
    return present;
  }
  void interrupt() override { board::wake(); }
};

}  // namespace net
