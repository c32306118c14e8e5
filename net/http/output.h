// Output: what is to be sent on a connection, gathered so that answers to pipelined requests go together.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "net/core/memory.h"
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

// Content that is sent from where it is, between the texts of an output.
class SharedPieces final : public Pooled {
 public:
  static constexpr std::size_t kMost = 16;

  [[nodiscard]] bool full() const { return count_ == kMost; }
  [[nodiscard]] std::size_t size() const { return size_; }
  // Behind `at` bytes of the text, and behind the pieces before it; unless it is full.
  void add(std::size_t at, Bytes content, std::shared_ptr<const void>&& owner);
  // The text and the pieces in their order, then `data` and `tail`. *Lifetime*: of the list, until the next
  // one.
  std::span<const Bytes> list(Bytes text, Bytes data, Bytes tail);
  // Drops those behind `at` bytes of the text.
  void truncate(std::size_t at);

 private:
  struct Piece {
    std::size_t at = 0;
    Bytes content;
    std::shared_ptr<const void> owner;
  };
  std::array<Piece, kMost> pieces_;
  std::array<Bytes, 2 * kMost + 3> list_;
  std::size_t count_ = 0;
  std::size_t size_ = 0;
};

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
  // Gathers content that stays where it is, and holds `owner` until it has been sent. False if there are too
  // many such already, or no memory; `owner` is the caller's still then.
  bool share(Bytes content, std::shared_ptr<const void>&& owner);
  // Bytes of such content.
  [[nodiscard]] std::size_t shared_size() const { return shared_ == nullptr ? 0 : shared_->size(); }
  // Puts a text in the place of `size` bytes at `at`; false without room or memory.
  bool replace(std::size_t at, std::size_t size, std::string_view text);
  // Drops what is behind `size`; there may be less.
  void truncate(std::size_t size) {
    size_ = std::min(size_, size);
    if (shared_ != nullptr) shared_->truncate(size_);
  }

  // Sends what was gathered.
  //
  // *Errors*, *Cancellation*: those of Stream::write; what was gathered is gone then. *Lifetime*: the output
  // outlives the await, and nothing is appended meanwhile. Owners are held on until something is sent again.
  Op<void> send() {
    if (shared_ != nullptr || sent_ != nullptr) return send_shared();
    return stream_.write(std::string_view(data_, std::exchange(size_, 0)));
  }
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
  Op<void> send_shared();
  Bytes take_text() { return {reinterpret_cast<const std::byte*>(data_), std::exchange(size_, 0)}; }

  Stream& stream_;
  std::size_t capacity_;
  std::size_t size_ = 0;
  char* data_ = nullptr;
  SharedPieces* shared_ = nullptr;  // null: none
  SharedPieces* sent_ = nullptr;    // by `send`
};

}  // namespace net::http
