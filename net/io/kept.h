// Kept: what a write that waits was given, where that is memory that the loop lends to others meanwhile. For
// backends, and streams over streams.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>

#include "net/core/loop.h"
#include "net/core/memory.h"
#include "net/io/socket.h"

namespace net {

#ifdef NET_ARENA

// On a device streams lend memory of their own.
class Kept {
 public:
  static bool keep(Loop&, WriteOperation&) { return true; }
  static bool keep(Loop&, Bytes&) { return true; }
  static void drop() {}
};

#else

class Kept {
 public:
  Kept() = default;
  Kept(const Kept&) = delete;
  Kept& operator=(const Kept&) = delete;
  ~Kept() { drop(); }

  // Copies what is left of the write, or the data, if need be; false without memory.
  bool keep(Loop& loop, WriteOperation& write) {
    std::span<const Bytes> rest(write.list, write.count);
    bool lent = loop.lends(write.current) ||
                std::any_of(rest.begin(), rest.end(), [&](Bytes piece) { return loop.lends(piece); });
    if (copy_ != nullptr || !lent) return true;
    std::size_t size = write.current.size();
    for (Bytes piece : rest) size += piece.size();
    if (!make(size)) return false;
    std::byte* end = std::copy(write.current.begin(), write.current.end(), copy_);
    for (Bytes piece : rest) end = std::copy(piece.begin(), piece.end(), end);
    write.current = {copy_, size_};
    write.count = 0;
    return true;
  }
  bool keep(Loop& loop, Bytes& data) {
    if (copy_ != nullptr || !loop.lends(data)) return true;
    if (!make(data.size())) return false;
    std::copy(data.begin(), data.end(), copy_);
    data = {copy_, size_};
    return true;
  }
  void drop() {
    if (copy_ != nullptr) release(std::exchange(copy_, nullptr), size_);
  }

 private:
  bool make(std::size_t size) {
    copy_ = static_cast<std::byte*>(allocate(size));
    size_ = size;
    return copy_ != nullptr;
  }

  std::byte* copy_ = nullptr;
  std::size_t size_ = 0;
};

#endif

}  // namespace net
