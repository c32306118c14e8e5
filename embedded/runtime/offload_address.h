// The addresses that somebody chose for this board, as the drivers of chips have them. IPv6 these have not.
#pragma once

#include <cstddef>

#include "embedded/offload/ip.h"
#include "net/io/address.h"
#include "net/io/name_servers.h"

namespace net::given {

// Chosen by whoever started the board, or else what the firmware was built with. False: nobody has chosen, DHCP
// does. Firmware without diagnostics is not told by whoever starts it.
bool read(offload::Ip& address, offload::Ip& subnet, offload::Ip& gateway);

// Not a valid one where none was chosen.
Endpoint name_server(std::size_t place);

template <class Network>
void set_name_servers(Network& network) {
  for (std::size_t place = 0; place != NameServers::kPlaces; ++place) {
    if (Endpoint server = name_server(place); server.address().is_v4()) network.set_name_server(place, server);
  }
}

}  // namespace net::given
