// What a network's user and an agent that has the sockets say to each other, over one connection.
//
// A message is its length after this header (4 bytes), a verb (1), the number of a socket, which the user
// chooses (4), and what the verb needs; numbers are little-endian. Each is answered, in any order, by one with
// the same verb and number, then the outcome (1) and the stack's own code (4), then what the verb gives.
// kCancel, kClose and kAbort are not answered, but what is cancelled is. agent.py speaks the same.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "net/core/error.h"
#include "net/io/address.h"

namespace net::conformance {

enum class Verb : std::uint8_t {
  kOpenStream = 1,  // family (1)
  kOpenDatagram,    // family (1)
  kConnect,         // endpoint
  kRead,            // how many bytes (4), whether they are lent (1): bytes, none at the end
  kWrite,           // bytes
  kShutdown,
  kListen,  // endpoint, backlog (4), shares its port (1), takes both families (1), or IPv4 where there is no
            // other (1)
  kAccept,  // the number of the stream (4)
  kBind,    // endpoint
  kConnectUdp,
  kSend,     // endpoint, bytes
  kReceive,  // how many bytes (4), whether they are lent (1): endpoint, truncated (1), bytes
  kJoin,     // endpoint, interface (4)
  kLeave,    // the same
  kCancel,   // the verb (1)
  kClose,    // whether to reset (1)
  kAbort,    //
  kEnds,     // : endpoint here, endpoint there
  kOption,   // which (1), value (4)
  kDropped,  // : number (8)
  kSockets,  // : how many there are (4), and of them connected (4)
};

constexpr std::size_t kHeader = 9;

class Message {
 public:
  Message(Verb verb, std::uint32_t socket) { add(0, 4).add(static_cast<std::uint8_t>(verb), 1).add(socket, 4); }

  Message& add(std::uint64_t value, std::size_t size) {
    for (; size != 0; --size, value >>= 8) bytes_.push_back(static_cast<char>(value & 0xff));
    return *this;
  }
  Message& add(const Endpoint& endpoint) {
    add(static_cast<std::uint8_t>(endpoint.address().family()), 1);
    for (std::uint8_t byte : endpoint.address().bytes()) add(byte, 1);
    return add(endpoint.port(), 2);
  }
  Message& add(Errc code, int native) {
    return add(static_cast<std::uint8_t>(code), 1).add(static_cast<std::uint32_t>(native), 4);
  }
  Message& add(std::string_view bytes) {
    bytes_ += bytes;
    return *this;
  }
  // To be sent.
  const std::string& finish() {
    auto length = static_cast<std::uint32_t>(bytes_.size() - kHeader);
    for (std::size_t i = 0; i < 4; ++i) bytes_[i] = static_cast<char>(length >> 8 * i & 0xff);
    return bytes_;
  }

 private:
  std::string bytes_;
};

// Takes a message apart. *Lifetime*: of the bytes.
class Parser {
 public:
  explicit Parser(std::string_view bytes) : rest_(bytes) {}
  std::uint64_t number(std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
      value |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(rest_[i])) << 8 * i;
    }
    rest_.remove_prefix(size);
    return value;
  }
  Endpoint endpoint() {
    auto family = static_cast<Family>(number(1));
    std::array<std::uint8_t, 16> bytes{};
    std::memcpy(bytes.data(), rest_.data(), bytes.size());
    rest_.remove_prefix(bytes.size());
    auto port = static_cast<std::uint16_t>(number(2));
    if (family == Family::kNone) return {};
    if (family == Family::kV6) return Endpoint(Address::v6(bytes), port);
    return Endpoint(Address::v4(bytes[0], bytes[1], bytes[2], bytes[3]), port);
  }
  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

}  // namespace net::conformance
