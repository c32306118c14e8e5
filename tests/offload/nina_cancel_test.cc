// What is cancelled, or waits through a reset, at every moment of it: with a NINA module that takes its time.
#include <array>
#include <string>
#include <vector>

#include "net/core/combine.h"
#include "net/core/deadline.h"
#include "tests/offload/nina_bench.h"

namespace net::tests {
namespace {

using std::chrono::seconds;

// Whatever is under way is so for as long as READY takes.
class NinaCancel : public NinaBench {
 protected:
  NinaCancel() : NinaBench(make_slow) {}

 private:
  static std::unique_ptr<NinaBoard> make_slow(uv::UvLoop& loop) {
    std::vector<std::string> options = NinaBoard::options();
    options.insert(options.end(), {"--latency", "2000"});
    const ModelProcess& model = ModelProcess::at("nina", "127.0.0.2", options);
    return std::make_unique<NinaBoard>(loop, model, NinaBoard::settings(kBoard));
  }
};

// Frames on SPI: of POLL and RECVFROM, and some more.
constexpr std::size_t kMoments = 8;

// The one that follows has more room, and gets all of it.
template <class Receive>
Task<> expect_no_datagram_lost(NinaBench& bench, Receive receive) {
  UdpSocket here = co_await bench.bind_here();
  UdpSocket udp = co_await bind_udp(Endpoint(kBoardAddress, 0));
  std::size_t cancelled = 0;
  std::array<std::byte, 2000> buffer;
  for (std::size_t i = 0; i != 4 * kMoments; ++i) {
    std::string sent = pattern(i % 2 == 0 ? 1400 : 5, static_cast<unsigned>(i));
    Beside receiving(receive(udp));
    co_await here.send_to(bytes(sent), udp.local());
    std::size_t end = bench.bus().frames() + i / 4;
    while (bench.bus().frames() < end && !receiving.done()) co_await yield();
    bool done = receiving.done();
    receiving.cancel();
    co_await receiving.join();
    EXPECT_EQ(receiving.code(), done ? Errc::ok : Errc::cancelled) << "after " << i / 4 << " frames";
    if (receiving.code() == Errc::ok) continue;
    ++cancelled;
    if (i % 4 < 2) co_await settle();  // it comes, and nobody waits
    Result<Datagram> next = co_await result(timeout(seconds(5), udp.receive(buffer)));
    EXPECT_TRUE(next) << "after " << i / 4 << " frames";
    if (!next) continue;
    EXPECT_TRUE(text(next->data) == sent) << "after " << i / 4 << " frames";
    EXPECT_FALSE(next->truncated);
    EXPECT_EQ(next->from, here.local());
  }
  EXPECT_GT(cancelled, 4U);
}

TEST_F(NinaCancel, ADatagramThatComesAsItsReceiveIsCancelledIsForTheNextOne) {
  run_as_client([](NinaBench& bench) -> Task<> {
    std::array<std::byte, 4> small;
    auto receive = [&small](UdpSocket& from) { return from.receive(small); };
    co_await expect_no_datagram_lost(bench, receive);
  });
}

TEST_F(NinaCancel, ADatagramThatComesAsTheReceiveOfAViewIsCancelledIsForTheNextOne) {
  run_as_client([](NinaBench& bench) -> Task<> {
    auto receive = [](UdpSocket& from) { return from.receive_view(); };
    co_await expect_no_datagram_lost(bench, receive);
  });
}

// Both have one at about the same time; the loser's stays.
TEST_F(NinaCancel, AReceiveThatLosesARaceLosesNoDatagram) {
  run_as_client([](NinaBench& bench) -> Task<> {
    UdpSocket here = co_await bench.bind_here();
    UdpSocket first = co_await bind_udp(Endpoint(kBoardAddress, 0));
    UdpSocket second = co_await bind_udp(Endpoint(kBoardAddress, 0));
    std::array<std::byte, 8> of_first;
    std::array<std::byte, 8> of_second;
    for (int i = 0; i != 20; ++i) {
      Beside racing(any(first.receive(of_first), second.receive(of_second)));
      for (int turns = i % 5; turns != 0; --turns) co_await yield();
      co_await here.send_to(bytes("1"), first.local());
      co_await here.send_to(bytes("2"), second.local());
      co_await racing.join();
      EXPECT_EQ(racing.code(), Errc::ok);
      if (racing.code() != Errc::ok) co_return;
      auto winner = racing.take();
      UdpSocket& loser = winner.index() == 0 ? second : first;
      Result<Datagram> other = co_await result(timeout(seconds(5), loser.receive(of_first)));
      EXPECT_TRUE(other) << i;
      if (!other) co_return;
      EXPECT_EQ(text(other->data), winner.index() == 0 ? "2" : "1");
    }
  });
}

// The socket is bound again before the slot is asked for: that is not what is waited for.
TEST_F(NinaCancel, AJoinThatWaitsThroughAResetIsNotDoneBeforeItIs) {
  run_as_client([](NinaBench& bench) -> Task<> {
    UdpSocket member = co_await bind_udp(Endpoint(kBoardAddress, 0));
    bench.fault("failed-START_SERVER_TCP 1000000 0 112");
    Beside joining(member.join(Address::v4(239, 255, 7, 1)));
    while (!bench.chip().has_slot()) co_await yield();
    bench.chip().reset();
    co_await bench.chip().up();
    co_await joining.join();
    EXPECT_EQ(joining.code(), Errc::address_in_use);
    bench.fault("failed-START_SERVER_TCP 0");
    co_await member.join(Address::v4(239, 255, 7, 1));
  });
}

}  // namespace
}  // namespace net::tests
