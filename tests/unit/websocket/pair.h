// Two ends of a connection in memory and virtual time, and raw frames.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

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
inline std::string frame(Role to, unsigned first, std::string_view payload = {}) {
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

inline std::string pattern(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i != size; ++i) text[i] = static_cast<char>('a' + (i * 31 + i / 251) % 26);
  return text;
}

// What a connection reads, as "text(x) binary(y) ", then how that ended.
inline Task<> listen_to(WebSocket& server, std::string& heard) {
  for (;;) {
    Result<Message> message = co_await result(server.read());
    if (!message) {
      heard += describe(message.error().code());
      co_return;
    }
    if (!*message) {
      heard += "closed " + std::to_string(server.close_code()) + " " + std::string(server.close_reason());
      co_return;
    }
    heard += (message->is_text() ? "text(" : "binary(") + std::string(message->text()) + ") ";
  }
}

// What comes, up to the end.
inline Task<> hear_end(Stream& peer, std::string& said) {
  std::array<std::byte, 512> buffer;
  for (;;) {
    std::span<std::byte> got = co_await peer.read(buffer);
    if (got.empty()) co_return;
    said += text(got);
  }
}

// Two of ours, at the ends of a stream.
class Ends {
 public:
  explicit Ends(const Options& options = Options(), std::optional<Deflate> deflate = std::nullopt,
                std::size_t capacity = 65536) {
    auto [first, second] = stream_pair(capacity);
    server = WebSocket(std::move(first), Role::kServer, options, deflate);
    client = WebSocket(std::move(second), Role::kClient, options, deflate);
  }
  WebSocket server;
  WebSocket client;
};

// Runs tasks in virtual time.
class Connections : public testing::Test {
 protected:
  void run(Task<> (*body)()) {
    Result<> ended = loop.run_task(body);
    EXPECT_TRUE(ended) << ended.error().message();
  }
  ManualLoop loop;
  NumbersNetwork network;
  Network::Used used{network};
};

}  // namespace net::websocket
