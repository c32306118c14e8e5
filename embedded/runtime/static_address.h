// The address that somebody chose for this board.
#pragma once

#include "embedded/lwip/interface.h"

namespace net {

// The board's interface, with the address chosen by whoever started the board, or else with that which the
// firmware was built with; else DHCP chooses. Firmware without diagnostics is not told by whoever starts it.
lwip::LwipInterface make_interface(lwip::Link& link, lwip::LwipNetwork& network);

}  // namespace net
