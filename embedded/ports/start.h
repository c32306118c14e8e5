// How a program begins where lwIP and its interfaces belong to another system.
#pragma once

#include "net/io/network.h"
#include "net/run.h"

namespace net::detail {

// The program's task, as soon as others can reach this host, and then until peers have what it has written
// (net/run.h); its status. The log says by which address. *Lifetime*: both outlive the await.
Task<int> run_when_up(Network& network, Main& main);

}  // namespace net::detail
