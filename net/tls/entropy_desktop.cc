// From the kernel.
#include <sys/random.h>

#include "net/tls/entropy.h"

namespace net::tls {

bool take_entropy(std::span<std::byte> into) {
  return ::getrandom(into.data(), into.size(), 0) == static_cast<ssize_t>(into.size());
}

}  // namespace net::tls
