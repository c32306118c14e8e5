// What a program that this one starts does not get.
#include <csignal>

#include <fcntl.h>

#include "net/core/signal.h"
#include "net/uv/pipe.h"
#include "tests/uv/fixture.h"

namespace net::uv {
namespace {

class DescriptorTest : public UvTest {};

TEST_F(DescriptorTest, AllAreClosedOnExec) {
  std::vector<bool> before(1000);
  for (int fd = 0; fd < 1000; ++fd) before[static_cast<std::size_t>(fd)] = ::fcntl(fd, F_GETFD) != -1;
  run(
      [](std::vector<bool>& had) -> Task<> {
        Listener listener = co_await listen(kAnyPort);
        Listener any = co_await listen(0);
        Stream client = co_await connect(listener.local());
        Stream server = co_await listener.accept();
        UdpSocket udp = co_await bind_udp(0);
        UdpSocket connected = co_await connect_udp(Endpoint(Address::loopback_v4(), udp.local().port()));
        auto pipe = make_pipe();
        EXPECT_TRUE(pipe);
        Beside waiting(signal(SIGUSR2));
        co_await settle();
        for (int fd = 0; fd < 1000; ++fd) {
          int flags = ::fcntl(fd, F_GETFD);
          if (had[static_cast<std::size_t>(fd)] || flags == -1) continue;
          EXPECT_NE(flags & FD_CLOEXEC, 0) << "descriptor " << fd;
        }
        waiting.cancel();
        co_await waiting.join();
      },
      before);
}

}  // namespace
}  // namespace net::uv
