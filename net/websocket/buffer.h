// Buffer: bytes in one block that grows, and that is given back when nothing is in it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <utility>

#include "net/core/memory.h"
#include "net/io/socket.h"

namespace net::websocket {

class Buffer {
 public:
  Buffer() = default;
  Buffer(Buffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        begin_(std::exchange(other.begin_, 0)),
        end_(std::exchange(other.end_, 0)),
        capacity_(std::exchange(other.capacity_, 0)) {}
  Buffer& operator=(Buffer&& other) noexcept {
    if (this == &other) return *this;
    free();
    data_ = std::exchange(other.data_, nullptr);
    begin_ = std::exchange(other.begin_, 0);
    end_ = std::exchange(other.end_, 0);
    capacity_ = std::exchange(other.capacity_, 0);
    return *this;
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() { free(); }

  [[nodiscard]] std::span<std::byte> bytes() const { return {data_ + begin_, end_ - begin_}; }
  [[nodiscard]] std::size_t size() const { return end_ - begin_; }
  [[nodiscard]] bool empty() const { return begin_ == end_; }

  // Makes room for so many bytes more; false without memory.
  [[nodiscard]] bool reserve(std::size_t more) {
    if (capacity_ - end_ >= more) return true;
    std::size_t wanted = std::max(size() + more, std::min(2 * size(), size() + kMostSpare));
    auto* block = static_cast<std::byte*>(allocate(wanted));
    if (block == nullptr) return false;
    std::size_t kept = size();
    if (kept != 0) std::memcpy(block, data_ + begin_, kept);
    net::release(data_, capacity_);
    data_ = block;
    begin_ = 0;
    end_ = kept;
    capacity_ = wanted;
    return true;
  }
  // The room behind the bytes, and that so many of it are bytes now.
  [[nodiscard]] std::span<std::byte> room() const { return {data_ + end_, capacity_ - end_}; }
  void grow(std::size_t count) { end_ += count; }
  void shrink(std::size_t count) { end_ -= count; }

  [[nodiscard]] bool append(Bytes more) {
    if (more.empty()) return true;
    if (!reserve(more.size()) || data_ == nullptr) return false;
    std::memcpy(data_ + end_, more.data(), more.size());
    end_ += more.size();
    return true;
  }
  void consume(std::size_t count) { begin_ += count; }
  void free() {
    net::release(data_, capacity_);
    data_ = nullptr;
    begin_ = end_ = capacity_ = 0;
  }

 private:
  static constexpr std::size_t kMostSpare = 65536;

  std::byte* data_ = nullptr;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace net::websocket
