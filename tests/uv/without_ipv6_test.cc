// Listening on a port of a system that has no IPv6.
#include <cerrno>
#include <cstddef>
#include <cstdint>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "tests/uv/fixture.h"

namespace net::uv {
namespace {

// From here on this process gets no socket of IPv6 (seccomp(2)). For good: it is the only test of its program.
bool forbid_ipv6() {
  auto here = [](std::size_t member) { return static_cast<std::uint32_t>(member); };
  sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, here(offsetof(seccomp_data, nr))),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, here(offsetof(seccomp_data, args))),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAFNOSUPPORT),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  sock_fprog program = {std::size(filter), filter};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

class WithoutIpv6Test : public UvTest {};

TEST_F(WithoutIpv6Test, APortIsListenedToOnIPv4) {
  ASSERT_TRUE(forbid_ipv6());
  run([]() -> Task<> {
    Listener listener = co_await listen(0);
    EXPECT_EQ(listener.local().address(), Address::any_v4());
    Stream client = co_await connect(Endpoint(Address::loopback_v4(), listener.local().port()));
    Stream server = co_await listener.accept();
    EXPECT_TRUE(server.peer().address().is_loopback());
    // Who asks for IPv6 is told that there is none.
    Errc code = co_await failure_of(listen(Endpoint(Address::any_v6(), 0)));
    EXPECT_EQ(code, Errc::not_supported);
  });
}

}  // namespace
}  // namespace net::uv
