// System calls of this program seen on their way, libuv's included: they are counted, and some can be refused.
#pragma once

#include <cstdint>

namespace net::uv {

struct Calls {
  std::uint64_t epoll_ctl = 0;
  std::uint64_t epoll_wait = 0;  // rounds of the loop
};
[[nodiscard]] Calls calls();

// The next calls of sendto, of this process, find the socket full.
void refuse_sendto(int times);

}  // namespace net::uv
