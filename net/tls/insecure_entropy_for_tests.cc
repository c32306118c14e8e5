// Not random at all: for tests on emulated boards, which have no entropy. Whoever links this has no security.
#include <cstdint>

#include "net/core/log.h"
#include "net/tls/entropy.h"

extern "C" bool net_board_entropy(unsigned char* into, std::size_t size) {
  static std::uint64_t state = 0x9E3779B97F4A7C15;
  net::log(net::LogLevel::kWarn, "INSECURE: keys from a fixed sequence; for tests only");
  for (std::size_t i = 0; i < size; ++i) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    into[i] = static_cast<unsigned char>(state >> 56);
  }
  return true;
}
