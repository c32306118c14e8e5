// Faults: what becomes of frames on a bad way, from a seed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <queue>
#include <random>
#include <span>
#include <vector>

#include "net/core/text.h"
#include "net/core/time.h"

namespace net::tap {

// Probabilities for each frame, in thousandths.
class Quality {
 public:
  std::uint32_t loss = 0;
  std::uint32_t duplication = 0;
  std::uint32_t delay = 0;       // by up to 30 ms, so that others overtake it
  std::uint32_t corruption = 0;  // one bit of an IP packet is inverted
};

// One direction. What goes in comes out at its time, or not, or twice.
class Faults {
 public:
  Faults(const Quality& quality, std::uint32_t seed) : quality_(quality), random_(seed) {}

  void put(std::span<const std::byte> frame, TimePoint now);
  // The next frame whose time has come; empty: none. Valid until the next call.
  std::span<const std::byte> take(TimePoint now);
  // When the next frame comes out; TimePoint::max() if none is on its way.
  [[nodiscard]] TimePoint due() const;

  void describe(TextBuffer& out) const;

 private:
  struct Frame {
    TimePoint at;
    std::uint64_t order;
    std::vector<std::byte> bytes;
    friend bool operator<(const Frame& a, const Frame& b) {
      return a.at != b.at ? a.at > b.at : a.order > b.order;  // the first in time is the queue's top
    }
  };
  bool chance(std::uint32_t thousandths) { return random_() % 1000 < thousandths; }
  void corrupt(std::vector<std::byte>& frame);

  Quality quality_;
  std::mt19937 random_;
  std::priority_queue<Frame> frames_;
  std::vector<std::byte> taken_;
  std::uint64_t count_ = 0;
  std::uint64_t lost_ = 0;
  std::uint64_t duplicated_ = 0;
  std::uint64_t delayed_ = 0;
  std::uint64_t corrupted_ = 0;
};

}  // namespace net::tap
