// A time server for examples/ntp_client.cc. It tells one time, and outlives what it cannot answer.
#pragma once

#include "net/net.h"
#include "net/ntp/server.h"

namespace net::sim {

inline constexpr ntp::Time kToldTime = ntp::Time(std::chrono::seconds(1'700'000'000));

// A clock that stands still.
class StoppedClock final : public ntp::Clock {
 public:
  [[nodiscard]] ntp::Time now() override { return kToldTime; }
  [[nodiscard]] ntp::Standing standing() override {
    ntp::Standing standing;
    standing.stratum = 1;
    standing.set = kToldTime;
    return standing;
  }
};

inline Task<> tell_time() {
  UdpSocket socket = co_await bind_udp(ntp::kPort);
  StoppedClock clock;
  co_await ntp::serve(socket, clock);
}

}  // namespace net::sim
