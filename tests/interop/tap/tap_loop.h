// TapLoop: an lwIP of this program's own on a TAP device, in real time, with a bad way in between.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "embedded/lwip/interface.h"
#include "embedded/lwip/link.h"
#include "embedded/lwip/loop.h"
#include "embedded/lwip/network.h"
#include "tests/interop/tap/faults.h"

namespace net::tap {

// The descriptor is of a TAP device, and does not block.
class TapLink final : public lwip::Link {
 public:
  TapLink(int descriptor, const Quality& quality, std::uint32_t seed)
      : descriptor_(descriptor), in_(quality, seed), out_(quality, seed + 1) {}

  std::array<std::uint8_t, 6> address() override { return {0x02, 0, 0, 0, 0, 0x02}; }
  bool up() override { return true; }
  std::size_t next() override;
  void read(std::span<std::byte> piece) override;
  void listen() override {}
  bool send(std::span<const std::span<const std::byte>> pieces) override;

  // Lets go of what has waited for its time.
  void flush();
  [[nodiscard]] TimePoint due() const { return std::min(in_.due(), out_.due()); }
  [[nodiscard]] const Faults& in() const { return in_; }
  [[nodiscard]] const Faults& out() const { return out_; }

 private:
  int descriptor_;
  Faults in_;
  Faults out_;
  std::span<const std::byte> frame_;
};

class TapLoop final : public lwip::LwipLoop {
 public:
  // `control` is a descriptor whose end, as when a pipe's writer goes, calls `ended`.
  TapLoop(int tap, int control, const Quality& quality, std::uint32_t seed, void (*ended)());

  Network& network() { return network_; }
  [[nodiscard]] const TapLink& link() const { return link_; }
  TimePoint now() override;

 protected:
  void receive() override;
  void rest(TimePoint until) override;
  // Nobody posts from elsewhere.
  void interrupt() override {}

 private:
  int tap_;
  int control_;
  void (*ended_)();
  TapLink link_;
  lwip::LwipNetwork network_{*this};
  lwip::LwipInterface interface_;
};

}  // namespace net::tap
