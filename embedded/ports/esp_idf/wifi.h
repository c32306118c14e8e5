// The station of ESP-IDF's Wi-Fi.
#pragma once

namespace net::esp {

// Begins the network: lwIP's task and that of events. *Errors*: ends the program, which ESP-IDF restarts; also
// below.
void begin_network();
// Starts the radio, which from now on joins the network of the build's configuration, again whenever it is
// lost.
void join_wifi();

}  // namespace net::esp
