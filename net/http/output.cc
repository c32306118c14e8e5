#include "net/http/output.h"

#include <array>
#include <charconv>
#include <cstring>
#include <span>

namespace net::http {

void SharedPieces::add(std::size_t at, Bytes content, std::shared_ptr<const void>&& owner) {
  Piece& piece = pieces_[count_++];
  piece.at = at;
  piece.content = content;
  piece.owner = std::move(owner);
  size_ += content.size();
}

std::span<const Bytes> SharedPieces::list(Bytes text, Bytes data, Bytes tail) {
  std::size_t used = 0;
  std::size_t from = 0;
  for (const Piece& piece : std::span(pieces_).first(count_)) {
    list_[used++] = text.subspan(from, piece.at - from);
    list_[used++] = piece.content;
    from = piece.at;
  }
  list_[used++] = text.subspan(from);
  list_[used++] = data;
  list_[used++] = tail;
  return std::span(list_).first(used);
}

void SharedPieces::truncate(std::size_t at) {
  while (count_ != 0 && pieces_[count_ - 1].at > at) {
    Piece& last = pieces_[--count_];
    size_ -= last.content.size();
    last = {};
  }
}

bool Output::take_memory() {
  data_ = static_cast<char*>(allocate(capacity_));
  return data_ != nullptr;
}

char* write_number(char* at, std::uint64_t number, int base) {
  return std::to_chars(at, at + kMostDigits, number, base).ptr;
}

bool Output::append(std::uint64_t number, int base) {
  std::array<char, kMostDigits> digits;
  char* end = write_number(digits.data(), number, base);
  return append(std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())));
}

bool Output::replace(std::size_t at, std::size_t size, std::string_view text) {
  if (text.size() > room() + size || (data_ == nullptr && !take_memory())) return false;
  std::memmove(data_ + at + text.size(), data_ + at + size, size_ - at - size);
  std::memcpy(data_ + at, text.data(), text.size());
  size_ = size_ - size + text.size();
  return true;
}

bool Output::share(Bytes content, std::shared_ptr<const void>&& owner) {
  if (shared_ == nullptr) shared_ = new SharedPieces;
  if (shared_ == nullptr || shared_->full()) return false;
  shared_->add(size_, content, std::move(owner));
  return true;
}

Op<void> Output::send_shared() {
  delete sent_;
  sent_ = std::exchange(shared_, nullptr);
  if (sent_ == nullptr) return stream_.write(take_text());
  return stream_.write(sent_->list(take_text(), {}, {}));
}

Task<> Output::flush(Bytes data, Bytes tail) {
  std::unique_ptr<SharedPieces> shared(std::exchange(shared_, nullptr));
  std::array<Bytes, 3> pieces;
  std::span<const Bytes> list = pieces;
  if (shared != nullptr) {
    list = shared->list(take_text(), data, tail);
  } else {
    pieces = {take_text(), data, tail};
  }
  co_await stream_.write(list);
}

Task<> Output::flush_first(std::size_t count) {
  std::unique_ptr<SharedPieces> shared(std::exchange(shared_, nullptr));
  Bytes first(reinterpret_cast<const std::byte*>(data_), count);
  std::span<const Bytes> list(&first, 1);
  if (shared != nullptr) list = shared->list(first, {}, {});
  co_await stream_.write(list);
  size_ -= count;
  std::memmove(data_, data_ + count, size_);
}

void Output::release() {
  if (data_ != nullptr) net::release(data_, capacity_);
  data_ = nullptr;
  size_ = 0;
  delete std::exchange(shared_, nullptr);
  delete std::exchange(sent_, nullptr);
}

}  // namespace net::http
