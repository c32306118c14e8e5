// The addresses that somebody chose for this board.
#pragma once

#include "embedded/offload/w5500/network.h"

namespace net {

// Those chosen by whoever started the board, or else those which the firmware was built with; else none. IPv6
// the chip has not. Firmware without diagnostics is not told by whoever starts it. The hardware address is one
// of those that anybody may choose (IEEE 802, 8.4), by chance.
w5500::Settings make_settings();

// And the name servers. False: nobody has chosen, DHCP does.
bool set_name_servers(w5500::W5500Network& network);

}  // namespace net
