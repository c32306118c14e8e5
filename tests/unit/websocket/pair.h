// Two ends of a connection in memory and virtual time, and raw frames.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "net/io/memory_stream.h"
#include "net/io/network.h"
#include "net/websocket/websocket.h"
#include "tests/support/manual_loop.h"

namespace net::websocket {

// Its random numbers are all that is asked of it.
class NumbersNetwork final : public Network {
 public:
  StreamSocket* make_stream(Family, Errc& code) override { return code = Errc::not_supported, nullptr; }
  ListenerSocket* make_listener(const Destination&, const ListenOptions&, Errc& code) override {
    return code = Errc::not_supported, nullptr;
  }
  DatagramSocket* make_datagram(Family, Errc& code) override { return code = Errc::not_supported, nullptr; }
  std::uint32_t random() override { return number_ += 0x9E3779B9; }

 private:
  std::uint32_t number_ = 1;
};

// A frame as the peer of `to` sends it: masked for a server. `first` is its first byte.
inline std::string frame(Role to, unsigned first, std::string_view payload) {
  FrameHeader header(Opcode::kText, payload.size());
  header.masked = to == Role::kServer;
  header.mask = {std::byte{0x37}, std::byte{0xFA}, std::byte{0x21}, std::byte{0x3D}};  // RFC 6455, 5.7
  std::array<std::byte, kLongestHeader> head;
  std::string out(reinterpret_cast<const char*>(head.data()), header.write(head));
  out[0] = static_cast<char>(first);
  std::string body(payload);
  if (header.masked) apply_mask(std::as_writable_bytes(std::span(body)), header.mask);
  return out + body;
}

}  // namespace net::websocket
