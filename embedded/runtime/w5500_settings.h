// What a W5500 is told.
#pragma once

#include "embedded/offload/w5500/network.h"

namespace net {

// The addresses that somebody chose, else none. The hardware address is one of those that anybody may choose
// (IEEE 802, 8.4), by chance.
w5500::Settings make_settings();

}  // namespace net
