// What a NINA module is told.
#pragma once

#include "embedded/offload/nina/network.h"

namespace net {

// The Wi-Fi that the firmware was built for, and the addresses that somebody chose, else none.
nina::Settings make_settings();

}  // namespace net
