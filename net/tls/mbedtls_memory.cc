// mbedTLS's memory, from where the library's frames come, so that limits count it.
#include <cstddef>
#include <cstring>

#include "net/core/memory.h"
#include "net/tls/mbedtls_context.h"

namespace net::tls::mbedtls {
namespace {

constexpr std::size_t kHeader = alignof(std::max_align_t);
constinit NET_THREAD_LOCAL bool refused = false;

}  // namespace

bool take_refusal() { return std::exchange(refused, false); }

}  // namespace net::tls::mbedtls

extern "C" void* net_tls_calloc(size_t count, size_t size) {
  using namespace net::tls::mbedtls;
  std::size_t all = 0;
  void* whole = nullptr;
  if (!__builtin_mul_overflow(count, size, &all) && !__builtin_add_overflow(all, kHeader, &all)) {
    whole = net::allocate(all);
  }
  if (whole == nullptr) {
    refused = true;
    return nullptr;
  }
  std::memset(whole, 0, all);
  std::memcpy(whole, &all, sizeof all);
  return static_cast<std::byte*>(whole) + kHeader;
}

extern "C" void net_tls_free(void* block) {
  using namespace net::tls::mbedtls;
  if (block == nullptr) return;
  void* whole = static_cast<std::byte*>(block) - kHeader;
  std::size_t all = 0;
  std::memcpy(&all, whole, sizeof all);
  net::release(whole, all);
}
