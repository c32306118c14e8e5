// A radio whose only station hears itself, for the stand-ins of the SDKs: lwIP's packets come back by an
// interface.
#pragma once

namespace net::ports {

// All in lwIP's context. `sent` is told that something waits for `radio_turn`.
void radio_begin(void (*sent)());
// Hands back what was sent.
void radio_turn();
// The station wants to be in the network: a carrier and the address 192.168.4.2/24, as soon as it is in reach.
void radio_join();
// The network goes out of reach, and the station must ask to join again; it comes back.
void radio_leave();
void radio_return();

}  // namespace net::ports
