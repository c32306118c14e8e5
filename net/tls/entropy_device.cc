// From the board, if it has any.
#include "net/tls/entropy.h"

extern "C" [[gnu::weak]] bool net_board_entropy(unsigned char*, std::size_t) { return false; }

namespace net::tls {

bool take_entropy(std::span<std::byte> into) {
  return net_board_entropy(reinterpret_cast<unsigned char*>(into.data()), into.size());
}

}  // namespace net::tls
