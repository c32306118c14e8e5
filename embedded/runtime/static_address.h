// The address that somebody chose for this board.
#pragma once

#include "embedded/lwip/interface.h"

namespace net {

// That of whoever started the board, or else that which the firmware was built with; null: DHCP chooses.
const lwip::StaticAddress* static_address();

}  // namespace net
