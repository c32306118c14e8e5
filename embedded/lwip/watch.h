// InterfaceWatch: tells a network of links that somebody else brings up and down.
#pragma once

#include "embedded/lwip/network.h"

namespace net::lwip {

// Where lwIP and its interfaces belong to another system (LWIP_NETIF_EXT_STATUS_CALLBACK=1). The network is up
// while an interface has a carrier and an address that others than the link's neighbours can reach. *Lifetime*:
// lwIP has been initialised, and nothing ends the watch: one network, which lives as long as the program.
void watch_interfaces(LwipNetwork& network);

}  // namespace net::lwip
