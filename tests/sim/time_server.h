// A server for examples/ntp_client.cc. It tells one time, and outlives what it cannot answer.
#pragma once

#include <array>

#include "net/net.h"

namespace net::sim {

inline Task<> tell_time() {
  UdpSocket socket = co_await bind_udp(123);
  std::array<std::byte, 48> packet;
  for (;;) {
    Datagram request = co_await socket.receive(packet);
    if (request.data.size() != packet.size()) continue;
    std::array<std::byte, 48> reply{};
    reply[0] = std::byte{0x24};
    reply[40] = std::byte{0xE8};
    static_cast<void>(co_await result(socket.send_to(reply, request.from)));
  }
}

}  // namespace net::sim
