// Arena: memory of a fixed size, out of which blocks are taken whose sizes their owners know.
#pragma once

#include <cstddef>

namespace net {

// Blocks have no headers. What is free is a list in the order of addresses, in which neighbours are always one
// piece; the first that is large enough gives. Both operations look at the free pieces one after another: a
// program asks as connections and tasks come and go, not for each operation.
class Arena {
 public:
  // The grain of sizes, and the alignment of blocks.
  static constexpr std::size_t kGrain = 2 * sizeof(void*);

  // *Lifetime*: the memory, which is aligned to the grain, outlives the arena.
  Arena(void* memory, std::size_t size);
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // A block of `size` bytes, at least one; null where no piece is large enough.
  void* allocate(std::size_t size);
  // Gives a block back, with the size that it was asked for.
  void release(void* block, std::size_t size);

  // The largest block that can be had.
  [[nodiscard]] std::size_t largest() const;

 private:
  struct Piece {
    Piece* next;
    std::size_t size;
  };
  static_assert(sizeof(Piece) == kGrain);

  Piece* first_;
};

}  // namespace net
