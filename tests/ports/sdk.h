// What a test does to the stand-in of an SDK.
#pragma once

namespace net::ports {

// The station loses its network, and must ask to join again by itself; the network comes back.
void sdk_lose_network();
void sdk_return_network();

}  // namespace net::ports
