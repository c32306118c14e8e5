#include "embedded/boards/lm3s6965evb/ethernet.h"

#include <algorithm>

#include "embedded/boards/board.h"
#include "embedded/boards/lm3s6965evb/lm3s6965.h"
#include "embedded/runtime/cortex_m/registers.h"

namespace net::board {
namespace {

using cortex_m::reg;

// 16.5: registers of the controller.
constexpr std::uint32_t kBase = 0x40048000;
constexpr std::uint32_t kStatus = kBase + 0x000;  // MACRIS when read, MACIACK when written
constexpr std::uint32_t kInterruptMask = kBase + 0x004;
constexpr std::uint32_t kReceiveControl = kBase + 0x008;
constexpr std::uint32_t kTransmitControl = kBase + 0x00C;
constexpr std::uint32_t kData = kBase + 0x010;
constexpr std::uint32_t kAddressLow = kBase + 0x014;
constexpr std::uint32_t kAddressHigh = kBase + 0x018;
constexpr std::uint32_t kThreshold = kBase + 0x01C;
constexpr std::uint32_t kPhyControl = kBase + 0x020;
constexpr std::uint32_t kPhyDivider = kBase + 0x024;
constexpr std::uint32_t kPhySend = kBase + 0x02C;
constexpr std::uint32_t kPhyReceive = kBase + 0x030;
constexpr std::uint32_t kFrames = kBase + 0x034;
constexpr std::uint32_t kTransmit = kBase + 0x038;

constexpr std::uint32_t kReceived = 1U << 0;
constexpr std::uint32_t kOverrun = 1U << 3;
constexpr std::uint32_t kPhyChanged = 1U << 6;
constexpr std::uint32_t kReceiveOn = 1U << 0;
constexpr std::uint32_t kAllMulticast = 1U << 1;
constexpr std::uint32_t kRejectBadChecksum = 1U << 3;
constexpr std::uint32_t kResetFifo = 1U << 4;
constexpr std::uint32_t kTransmitOn = 0x17;  // pads, adds the checksum, full duplex
constexpr std::uint32_t kNoThreshold = 0x3F;
constexpr std::uint32_t kMegahertz = 2'500'000;  // the PHY's interface, at most

constexpr std::size_t kHeader = 14;     // of Ethernet, which the length to send leaves out (16.4.1.2)
constexpr std::size_t kAround = 2 + 4;  // the length itself and the checksum, in the length received
constexpr std::size_t kLongest = kHeader + 4 + 1500;  // with a VLAN's tag
constexpr std::uint32_t kPhyStatus = 1;
constexpr std::uint32_t kPhyInterrupts = 17;          // MR17: enables in the upper half, causes in the lower
constexpr std::uint32_t kPhyLinkInterrupts = 0x1100;  // auto-negotiation complete, link changed
constexpr std::uint32_t kPhyLink = 1U << 2;
constexpr int kTransmitPolls = 100'000;  // far more than a frame takes at 10 Mbit/s

// Where the board's address is kept (FMUSERREG0 and 1): three bytes each.
constexpr std::uint32_t kUserLow = 0x400FE1E0;
constexpr std::uint32_t kUserHigh = 0x400FE1E4;

}  // namespace

std::uint32_t StellarisEthernet::phy_read(std::uint32_t index) {
  reg(kPhyControl) = index << 3 | 1;
  for (int i = 0; (reg(kPhyControl) & 1) != 0 && i < kTransmitPolls; ++i) {
  }
  return reg(kPhyReceive) & 0xFFFF;
}

void StellarisEthernet::phy_write(std::uint32_t index, std::uint32_t value) {
  reg(kPhySend) = value;
  reg(kPhyControl) = index << 3 | 3;
  for (int i = 0; (reg(kPhyControl) & 1) != 0 && i < kTransmitPolls; ++i) {
  }
}

void StellarisEthernet::start() {
  std::uint32_t low = reg(kUserLow);
  std::uint32_t high = reg(kUserHigh);
  for (unsigned i = 0; i < 3; ++i) {
    address_[i] = static_cast<std::uint8_t>(low >> (8 * i));
    address_[i + 3] = static_cast<std::uint8_t>(high >> (8 * i));
  }
  reg(kInterruptMask) = 0;
  reg(kReceiveControl) = kResetFifo;
  reg(kPhyDivider) = kFrequency / 2 / kMegahertz;
  reg(kAddressLow) = address_[0] | address_[1] << 8 | address_[2] << 16 | std::uint32_t{address_[3]} << 24;
  reg(kAddressHigh) = address_[4] | address_[5] << 8;
  reg(kThreshold) = kNoThreshold;
  reg(kStatus) = reg(kStatus);
  phy_write(kPhyInterrupts, kPhyLinkInterrupts);
  reg(kTransmitControl) = kTransmitOn;
  empty();
  reg(kInterruptMask) = kReceived | kPhyChanged;
}

void StellarisEthernet::on_interrupt() {
  cortex_m::disable_interrupt(kEthernetInterrupt);
  wake();
}

void StellarisEthernet::listen() {
  reg(kStatus) = kReceived;
  if (reg(kFrames) != 0) wake();
  cortex_m::enable_interrupt(kEthernetInterrupt);
}

bool StellarisEthernet::up() {
  if ((reg(kStatus) & kPhyChanged) != 0) {
    static_cast<void>(phy_read(kPhyInterrupts));  // reading it ends the interrupt
    reg(kStatus) = kPhyChanged;
    up_ = false;
  }
  if (!up_) {
    // A PHY has abilities, which are in this register: one without any is not there (QEMU has none).
    std::uint32_t status = phy_read(kPhyStatus);
    up_ = status == 0 || (status & kPhyLink) != 0;
  }
  return up_;
}

void StellarisEthernet::load_word() {
  word_ = reg(kData);
  --words_;
  in_word_ = 4;
}

void StellarisEthernet::skip() {
  while (words_ != 0) load_word();
  in_word_ = 0;
}

std::size_t StellarisEthernet::next() {
  skip();
  if ((reg(kStatus) & kOverrun) != 0) {
    // What is in the buffer is no longer whole (16.4.1.3).
    reg(kStatus) = kOverrun;
    empty();
  }
  if (reg(kFrames) == 0) return 0;
  words_ = 1;
  load_word();
  std::size_t length = word_ & 0xFFFF;
  word_ >>= 16;
  in_word_ = 2;
  if (length < kHeader + kAround || length > kLongest + kAround) {
    // This was not the start of a frame, and where the next one starts nothing tells.
    empty();
    in_word_ = 0;
    return 0;
  }
  words_ = (length + 3) / 4 - 1;
  return length - kAround;
}

// Receives anew, with nothing of what had arrived.
void StellarisEthernet::empty() {
  reg(kReceiveControl) = kResetFifo;
  reg(kReceiveControl) = kReceiveOn | kAllMulticast | kRejectBadChecksum;
}

void StellarisEthernet::read(std::span<std::byte> piece) {
  for (std::byte& byte : piece) {
    if (in_word_ == 0) load_word();
    byte = static_cast<std::byte>(word_);
    word_ >>= 8;
    --in_word_;
  }
}

bool StellarisEthernet::send(std::span<const std::span<const std::byte>> pieces) {
  for (int i = 0; (reg(kTransmit) & 1) != 0; ++i) {
    if (i == kTransmitPolls) return false;
  }
  std::size_t length = 0;
  for (std::span<const std::byte> piece : pieces) length += piece.size();
  if (length < kHeader) return false;
  std::uint32_t word = static_cast<std::uint32_t>(length - kHeader);
  unsigned filled = 2;
  for (std::span<const std::byte> piece : pieces) {
    for (std::byte byte : piece) {
      word |= static_cast<std::uint32_t>(byte) << (8 * filled);
      if (++filled == 4) {
        reg(kData) = word;
        word = 0;
        filled = 0;
      }
    }
  }
  if (filled != 0) reg(kData) = word;
  reg(kTransmit) = 1;
  return true;
}

}  // namespace net::board
