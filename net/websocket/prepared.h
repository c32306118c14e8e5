// Prepared: a message as a server sends it, made once for any number of connections.
#pragma once

#include <cstdint>
#include <string_view>

#include "net/websocket/buffer.h"
#include "net/websocket/frame.h"

namespace net::websocket {

enum class Kind : std::uint8_t { kText = 1, kBinary = 2 };

// Movable. The frame is not compressed, which every connection understands. *Errors*: `valid` is false without
// memory.
class Prepared {
 public:
  Prepared(Kind kind, Bytes data);
  explicit Prepared(std::string_view text);
  [[nodiscard]] bool valid() const { return !frame_.empty(); }
  [[nodiscard]] Kind kind() const { return kind_; }
  // With its header, and without.
  [[nodiscard]] Bytes frame() const { return frame_.bytes(); }
  [[nodiscard]] Bytes data() const { return frame().subspan(header_); }

 private:
  Buffer frame_;
  std::size_t header_ = 0;
  Kind kind_;
};

}  // namespace net::websocket
