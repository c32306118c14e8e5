// An exchange with an echo server whose every byte is looked at.
#pragma once

#include <array>
#include <functional>
#include <string>
#include <vector>

#include "net/net.h"

namespace net::sim {

inline std::byte pattern(std::size_t i) { return static_cast<std::byte>(i * 31 + i / 251); }

inline Task<> write_all(Stream& peer, std::size_t size) {
  std::vector<std::byte> data(size);
  for (std::size_t i = 0; i != size; ++i) data[i] = pattern(i);
  co_await peer.write(data);
  co_await peer.shutdown();
}

// What has come back.
class Heard {
 public:
  std::size_t bytes = 0;
  bool wrong = false;
  bool ended = false;
};

inline Task<> read_all(Stream& peer, Heard& heard) {
  std::array<std::byte, 200> buffer;  // parts of segments, and of two
  for (;;) {
    std::span<std::byte> part = co_await peer.read(buffer);
    if (part.empty()) break;
    for (std::byte byte : part) heard.wrong |= byte != pattern(heard.bytes++);
  }
  heard.ended = true;
}

inline Task<> exchange(Endpoint server, std::size_t size, Heard& heard) {
  Stream peer = co_await connect(server);
  co_await all(write_all(peer, size), read_all(peer, heard));
}

// A peer that gave up while nothing came through tells nobody, so who only reads needs a limit.
inline Task<> exchange_in_time(Endpoint server, std::size_t size, Heard& heard) {
  co_await timeout(std::chrono::minutes(10), exchange(server, size, heard));
}

inline std::string judge(const Heard& heard, std::size_t size) {
  if (heard.wrong) return "a wrong byte among " + std::to_string(heard.bytes);
  if (heard.bytes > size) return "more bytes than were sent";
  if (heard.ended && heard.bytes != size)
    return "an orderly end after " + std::to_string(heard.bytes) + " bytes";
  return {};
}

}  // namespace net::sim
