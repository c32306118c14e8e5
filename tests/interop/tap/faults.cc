#include "tests/interop/tap/faults.h"

#include <chrono>

namespace net::tap {
namespace {

constexpr std::size_t kEthernetHeader = 14;
constexpr std::uint32_t kLongestDelay = 30'000;  // microseconds

// An ARP message has no checksum: whoever gets a spoilt one is told lies, which no TCP can mend.
bool is_ip(std::span<const std::byte> frame) {
  auto type = static_cast<unsigned>(frame[12]) << 8 | static_cast<unsigned>(frame[13]);
  return type == 0x0800 || type == 0x86DD;
}

}  // namespace

void Faults::put(std::span<const std::byte> frame, TimePoint now) {
  ++count_;
  int copies = 1;
  if (chance(quality_.duplication)) {
    ++duplicated_;
    copies = 2;
  }
  for (int i = 0; i < copies; ++i) {
    if (chance(quality_.loss)) {
      ++lost_;
      continue;
    }
    Frame copy{now, count_, {frame.begin(), frame.end()}};
    if (chance(quality_.delay)) {
      ++delayed_;
      copy.at += std::chrono::microseconds(random_() % kLongestDelay);
    }
    if (frame.size() > kEthernetHeader && is_ip(frame) && chance(quality_.corruption)) {
      ++corrupted_;
      corrupt(copy.bytes);
    }
    frames_.push(std::move(copy));
  }
}

void Faults::corrupt(std::vector<std::byte>& frame) {
  std::size_t at = kEthernetHeader + random_() % (frame.size() - kEthernetHeader);
  frame[at] ^= std::byte{1} << random_() % 8;
}

std::span<const std::byte> Faults::take(TimePoint now) {
  if (frames_.empty() || frames_.top().at > now) return {};
  taken_ = frames_.top().bytes;
  frames_.pop();
  return taken_;
}

TimePoint Faults::due() const { return frames_.empty() ? TimePoint::max() : frames_.top().at; }

void Faults::describe(TextBuffer& out) const {
  out << count_ << " frames, " << lost_ << " lost, " << duplicated_ << " duplicated, " << delayed_
      << " delayed, " << corrupted_ << " corrupted";
}

}  // namespace net::tap
