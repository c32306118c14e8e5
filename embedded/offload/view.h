// View: memory of a socket's own, which it lends to reads that bring no buffer.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include "net/core/memory.h"

namespace net::offload {

template <std::size_t kSize>
class View {
 public:
  View() = default;
  View(const View&) = delete;
  View& operator=(const View&) = delete;
  ~View() { release(bytes_, kSize); }

  // Up to so many bytes, which are its own from the first time on; none without memory.
  std::span<std::byte> lend(std::size_t most) {
    if (bytes_ == nullptr) bytes_ = static_cast<std::byte*>(allocate(kSize));
    if (bytes_ == nullptr) return {};
    return {bytes_, std::min(most, kSize)};
  }

 private:
  std::byte* bytes_ = nullptr;
};

}  // namespace net::offload
