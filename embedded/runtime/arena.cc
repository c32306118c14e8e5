#include "embedded/runtime/arena.h"

#include <algorithm>
#include <new>

namespace net {
namespace {

constexpr std::size_t rounded(std::size_t size) {
  return (size + Arena::kGrain - 1) / Arena::kGrain * Arena::kGrain;
}

std::byte* end_of(void* block, std::size_t size) { return static_cast<std::byte*>(block) + size; }

}  // namespace

Arena::Arena(void* memory, std::size_t size) : first_(new(memory) Piece{nullptr, size / kGrain * kGrain}) {}

void* Arena::allocate(std::size_t wanted) {
  std::size_t size = rounded(wanted);
  if (size < wanted) return nullptr;  // more than can be told
  for (Piece** link = &first_; *link != nullptr; link = &(*link)->next) {
    Piece* piece = *link;
    if (piece->size < size) continue;
    *link =
        piece->size == size ? piece->next : new (end_of(piece, size)) Piece{piece->next, piece->size - size};
    return piece;
  }
  return nullptr;
}

void Arena::release(void* block, std::size_t size) {
  size = rounded(size);
  Piece* before = nullptr;
  Piece* after = first_;
  while (after != nullptr && after < block) {
    before = after;
    after = after->next;
  }
  if (after != nullptr && end_of(block, size) == end_of(after, 0)) {
    size += after->size;
    after = after->next;
  }
  if (before != nullptr && end_of(before, before->size) == block) {
    before->size += size;
    before->next = after;
    return;
  }
  (before != nullptr ? before->next : first_) = new (block) Piece{after, size};
}

std::size_t Arena::largest() const {
  std::size_t most = 0;
  for (const Piece* piece = first_; piece != nullptr; piece = piece->next) most = std::max(most, piece->size);
  return most;
}

}  // namespace net
