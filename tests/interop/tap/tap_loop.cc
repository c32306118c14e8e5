#include "tests/interop/tap/tap_loop.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>
#include <random>

#include <poll.h>
#include <unistd.h>

namespace net::tap {
namespace {

// Also where no loop runs: lwIP sends as its interface goes.
TimePoint present() { return TimePoint(std::chrono::steady_clock::now().time_since_epoch()); }

// RFC 2544, C.2.2: for tests between two networks; the kernel's end has 198.18.0.1.
const lwip::StaticAddress own_address = lwip::StaticAddress().set_v4(*Address::parse("198.18.0.2"), 24);

}  // namespace

std::size_t TapLink::next() {
  std::array<std::byte, 2048> buffer;
  TimePoint now = present();
  for (;;) {
    ssize_t size = ::read(descriptor_, buffer.data(), buffer.size());
    if (size <= 0) break;
    in_.put(std::span(buffer).first(static_cast<std::size_t>(size)), now);
  }
  frame_ = in_.take(now);
  return frame_.size();
}

void TapLink::read(std::span<std::byte> piece) {
  std::memcpy(piece.data(), frame_.data(), piece.size());
  frame_ = frame_.subspan(piece.size());
}

bool TapLink::send(std::span<const std::span<const std::byte>> pieces) {
  std::vector<std::byte> frame;
  for (std::span<const std::byte> piece : pieces) frame.insert(frame.end(), piece.begin(), piece.end());
  out_.put(frame, present());
  flush();
  return true;
}

void TapLink::flush() {
  TimePoint now = present();
  for (;;) {
    std::span<const std::byte> frame = out_.take(now);
    if (frame.empty()) return;
    // One that the kernel has no room for is lost, as on any way.
    [[maybe_unused]] ssize_t written = ::write(descriptor_, frame.data(), frame.size());
  }
}

TapLoop::TapLoop(int tap, int control, const Quality& quality, std::uint32_t seed, void (*ended)())
    : tap_(tap),
      control_(control),
      ended_(ended),
      link_(tap, quality, seed),
      interface_((begin(), link_), network_, own_address) {}

TimePoint TapLoop::now() { return present(); }

void TapLoop::receive() {
  interface_.receive();
  link_.flush();
}

void TapLoop::rest(TimePoint until) {
  Duration left = std::max(std::min(until, link_.due()) - now(), Duration::zero());
  std::chrono::seconds seconds =
      std::min(std::chrono::floor<std::chrono::seconds>(left), std::chrono::seconds(3600));
  timespec wait{seconds.count(), std::min(left - seconds, Duration(999'999'999)).count()};
  pollfd watched[] = {{tap_, POLLIN, 0}, {control_, POLLIN, 0}};
  ::ppoll(watched, control_ == -1 ? 1 : 2, &wait, nullptr);
  if ((watched[1].revents & (POLLHUP | POLLIN)) != 0) {
    control_ = -1;
    ended_();
  }
}

}  // namespace net::tap

extern "C" unsigned int net_lwip_random() {
  static std::random_device device;
  return device();
}
