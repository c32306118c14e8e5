// BodyReader: the content of a message, taken out of its framing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "net/core/task.h"
#include "net/http/chunked.h"
#include "net/http/head_parser.h"
#include "net/http/input.h"

namespace net::http {

class BodyReader {
 public:
  explicit BodyReader(Input& input) : input_(input) {}

  // Another message's body, of at most `limit` bytes.
  void begin(Framing framing, std::uint64_t limit);
  void set_limit(std::uint64_t limit) { limit_ = limit; }

  // At least one byte, at most `buffer.size()`; empty at the end of the body, every time, and for an empty
  // buffer.
  //
  // *Errors*: end_of_stream if the stream ends within the body; limit_exceeded; protocol_error (bad chunks);
  // those of Stream::read; no_memory. *Cancellation*: at once, no byte is lost. *Lifetime*: `buffer` outlives
  // the await.
  Task<std::span<std::byte>> read(std::span<std::byte> buffer);
  // Reads what is left and drops it; false if that is more than `most` bytes.
  //
  // *Errors*, *Cancellation*: as `read`; what was dropped is gone.
  Task<bool> skip(std::size_t most);
  // False if it is known already that more is left than `most` bytes.
  [[nodiscard]] bool can_skip(std::size_t most) const {
    return framing_.kind != Framing::Kind::kLength || framing_.length - received_ <= most;
  }

  // All of it has been read.
  [[nodiscard]] bool ended() const;
  // Whether `read` would have to wait, by what has arrived.
  [[nodiscard]] bool waits() const;
  // What is left of it has arrived, as far as that is known.
  [[nodiscard]] bool has_come() const {
    return framing_.kind == Framing::Kind::kLength && framing_.length - received_ <= input_.unread().size();
  }
  // Nothing of it has arrived so far, and something is to come.
  [[nodiscard]] bool untouched() const { return received_ == 0 && !ended() && input_.empty(); }
  [[nodiscard]] std::uint64_t received() const { return received_; }
  // It is longer than its limit, or would be.
  [[nodiscard]] bool too_long() const;

 private:
  Task<std::span<std::byte>> read_chunked(std::span<std::byte> buffer);

  Input& input_;
  Framing framing_;
  std::uint64_t limit_ = 0;
  std::uint64_t received_ = 0;
  ChunkedDecoder chunks_;
  bool ended_ = false;  // by the end of the stream
};

}  // namespace net::http
