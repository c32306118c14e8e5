// Input: what has arrived on a connection and was not read, in one block.
#pragma once

#include <cstddef>
#include <string_view>

#include "net/core/task.h"
#include "net/io/stream.h"

namespace net::http {

// The block is there only while there is something in it: an idle connection has none. A message's head stays
// where it is, and is pointed into, while its body is read behind it.
//
// *Lifetime*: the stream outlives it.
class Input {
 public:
  // A block has `first` bytes, and grows up to `most` and room for a body's reads when a head is longer.
  Input(Stream& stream, std::size_t first, std::size_t most) : stream_(stream), first_(first), most_(most) {}
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;
  ~Input() { free_block(); }

  // What has arrived and was not consumed. Valid until the next `fill`; after `hold` at the same place.
  [[nodiscard]] std::string_view unread() const { return {data_ + begin_, end_ - begin_}; }
  [[nodiscard]] bool empty() const { return begin_ == end_; }
  void consume(std::size_t count) { begin_ += count; }

  // Waits for more; false at the end of the stream.
  //
  // *Errors*: those of Stream::read; no_memory; limit_exceeded if there is no room. *Cancellation*: at once, no
  // byte is lost.
  Task<bool> fill();
  // Keeps what somebody else has received, at most `first` bytes. There is nothing yet. False without memory.
  [[nodiscard]] bool keep(std::span<std::byte> got);
  // Reads past the block, when it is empty: at most `buffer.size()` bytes.
  Op<std::span<std::byte>, ReadOperation> read_past(std::span<std::byte> buffer) {
    return stream_.read(buffer);
  }

  // The first `count` bytes are consumed and stay where they are until `let_go`; with `reads_on` there is room
  // behind them into which more is read meanwhile. Gives where they are now; null without memory.
  [[nodiscard]] const char* hold(std::size_t count, bool reads_on);
  void let_go() { held_ = false; }
  // Gives the block back if nothing is in it.
  void release_if_empty() {
    if (empty() && !held_) free_block();
  }

 private:
  // Bytes behind a head into which its body is read.
  static constexpr std::size_t kRoom = 512;

  bool make_room();
  bool resize(std::size_t capacity);
  void free_block();

  Stream& stream_;
  std::size_t first_;
  std::size_t most_;
  char* data_ = nullptr;
  std::size_t capacity_ = 0;
  std::size_t held_end_ = 0;  // where a body is read, if something is held
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool held_ = false;
};

}  // namespace net::http
