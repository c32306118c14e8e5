#include "net/http/output.h"

#include <array>
#include <charconv>
#include <cstring>
#include <span>

#include "net/core/memory.h"

namespace net::http {

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

Task<> Output::flush(Bytes data, Bytes tail) {
  std::array<Bytes, 3> pieces{Bytes(reinterpret_cast<const std::byte*>(data_), size_), data, tail};
  size_ = 0;
  co_await stream_.write(std::span<const Bytes>(pieces));
}

Task<> Output::flush_first(std::size_t count) {
  co_await stream_.write(Bytes(reinterpret_cast<const std::byte*>(data_), count));
  size_ -= count;
  std::memmove(data_, data_ + count, size_);
}

void Output::release() {
  if (data_ != nullptr) net::release(data_, capacity_);
  data_ = nullptr;
  size_ = 0;
}

}  // namespace net::http
