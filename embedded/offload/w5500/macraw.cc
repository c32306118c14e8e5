#include "embedded/offload/w5500/macraw.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace net::w5500 {
namespace {

using std::chrono::milliseconds;

// RSTn is low for 500 us at least, and the PLL locks within 1 ms; boards take longer.
constexpr Duration kReset = milliseconds(1);
constexpr Duration kStart = milliseconds(2);
constexpr int kPatience = 100;
constexpr std::byte kAllMemory{16};       // KB
constexpr std::size_t kMemory = 16384;    // bytes
constexpr std::size_t kHeader = 2;        // before each frame: its length with these (Sn_MR, MACRAW)
constexpr std::size_t kSmallest = 14;     // addresses and type
constexpr std::size_t kLargest = 1514;    // Sn_MSSR
constexpr int kTries = 2000;              // a command is accepted, and a frame is sent, long before
constexpr std::uint8_t kFirstSocket = 1;  // of kSocketInterruptMask
constexpr std::uint8_t kInterruptMaskOf = 0x2C;
constexpr std::uint8_t kReceiveMemory = 0x1E;
constexpr std::uint8_t kSendMemory = 0x1F;
constexpr Block kRegisters = registers_of(0);

}  // namespace

MacrawLink::MacrawLink(offload::Bus& bus, const std::array<std::uint8_t, 6>& address, Pause pause)
    : chip_(bus), address_(address), pause_(pause) {
  begin();
}

bool MacrawLink::begin() {
  chip_.bus().reset(true);
  pause_(kReset);
  chip_.bus().reset(false);
  for (int tries = 0; tries != kPatience; ++tries) {
    pause_(kStart);
    if (chip_.read_twice<1>(kCommon, kVersion)[0] != std::byte{kVersionIs}) continue;
    chip_.write(kCommon, kHardwareAddress, std::as_bytes(std::span(address_)));
    for (unsigned socket = kSockets; socket-- != 0;) {
      // Those of the others first, as all of them share 16 KB each way (Sn_RXBUF_SIZE).
      std::byte size = socket == 0 ? kAllMemory : std::byte{};
      chip_.write(registers_of(socket), kReceiveMemory, std::array{size, size});
    }
    static_assert(kSendMemory == kReceiveMemory + 1);
    chip_.write8(kRegisters, kInterruptMaskOf, kReceived);
    open();
    chip_.write8(kCommon, kSocketInterruptMask, kFirstSocket);
    return true;
  }
  return false;
}

void MacrawLink::order(Command command) {
  chip_.write8(kRegisters, kCommand, command);
  for (int tries = 0; tries != kTries; ++tries) {
    if (chip_.read8(kRegisters, kCommand) == 0) return;
  }
}

// Own frames, broadcasts and groups: MFEN.
void MacrawLink::open() {
  order(kClose);
  chip_.write8(kRegisters, kMode, kMacraw | kMulticast);
  chip_.write8(kRegisters, kInterrupt, kAllInterrupts);
  order(kOpen);
  send_at_ = chip_.read16_twice(kRegisters, kSendPointer);
  receive_at_ = chip_.read16_twice(kRegisters, kReceivePointer);
  in_frame_ = sending_ = false;
}

bool MacrawLink::up() {
  auto mask = chip_.read_twice<1>(kCommon, kSocketInterruptMask);
  if (mask[0] != std::byte{kFirstSocket} && !begin()) return false;
  return (chip_.read_twice<1>(kCommon, kPhy)[0] & std::byte{kLinkIsUp}) != std::byte{};
}

std::size_t MacrawLink::received() { return chip_.read16_twice(kRegisters, kReceivedSize); }

// What is left of the present frame leaves the memory.
void MacrawLink::skip() {
  if (!std::exchange(in_frame_, false)) return;
  receive_at_ = static_cast<std::uint16_t>(receive_at_ + left_);
  chip_.write16(kRegisters, kReceivePointer, receive_at_);
  order(kReceive);
}

std::size_t MacrawLink::next() {
  skip();
  std::size_t there = received();
  if (there == 0) {
    // From here on what comes wakes; what came before that is there now.
    chip_.write8(kRegisters, kInterrupt, kReceived);
    there = received();
    if (there == 0) return 0;
  }
  auto header = chip_.read_twice<kHeader>(receive_buffer_of(0), receive_at_);
  std::size_t length = word_of(header);
  if (length < kHeader + kSmallest || length > kHeader + kLargest || length > there || there > kMemory) {
    open();  // where the next frame begins nobody knows
    return 0;
  }
  receive_at_ = static_cast<std::uint16_t>(receive_at_ + kHeader);
  left_ = static_cast<std::uint16_t>(length - kHeader);
  in_frame_ = true;
  return left_;
}

void MacrawLink::read(std::span<std::byte> piece) {
  std::span<std::byte> part = piece.first(std::min<std::size_t>(piece.size(), left_));
  chip_.read(receive_buffer_of(0), receive_at_, part);
  receive_at_ = static_cast<std::uint16_t>(receive_at_ + part.size());
  left_ = static_cast<std::uint16_t>(left_ - part.size());
}

bool MacrawLink::sent() {
  if (!sending_) return true;
  for (int tries = 0; tries != kTries; ++tries) {
    auto state = chip_.read_twice<1>(kRegisters, kInterrupt);
    if ((state[0] & std::byte{kSent}) == std::byte{}) continue;
    chip_.write8(kRegisters, kInterrupt, kSent);
    sending_ = false;
    return true;
  }
  return false;
}

bool MacrawLink::send(std::span<const std::span<const std::byte>> pieces) {
  std::size_t size = 0;
  for (std::span<const std::byte> piece : pieces) size += piece.size();
  if (size > kLargest || !sent()) return false;
  for (std::span<const std::byte> piece : pieces) {
    chip_.write(send_buffer_of(0), send_at_, piece);
    send_at_ = static_cast<std::uint16_t>(send_at_ + piece.size());
  }
  chip_.write16(kRegisters, kSendPointer, send_at_);
  order(kSend);
  sending_ = true;
  return true;
}

}  // namespace net::w5500
