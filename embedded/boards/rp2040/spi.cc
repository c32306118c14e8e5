// Section numbers are those of the RP2040 datasheet.
#include "embedded/boards/rp2040/spi.h"

#include <algorithm>

#include "embedded/boards/rp2040/chip.h"
#include "embedded/runtime/cortex_m/masked.h"

namespace net::rp2040 {
namespace {

// 4.4.4.
constexpr std::uint32_t kSpi = 0x4003C000;
constexpr std::uint32_t kApart = 0x4000;
constexpr std::uint32_t kControl0 = 0x00;
constexpr std::uint32_t kControl1 = 0x04;
constexpr std::uint32_t kData = 0x08;
constexpr std::uint32_t kStatus = 0x0C;
constexpr std::uint32_t kPrescale = 0x10;
constexpr std::uint32_t kDmaControl = 0x24;
constexpr std::uint32_t kEnabled = 1U << 1;
constexpr std::uint32_t kReceived = 1U << 2;
constexpr std::size_t kFifo = 8;

// 2.5.7: a channel has 64 bytes of registers.
constexpr std::uint32_t kDmaChannels = 0x50000000;
constexpr std::uint32_t kReadAddress = 0x00;
constexpr std::uint32_t kWriteAddress = 0x04;
constexpr std::uint32_t kCount = 0x08;
constexpr std::uint32_t kControl = 0x0C;
constexpr std::uint32_t kControlUntriggered = 0x10;
constexpr std::uint32_t kInterruptEnabled = kDmaChannels + 0x404;
constexpr std::uint32_t kInterruptRaised = kDmaChannels + 0x40C;
constexpr std::uint32_t kTrigger = kDmaChannels + 0x430;
constexpr unsigned kInterrupt = 11;
constexpr std::uint32_t kOn = 1U << 0;
constexpr std::uint32_t kReadNext = 1U << 4;
constexpr std::uint32_t kWriteNext = 1U << 5;
constexpr std::uint32_t kQuiet = 1U << 21;  // no interrupt
constexpr std::uint32_t kBusy = 1U << 24;
// 2.5.3.1: the requests of SPI 0; those of SPI 1 follow.
constexpr std::uint32_t kRequestToSend = 16;
constexpr std::uint32_t kRequestToReceive = 17;

std::uint32_t address_of(const volatile void* at) {
  return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(at));
}

// A channel that waits for the trigger, of bytes, and is followed by none.
void prepare(unsigned channel, std::uint32_t from, std::uint32_t to, std::size_t size, std::uint32_t options,
             std::uint32_t request) {
  std::uint32_t base = kDmaChannels + 64 * channel;
  reg(base + kReadAddress) = from;
  reg(base + kWriteAddress) = to;
  reg(base + kCount) = static_cast<std::uint32_t>(size);
  reg(base + kControlUntriggered) = kOn | options | channel << 11 | request << 15;
}

}  // namespace

std::uint32_t Spi::start(const Pins& pins, std::uint32_t frequency, unsigned mode) {
  std::uint32_t base = kSpi + number_ * kApart;
  reset(number_ == 0 ? kSpi0 : kSpi1);

  // 4.4.3.4: clk_peri by an even number to 254 and by another to 256.
  std::uint32_t whole = (kFrequency + frequency - 1) / frequency;
  std::uint32_t prescale = 254;
  std::uint32_t divider = 256;
  for (std::uint32_t first = 2; first <= 254; first += 2) {
    std::uint32_t second = (whole + first - 1) / first;
    if (second <= 256 && first * second < prescale * divider) {
      prescale = first;
      divider = second;
    }
  }
  reg(base + kPrescale) = prescale;
  bool high = (mode & 2) != 0;
  bool second = (mode & 1) != 0;
  reg(base + kControl0) = (divider - 1) << 8 | (second ? 1U << 7 : 0) | (high ? 1U << 6 : 0) | 7;
  reg(base + kDmaControl) = 3;
  reg(base + kControl1) = kEnabled;
  for (unsigned pin : {pins.receive, pins.clock, pins.transmit}) set_pin(pin, Function::kSpi);
  return kFrequency / (prescale * divider);
}

void Spi::exchange(std::span<const std::byte> sent, std::span<std::byte> received) {
  std::size_t size = std::max(sent.size(), received.size());
  if (size > kFifo) {
    exchange_by_dma(sent, received, size);
    return;
  }
  std::uint32_t base = kSpi + number_ * kApart;
  for (std::size_t i = 0; i < size; ++i) {
    reg(base + kData) = sent.empty() ? 0 : static_cast<std::uint32_t>(sent[i]);
  }
  for (std::size_t i = 0; i < size; ++i) {
    while ((reg(base + kStatus) & kReceived) == 0) {
    }
    auto byte = static_cast<std::byte>(reg(base + kData));
    if (!received.empty()) received[i] = byte;
  }
}

void Spi::exchange_by_dma(std::span<const std::byte> sent, std::span<std::byte> received, std::size_t size) {
  static constexpr std::uint32_t kZero = 0;
  static std::uint32_t unwanted;
  std::uint32_t data = kSpi + number_ * kApart + kData;
  unsigned sends = 2 * number_;
  unsigned receives = sends + 1;
  prepare(sends, address_of(sent.empty() ? static_cast<const void*>(&kZero) : sent.data()), data, size,
          kQuiet | (sent.empty() ? 0 : kReadNext), kRequestToSend + 2 * number_);
  prepare(receives, data, address_of(received.empty() ? static_cast<const void*>(&unwanted) : received.data()),
          size, received.empty() ? 0 : kWriteNext, kRequestToReceive + 2 * number_);
  asm volatile("dsb" ::: "memory");
  set_bits(kInterruptEnabled, 1U << receives);
  cortex_m::enable_interrupt(kInterrupt);
  reg(kTrigger) = 1U << sends | 1U << receives;
  for (;;) {
    cortex_m::Masked masked;  // anew each time: what has ended the sleep is taken in between
    if ((reg(kDmaChannels + 64 * receives + kControl) & kBusy) == 0) break;
    asm volatile("dsb\n wfi" ::: "memory");
  }
  asm volatile("dsb" ::: "memory");
}

extern "C" void net_interrupt_11() { reg(kInterruptRaised) = reg(kInterruptRaised); }

}  // namespace net::rp2040
