// SeenFields: the fields of a request, to be recognised in the requests behind it.
//
// Whoever sends requests without waiting for answers says the same of itself in each of them, and what has been
// found to be valid once is so again: comparing costs a third of looking at each character. It is for one
// connection: how long a comparison takes must tell nobody what others have sent.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace net::http {

class SeenFields {
 public:
  // Whether `text` begins with these fields and the empty line behind them.
  [[nodiscard]] bool begins(std::string_view text) const {
    return size_ != 0 && text.size() >= size_ && std::memcmp(text.data(), bytes_.data(), size_) == 0;
  }
  // `fields` with the empty line, of which the host is a part. Those too long for here are not kept.
  void keep(std::string_view fields, std::uint32_t count, std::string_view host) {
    size_ = 0;
    if (fields.size() > kMost) return;
    std::memcpy(bytes_.data(), fields.data(), fields.size());
    size_ = static_cast<std::uint16_t>(fields.size());
    count_ = static_cast<std::uint16_t>(count);
    host_at_ = static_cast<std::uint16_t>(host.data() - fields.data());
    host_size_ = static_cast<std::uint16_t>(host.size());
  }

  [[nodiscard]] std::uint32_t size() const { return size_; }
  [[nodiscard]] std::uint32_t count() const { return count_; }
  [[nodiscard]] std::uint32_t host_at() const { return host_at_; }
  [[nodiscard]] std::uint32_t host_size() const { return host_size_; }

 private:
  static constexpr std::size_t kMost = 256;
  std::uint16_t size_ = 0;  // none, if 0
  std::uint16_t count_ = 0;
  std::uint16_t host_at_ = 0;
  std::uint16_t host_size_ = 0;
  std::array<char, kMost> bytes_;
};

}  // namespace net::http
