// Compression of messages (RFC 7692, 7.2), where the build has zlib; on devices there is none.
#pragma once

#include <cstddef>
#include <cstdint>

#include "net/core/error.h"
#include "net/io/socket.h"
#include "net/websocket/buffer.h"

namespace net::websocket {

[[nodiscard]] bool has_deflate();

// Compresses messages, one after another: each may refer to what came before it. *Lifetime*: not moved.
class Deflater {
 public:
  Deflater() = default;
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;
  ~Deflater() { end(); }

  // Appends a message's compressed bytes. `window_bits`: 9 to 15, the same each time. The first one allocates:
  // 64 KiB with 15. *Errors*: no_memory.
  Errc deflate(Bytes message, int window_bits, Buffer& out);
  // Forgets all messages, and gives the memory back.
  void end();

 private:
  void* state_ = nullptr;
};

class Inflater {
 public:
  Inflater() = default;
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() { end(); }

  // Appends what a piece of a compressed message stands for; `last` ends the message. `out` gets no more than
  // `limit` bytes in all, whatever the piece stands for.
  //
  // *Errors*: limit_exceeded; protocol_error (it makes no sense); no_memory.
  Errc inflate(Bytes piece, bool last, int window_bits, std::size_t limit, Buffer& out);
  void end();

 private:
  Errc run(Bytes piece, std::size_t limit, Buffer& out);
  bool restart();
  void* state_ = nullptr;
};

}  // namespace net::websocket
