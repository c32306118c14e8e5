// Buffer: bytes that wait, in memory that is there only while they do.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <utility>

#include "net/core/memory.h"
#include "net/io/socket.h"

namespace net::tls::detail {

class Buffer {
 public:
  Buffer() = default;
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() { free(); }

  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::span<std::byte> data() const { return {memory_ + first_, size_}; }

  // Room for so many more; false without memory, and all is as before.
  bool reserve(std::size_t more) {
    if (capacity_ - first_ - size_ >= more) return true;
    if (first_ != 0 && capacity_ - size_ >= more) {
      std::memmove(memory_, memory_ + first_, size_);
      first_ = 0;
      return true;
    }
    std::size_t capacity = size_ + more;
    auto* memory = static_cast<std::byte*>(allocate(capacity));
    if (memory == nullptr) return false;
    if (size_ != 0) std::memcpy(memory, memory_ + first_, size_);
    if (memory_ != nullptr) release(memory_, capacity_);
    memory_ = memory;
    capacity_ = capacity;
    first_ = 0;
    return true;
  }
  bool append(Bytes data) {
    if (!reserve(data.size())) return false;
    if (!data.empty()) std::memcpy(memory_ + first_ + size_, data.data(), data.size());
    size_ += data.size();
    return true;
  }
  // Removes bytes from the front; the memory goes with the last.
  std::size_t take(std::span<std::byte> into) {
    std::size_t count = std::min(into.size(), size_);
    if (count != 0) std::memcpy(into.data(), memory_ + first_, count);
    first_ += count;
    size_ -= count;
    if (size_ == 0) free();
    return count;
  }
  void free() {
    if (memory_ != nullptr) release(memory_, capacity_);
    memory_ = nullptr;
    first_ = size_ = capacity_ = 0;
  }
  friend void swap(Buffer& a, Buffer& b) noexcept {
    std::swap(a.memory_, b.memory_);
    std::swap(a.first_, b.first_);
    std::swap(a.size_, b.size_);
    std::swap(a.capacity_, b.capacity_);
  }

 private:
  std::byte* memory_ = nullptr;
  std::size_t first_ = 0;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace net::tls::detail
