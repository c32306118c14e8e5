#include "embedded/boards/mps2/lan9118.h"

#include <cstring>

#include "embedded/boards/board.h"
#include "embedded/runtime/cortex_m/registers.h"

namespace net::board {
namespace {

// System registers (5.3).
constexpr std::uintptr_t kRxData = 0x00;
constexpr std::uintptr_t kTxData = 0x20;
constexpr std::uintptr_t kRxStatus = 0x40;
constexpr std::uintptr_t kByteTest = 0x64;
constexpr std::uintptr_t kInterruptConfig = 0x54;
constexpr std::uintptr_t kInterruptStatus = 0x58;
constexpr std::uintptr_t kInterruptEnable = 0x5C;
constexpr std::uintptr_t kFifoInterrupt = 0x68;
constexpr std::uintptr_t kRxConfig = 0x6C;
constexpr std::uintptr_t kTxConfig = 0x70;
constexpr std::uintptr_t kHardwareConfig = 0x74;
constexpr std::uintptr_t kRxFifo = 0x7C;
constexpr std::uintptr_t kTxFifo = 0x80;
constexpr std::uintptr_t kMacCommand = 0xA4;
constexpr std::uintptr_t kMacData = 0xA8;

constexpr std::uint32_t kByteTestValue = 0x87654321;  // 5.3.9
constexpr std::uint32_t kReset = 1;
constexpr std::uint32_t kStoreAndForward = 1U << 20;  // to be written as one
constexpr std::uint32_t kTxFifoSize = 5U << 16;
constexpr std::uint32_t kTxOn = 1U << 1;
constexpr std::uint32_t kTxStatusMayOverrun = 1U << 2;                  // nobody reads it
constexpr std::uint32_t kInterruptActive = (1U << 8) | (1U << 4) | 1U;  // on, active high, push-pull
constexpr std::uint32_t kFrameArrived = 1U << 3;
constexpr std::uint32_t kPhyChanged = 1U << 18;
constexpr std::uint32_t kBusy = 1U << 31;
constexpr std::uint32_t kMacRead = 1U << 30;

// Registers of the MAC (5.4) and of the PHY (5.5).
constexpr std::uint32_t kMacControl = 1;
constexpr std::uint32_t kMacAddressHigh = 2;
constexpr std::uint32_t kMacAddressLow = 3;
constexpr std::uint32_t kMiiAccess = 6;
constexpr std::uint32_t kMiiData = 7;
constexpr std::uint32_t kFullDuplex = 1U << 20;
constexpr std::uint32_t kAllMulticast = 1U << 19;
constexpr std::uint32_t kTxEnable = 1U << 3;
constexpr std::uint32_t kRxEnable = 1U << 2;
constexpr std::uint32_t kPhyAddress = 1U << 11;
constexpr std::uint32_t kMiiWrite = 1U << 1;
constexpr std::uint32_t kMiiBusy = 1;
constexpr std::uint32_t kPhyControl = 0;
constexpr std::uint32_t kPhyStatus = 1;
constexpr std::uint32_t kPhyInterruptSource = 29;
constexpr std::uint32_t kPhyInterruptMask = 30;
constexpr std::uint32_t kPhyNegotiate = (1U << 12) | (1U << 9);
constexpr std::uint32_t kPhyLink = 1U << 2;
constexpr std::uint32_t kPhyLinkInterrupts = (1U << 4) | (1U << 6);  // link down, negotiation complete

constexpr std::size_t kChecksum = 4;  // the frame check sequence, which the chip delivers too
constexpr std::uint32_t kReceiveError = 1U << 15;
constexpr std::size_t kCommandBytes = 8;  // two command words before each piece
constexpr std::size_t kResetPolls = 1'000'000;

}  // namespace

std::uint32_t Lan9118::mac_read(std::uint32_t index) {
  reg(kMacCommand) = kBusy | kMacRead | index;
  while ((reg(kMacCommand) & kBusy) != 0) {
  }
  return reg(kMacData);
}

void Lan9118::mac_write(std::uint32_t index, std::uint32_t value) {
  reg(kMacData) = value;
  reg(kMacCommand) = kBusy | index;
  while ((reg(kMacCommand) & kBusy) != 0) {
  }
}

std::uint32_t Lan9118::phy_read(std::uint32_t index) {
  mac_write(kMiiAccess, kPhyAddress | index << 6 | kMiiBusy);
  while ((mac_read(kMiiAccess) & kMiiBusy) != 0) {
  }
  return mac_read(kMiiData);
}

void Lan9118::phy_write(std::uint32_t index, std::uint32_t value) {
  mac_write(kMiiData, value);
  mac_write(kMiiAccess, kPhyAddress | index << 6 | kMiiWrite | kMiiBusy);
  while ((mac_read(kMiiAccess) & kMiiBusy) != 0) {
  }
}

bool Lan9118::start() {
  if (reg(kByteTest) != kByteTestValue) return false;
  reg(kHardwareConfig) = kReset;
  for (std::size_t i = 0; (reg(kHardwareConfig) & kReset) != 0; ++i) {
    if (i == kResetPolls) return false;
  }
  reg(kHardwareConfig) = kStoreAndForward | kTxFifoSize;
  reg(kInterruptEnable) = 0;
  reg(kInterruptStatus) = ~std::uint32_t{0};
  reg(kFifoInterrupt) = 0;  // a frame arrived: more than none
  reg(kRxConfig) = 0;
  phy_write(kPhyControl, kPhyNegotiate);
  phy_write(kPhyInterruptMask, kPhyLinkInterrupts);
  up_ = (phy_read(kPhyStatus) & kPhyLink) != 0;
  reg(kTxConfig) = kTxOn | kTxStatusMayOverrun;
  mac_write(kMacControl, kFullDuplex | kAllMulticast | kTxEnable | kRxEnable);
  reg(kInterruptConfig) = kInterruptActive;
  reg(kInterruptEnable) = kFrameArrived | kPhyChanged;
  return true;
}

// The line stays active until the loop has taken what there is.
void Lan9118::on_interrupt() {
  cortex_m::disable_interrupt(interrupt_);
  wake();
}

void Lan9118::listen() {
  reg(kInterruptStatus) = kFrameArrived;
  // A frame of between `next` and here would be told of no more.
  if ((reg(kRxFifo) >> 16 & 0xFF) != 0) wake();
  cortex_m::enable_interrupt(interrupt_);
}

std::array<std::uint8_t, 6> Lan9118::address() {
  std::uint32_t low = mac_read(kMacAddressLow);
  std::uint32_t high = mac_read(kMacAddressHigh);
  std::array<std::uint8_t, 6> address{};
  std::memcpy(address.data(), &low, 4);
  std::memcpy(address.data() + 4, &high, 2);
  return address;
}

bool Lan9118::up() {
  if ((reg(kInterruptStatus) & kPhyChanged) != 0) {
    static_cast<void>(phy_read(kPhyInterruptSource));  // reading it ends the interrupt
    reg(kInterruptStatus) = kPhyChanged;
    // A loss of the link is latched until it is read (5.5.2).
    static_cast<void>(phy_read(kPhyStatus));
    up_ = (phy_read(kPhyStatus) & kPhyLink) != 0;
  }
  return up_;
}

// By reading: the chip can skip by itself (5.3.13), but QEMU never frees the room of a frame that it skips.
void Lan9118::skip() {
  for (; words_ != 0; --words_) {
    [[maybe_unused]] std::uint32_t word = reg(kRxData);
  }
}

std::size_t Lan9118::next() {
  for (;;) {
    skip();
    if ((reg(kRxFifo) >> 16 & 0xFF) == 0) return 0;
    std::uint32_t status = reg(kRxStatus);
    std::size_t length = status >> 16 & 0x3FFF;
    words_ = (length + 3) / 4;
    if ((status & kReceiveError) == 0 && length > kChecksum) return length - kChecksum;
  }
}

void Lan9118::read(std::span<std::byte> piece) {
  std::byte* to = piece.data();
  for (std::size_t left = piece.size(); left != 0;) {
    std::uint32_t word = reg(kRxData);
    --words_;
    std::size_t size = left < sizeof word ? left : sizeof word;
    std::memcpy(to, &word, size);
    to += size;
    left -= size;
  }
}

bool Lan9118::send(std::span<const std::span<const std::byte>> pieces) {
  std::size_t length = 0;
  std::size_t space = 0;
  std::size_t last = 0;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    length += pieces[i].size();
    if (pieces[i].empty()) continue;
    space += kCommandBytes + pieces[i].size() + 2 * sizeof(std::uint32_t);
    last = i;
  }
  if ((reg(kTxFifo) & 0xFFFF) < space) return false;
  bool first = true;
  for (std::size_t i = 0; i <= last; ++i) {
    if (pieces[i].empty()) continue;
    push(pieces[i], static_cast<std::uint32_t>(length), first, i == last);
    first = false;
  }
  return true;
}

// Words are read where they lie; the chip leaves out the bytes before the piece (3.12.2).
void Lan9118::push(std::span<const std::byte> piece, std::uint32_t length, bool first, bool last) {
  auto start = reinterpret_cast<std::uintptr_t>(piece.data());
  std::uint32_t offset = start % 4;
  reg(kTxData) = offset << 16 | std::uint32_t{first} << 13 | std::uint32_t{last} << 12 |
                 static_cast<std::uint32_t>(piece.size());
  reg(kTxData) = length;
  const auto* word = reinterpret_cast<const std::uint32_t*>(start - offset);
  const auto* end = reinterpret_cast<const std::uint32_t*>((start + piece.size() + 3) / 4 * 4);
  for (; word != end; ++word) reg(kTxData) = *word;
}

}  // namespace net::board
