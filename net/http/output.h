// Output: what is to be sent on a connection, gathered so that answers to pipelined requests go together.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

#include "net/core/task.h"
#include "net/io/stream.h"

namespace net::http {

// Write at `at`, where there is room, and give the end.
inline constexpr std::size_t kMostDigits = 20;
char* write_number(char* at, std::uint64_t number, int base = 10);
inline char* write_text(char* at, std::string_view text) {
  std::memcpy(at, text.data(), text.size());
  return at + text.size();
}

// *Lifetime*: the stream outlives it.
class Output {
 public:
  // `capacity` bytes, which are there from the first `append` on until `release`.
  Output(Stream& stream, std::size_t capacity) : stream_(stream), capacity_(capacity) {}
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output() { release(); }

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t room() const { return capacity_ - size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  // All of the text or, without room or memory, nothing.
  bool append(std::string_view text) {
    if (text.size() > room() || (data_ == nullptr && !take_memory())) return false;
    std::memcpy(data_ + size_, text.data(), text.size());
    size_ += text.size();
    return true;
  }
  bool append(std::uint64_t number, int base = 10);
  // Where `count` bytes may be written, to be followed by `wrote`; null without room or memory.
  char* reserve(std::size_t count) {
    return count > room() || (data_ == nullptr && !take_memory()) ? nullptr : data_ + size_;
  }
  // What is reserved was written up to `end`.
  void wrote(const char* end) { size_ = static_cast<std::size_t>(end - data_); }
  // Puts a text in the place of `size` bytes at `at`; false without room or memory.
  bool replace(std::size_t at, std::size_t size, std::string_view text);
  // Drops what is behind `size`; there may be less.
  void truncate(std::size_t size) { size_ = std::min(size_, size); }

  // Sends what was gathered.
  //
  // *Errors*, *Cancellation*: those of Stream::write; what was gathered is gone then. *Lifetime*: the output
  // outlives the await, and nothing is appended meanwhile.
  Op<void> send() { return stream_.write(std::string_view(data_, std::exchange(size_, 0))); }
  // Sends what was gathered, and `data` and `tail` behind it without copying them.
  //
  // *Errors*, *Cancellation*: those of Stream::write; what was gathered is gone then. *Lifetime*: `data` and
  // `tail` outlive the await.
  Task<> flush(Bytes data = {}, Bytes tail = {});
  // Sends the first `count` bytes and keeps the others.
  //
  // *Errors*, *Cancellation*: those of Stream::write; the first may be sent in part then, and are here still.
  Task<> flush_first(std::size_t count);
  // Gives the memory back; what was gathered is dropped.
  void release();

 private:
  bool take_memory();

  Stream& stream_;
  std::size_t capacity_;
  std::size_t size_ = 0;
  char* data_ = nullptr;
};

}  // namespace net::http
