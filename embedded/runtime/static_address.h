// The address that somebody chose for this board.
#pragma once

#include <optional>

#include "embedded/lwip/interface.h"

namespace net {

// That of whoever started the board, or else that which the firmware was built with; nothing: DHCP chooses.
std::optional<lwip::StaticAddress> static_address();

}  // namespace net
