// LwipLoop: a loop that drives lwIP in its own context (NO_SYS=1). What a board adds is a clock and a way to
// rest.
#pragma once

#include "net/core/loop.h"

namespace net::lwip {

// lwIP's state is global: one such loop at a time. Every callback of lwIP runs within `poll`, or within a call
// of ours into lwIP, and only notes what happened.
class LwipLoop : public Loop {
 public:
  LwipLoop(const LwipLoop&) = delete;
  LwipLoop& operator=(const LwipLoop&) = delete;

  // The bytes of lwIP's pools and of its heap, which are there from the start.
  static std::size_t pools();

  // From here on this host may send to itself (net/io/parts.h).
  static void use_loopback() { looper = loop_back; }

  // When lwIP itself has something to do; kNever while it waits for frames only.
  [[nodiscard]] TimePoint stack_due();

 protected:
  // *Lifetime*: `now` is asked for from here on. lwIP is initialised by the first loop.
  LwipLoop() = default;
  ~LwipLoop();
  // To be called once by the constructor of the derived class, which has the clock.
  void begin();

  TimePoint poll(TimePoint until) final;

  // Hands frames that have arrived to lwIP.
  virtual void receive() {}
  // Rests until `until`, an interrupt, or `Loop::interrupt`; not at all if that time has come.
  virtual void rest(TimePoint until) = 0;

 private:
  // Packets that this host sends itself wait in their interface until it is polled. Linked on use.
  static bool loop_back(bool polls);
  static inline decltype(&loop_back) looper = nullptr;
};

}  // namespace net::lwip
