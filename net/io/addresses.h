// Addresses: those of one host.
#pragma once

#include <array>
#include <cstddef>

#include "net/io/address.h"

namespace net {

// Up to sixteen addresses, best first.
class Addresses {
 public:
  static constexpr std::size_t kMax = 16;

  Addresses() {}  // NOLINT: not an aggregate, which g++ 12 destroys twice in a co_await expression
  // Beyond the last one nothing happens.
  void push_back(const Address& address) {
    if (size_ < kMax) all_[size_++] = address;
  }
  [[nodiscard]] const Address* begin() const { return all_.data(); }
  [[nodiscard]] const Address* end() const { return all_.data() + size_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  const Address& operator[](std::size_t i) const { return all_[i]; }

 private:
  std::array<Address, kMax> all_{};
  std::size_t size_ = 0;
};

}  // namespace net
