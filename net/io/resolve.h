// resolve: the addresses of a host name.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "net/core/task.h"
#include "net/io/address.h"
#include "net/io/network.h"

namespace net {

// Up to sixteen addresses, best first.
class Addresses {
 public:
  Addresses() {}  // NOLINT: not an aggregate, which g++ 12 destroys twice in a co_await expression
  void push_back(const Address& address) {
    if (size_ < all_.size()) all_[size_++] = address;
  }
  [[nodiscard]] const Address* begin() const { return all_.data(); }
  [[nodiscard]] const Address* end() const { return all_.data() + size_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  const Address& operator[](std::size_t i) const { return all_[i]; }

 private:
  std::array<Address, ResolveOperation::kMaxAddresses> all_{};
  std::size_t size_ = 0;
};

// The addresses of `host`, of one family or of both; an address in text form gives itself at once.
//
// *Errors*: host_not_found, resolver_failed, no_memory. *Cancellation*: at once; a look-up that the system
// cannot stop goes on unseen. *Lifetime*: `host` outlives the await. RFC 6724 orders the answer.
Task<Addresses> resolve(std::string_view host, Family family = Family::kNone);

}  // namespace net
