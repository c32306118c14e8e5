// BoardLoop, for lwIP: see loop.h.
#pragma once

#include "embedded/boards/board.h"
#include "embedded/lwip/interface.h"
#include "embedded/lwip/loop.h"
#include "embedded/lwip/network.h"
#include "embedded/runtime/static_address.h"

namespace net {

// Peers that send and do not read hold a window of buffers each: others must have some left. A segment of more
// than half a buffer may have one to itself.
static_assert(PBUF_POOL_SIZE > 2 * MEMP_NUM_TCP_PCB * (TCP_WND / TCP_MSS));

class BoardLoop : public lwip::LwipLoop {
 public:
  // Inlined: nothing then needs the virtual functions of the loop while it is not yet what derives from it.
  [[gnu::always_inline]] BoardLoop() : interface_((begin(), make_interface(board::link(), network_))) {}

  lwip::LwipNetwork& network() { return network_; }
  // By which others reach this host; not a valid one while the network is down.
  [[nodiscard]] Address address() const { return interface_.address(); }
  [[nodiscard]] bool has_link() const { return interface_.has_link(); }
  TimePoint now() override { return board::now(); }
  // Rests until something happens, outside of `run`.
  void wait() { poll(kNever); }
  // Until peers have what was written to streams that are gone, for 20 s at most.
  void wait_until_sent() {
    while (lwip::LwipNetwork::leaving()) wait();
  }

 protected:
  // A byte came by the console.
  virtual void pressed(int) {}

  void receive() override {
    if (interface_.receive()) board::wake();
    for (int key = board::read(); key != -1; key = board::read()) pressed(key);
  }
  void rest(TimePoint until) override { board::rest(until); }
  void interrupt() override { board::wake(); }

 private:
  lwip::LwipNetwork network_{*this};
  lwip::LwipInterface interface_;
};

}  // namespace net
