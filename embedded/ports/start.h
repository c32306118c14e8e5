// How a program begins where lwIP and its interfaces belong to another system.
#pragma once

#include "net/io/network.h"
#include "net/run.h"

namespace net::detail {

// The program's task, as soon as others can reach this host. The log says by which address.
class WhenUp final : public Main {
 public:
  WhenUp(Network& network, Main& main) : network_(network), main_(main) {}
  NET_MAKES_TASK Task<int> start() override { return run(network_, main_); }

 private:
  static Task<int> run(Network& network, Main& main);
  Network& network_;
  Main& main_;
};

}  // namespace net::detail
