// BoardLoop: the loop of a board, over its clock, its rest, its console and its Ethernet controller.
#pragma once

#include "embedded/boards/board.h"
#include "embedded/lwip/interface.h"
#include "embedded/lwip/loop.h"
#include "embedded/lwip/network.h"
#include "embedded/runtime/static_address.h"

namespace net {

// `run` makes one. Whoever has a main of its own, such as a test program, makes one instead; there is one at a
// time, as of the board.
class BoardLoop : public lwip::LwipLoop {
 public:
  BoardLoop() : interface_((begin(), board::link()), network_, static_address()) {}

  lwip::LwipNetwork& network() { return network_; }
  // By which others reach this host; not a valid one while the network is down.
  [[nodiscard]] Address address() const { return interface_.address(); }
  TimePoint now() override { return board::now(); }

 protected:
  // A byte came by the console.
  virtual void pressed(int) {}

  void receive() override {
    interface_.receive();
    for (int key = board::read(); key != -1; key = board::read()) pressed(key);
  }
  void rest(TimePoint until) override { board::rest(until); }
  void interrupt() override { board::wake(); }

 private:
  lwip::LwipNetwork network_{*this};
  lwip::LwipInterface interface_;
};

}  // namespace net
