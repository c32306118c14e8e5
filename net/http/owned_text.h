// OwnedText: a text in one block of memory that grows up to a limit.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>

#include "net/core/memory.h"

namespace net::http {

// Movable.
class OwnedText {
 public:
  OwnedText() = default;
  OwnedText(OwnedText&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        capacity_(std::exchange(other.capacity_, 0)),
        size_(std::exchange(other.size_, 0)) {}
  OwnedText& operator=(OwnedText&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(capacity_, other.capacity_);
    std::swap(size_, other.size_);
    return *this;
  }
  OwnedText(const OwnedText&) = delete;
  OwnedText& operator=(const OwnedText&) = delete;
  ~OwnedText() {
    if (data_ != nullptr) release(data_, capacity_);
  }

  [[nodiscard]] std::string_view view() const { return {data_, size_}; }
  [[nodiscard]] std::size_t size() const { return size_; }

  // Room for so many bytes in all, without changing what is there. False without memory.
  [[nodiscard]] bool reserve(std::size_t capacity) {
    if (capacity <= capacity_) return true;
    auto* data = static_cast<char*>(allocate(capacity));
    if (data == nullptr) return false;
    if (size_ != 0) std::memcpy(data, data_, size_);
    if (data_ != nullptr) release(data_, capacity_);
    data_ = data;
    capacity_ = capacity;
    return true;
  }
  // As `reserve` of `more` bytes behind what is there, and now and then more than asked for.
  [[nodiscard]] bool make_room(std::size_t more) {
    if (more <= capacity_ - size_) return true;
    return reserve(std::max(size_ + more, 2 * capacity_));
  }
  // All of the text, or nothing and false without memory.
  [[nodiscard]] bool append(std::string_view text) {
    if (!make_room(text.size())) return false;
    if (data_ != nullptr && !text.empty()) std::memcpy(data_ + size_, text.data(), text.size());
    size_ += text.size();
    return true;
  }
  // What has been reserved and is not part of the text, and making its beginning part of it.
  [[nodiscard]] std::span<char> room() { return {data_ + size_, capacity_ - size_}; }
  void grow(std::size_t count) { size_ += count; }
  void clear() { size_ = 0; }

 private:
  char* data_ = nullptr;
  std::size_t capacity_ = 0;
  std::size_t size_ = 0;
};

}  // namespace net::http
