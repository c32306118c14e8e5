// What a board with an RP2040 does without a network, by the first argument.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "embedded/boards/board.h"
#include "embedded/boards/rp2040/chip.h"
#include "embedded/boards/rp2040/gpio.h"
#include "embedded/boards/rp2040/spi.h"
#include "net/core/text.h"

using namespace std::chrono_literals;
using net::rp2040::reg;

namespace {

template <class... Parts>
void say(Parts... parts) {
  net::Text<160> line;
  (line << ... << parts) << "\r\n";
  net::board::write(line.text());
}

std::uint32_t random_below(std::uint32_t limit) {
  static std::uint32_t state = 1;
  state = state * 1664525 + 1013904223;
  return static_cast<std::uint32_t>(std::uint64_t{state} * limit >> 32);
}

std::uint32_t microseconds(net::Duration time) {
  return static_cast<std::uint32_t>(std::chrono::floor<std::chrono::microseconds>(time).count());
}

// SysTick counts clk_sys, which the PLL makes; the timer counts clk_ref, which the crystal makes.
class Cycles {
 public:
  Cycles() {
    reg(net::cortex_m::kSysTickReload) = 0xFFFFFF;
    reg(net::cortex_m::kSysTickCurrent) = 0;
    reg(net::cortex_m::kSysTickControl) = 5;
    last_ = reg(net::cortex_m::kSysTickCurrent);
  }
  // To be called at least every 0.13 s.
  std::uint64_t passed() {
    std::uint32_t count = reg(net::cortex_m::kSysTickCurrent);
    passed_ += (last_ - count) & 0xFFFFFF;
    last_ = count;
    return passed_;
  }

 private:
  std::uint32_t last_;
  std::uint64_t passed_ = 0;
};

int clock(std::uint32_t rests, std::uint32_t longest) {
  Cycles cycles;
  net::TimePoint begin = net::board::now();
  std::uint64_t offset = cycles.passed();
  net::TimePoint last = begin;
  net::Duration latest{};
  int back = 0;
  int early = 0;
  for (std::uint32_t i = 0; i < rests; ++i) {
    net::TimePoint until = net::board::now() + 1us * random_below(longest);
    net::board::rest(until);
    net::TimePoint now = net::board::now();
    cycles.passed();
    if (now < last) ++back;
    if (now < until) ++early;
    latest = std::max(latest, now - until);
    last = now;
  }
  net::TimePoint end = net::board::now();
  std::uint64_t passed = cycles.passed() - offset;
  std::uint32_t timer = microseconds(end - begin);
  auto counted = static_cast<std::uint32_t>(passed / (net::rp2040::kFrequency / 1'000'000));
  net::board::Rests counts = net::board::rests();
  say("clock: us ", timer, ", systick ", counted, ", alarms ", counts.alarms, ", interrupts ",
      counts.interrupts, ", others ", counts.others, ", back ", back, ", early ", early, ", latest ",
      microseconds(latest));
  return 0;
}

// Tells of each key, and ends at Ctrl-C.
int keys() {
  say("ready");
  for (;;) {
    net::board::rest(net::TimePoint(24h));
    for (int key = net::board::read(); key != -1; key = net::board::read()) {
      say("key ", key);
      if (key == 3) return 3;
    }
  }
}

// A microsecond too late an alarm would come after 71 minutes.
int turn() {
  net::TimePoint until = net::board::now() + 72min;
  net::board::rest(until);
  net::TimePoint now = net::board::now();
  say("turn: early ", now < until ? 1 : 0, ", late_us ", microseconds(now - until));
  return 0;
}

[[gnu::noinline]] std::uint32_t fill(std::uint32_t depth) {
  volatile std::uint32_t room[64];
  room[depth % 64] = depth;
  if (depth == 0) return 0;
  return fill(depth - 1) + room[depth % 64];
}

int fault(std::string_view how) {
  if (how == "stack") return static_cast<int>(fill(1'000'000));
  if (how == "nowhere") return static_cast<int>(reg(0x30000000));
  if (how == "unaligned") {
    int value = 0;  // a compiler that knew the address would read two halves
    asm volatile("ldr %0, [%1]" : "=r"(value) : "r"(0x20000102));
    return value;
  }
  if (how == "flash") reg(0x10001000) = 1;
  if (how == "twice") {
    // The handlers' stack is where there is nothing: the fault cannot be told.
    asm volatile("msr msp, %0" ::"r"(0x30000000));
    __builtin_trap();
  }
  if (how == "trap") __builtin_trap();
  return 1;
}

int random() {
  net::Text<160> line;
  line << "random:";
  for (int i = 0; i < 8; ++i) line << ' ' << net::board::random();
  say(line.text());
  return 0;
}

// What is sent comes back, by the controller's own loop.
int spi(unsigned number) {
  constexpr std::uint32_t kControl1 = 0x4003C004;
  static std::array<std::byte, 1000> sent;
  static std::array<std::byte, 1000> received;
  net::rp2040::Spi controller(number);
  net::rp2040::Spi::Pins pins =
      number == 0 ? net::rp2040::Spi::Pins{16, 18, 19} : net::rp2040::Spi::Pins{8, 14, 11};
  std::uint32_t slow = controller.start(pins, 100'000);
  std::uint32_t frequency = controller.start(pins, 1'000'000);
  net::rp2040::set_bits(kControl1 + number * 0x4000, 1);
  int wrong = 0;
  for (std::size_t size : {0U, 1U, 7U, 8U, 9U, 64U, 1000U}) {
    for (std::byte& each : sent) each = static_cast<std::byte>(net::board::random());
    received.fill(std::byte{0xA5});
    controller.exchange(std::span(sent).first(size), std::span(received).first(size));
    if (!std::equal(sent.begin(), sent.begin() + size, received.begin())) ++wrong;
    if (size < received.size() && received[size] != std::byte{0xA5}) ++wrong;
    controller.exchange(std::span(sent).first(size),
                        {});  // what comes is not kept, nor is it there the next time
    controller.exchange({}, std::span(received).first(size));
    if (std::any_of(received.begin(), received.begin() + size, [](std::byte b) { return b != std::byte{0}; }))
      ++wrong;
  }
  net::TimePoint begin = net::board::now();
  controller.exchange(sent, received);
  say("spi: slow ", slow, ", frequency ", frequency, ", wrong ", wrong, ", us ",
      microseconds(net::board::now() - begin));
  return 0;
}

// A pin that is driven is also read, and wakes.
int pins() {
  using net::rp2040::PinEvent;
  constexpr unsigned kPin = 21;
  auto slept = [] {
    net::TimePoint begin = net::board::now();
    net::board::rest(begin + 10ms);
    return microseconds(net::board::now() - begin) / 1000;  // 0, or 10
  };
  net::rp2040::make_output(kPin, true);
  int high = net::rp2040::level(kPin) ? 1 : 0;
  net::rp2040::set_level(kPin, false);
  int low = net::rp2040::level(kPin) ? 1 : 0;
  net::rp2040::wake_once(kPin, PinEvent::kIsLow);
  std::uint32_t is_low = slept();
  std::uint32_t once = slept();
  net::rp2040::wake_once(kPin, PinEvent::kIsHigh);
  std::uint32_t not_high = slept();
  net::rp2040::set_level(kPin, true);
  std::uint32_t is_high = slept();
  net::rp2040::wake_once(kPin, PinEvent::kFalls);
  std::uint32_t old_fall = slept();  // of above
  net::rp2040::wake_once(kPin, PinEvent::kFalls);
  std::uint32_t no_fall = slept();
  net::rp2040::set_level(kPin, false);
  net::rp2040::set_level(kPin, true);
  std::uint32_t fall = slept();
  net::rp2040::make_input(kPin, net::rp2040::kPadDown);
  int pulled_down = net::rp2040::level(kPin) ? 1 : 0;
  net::rp2040::make_input(kPin, net::rp2040::kPadUp);
  int pulled_up = net::rp2040::level(kPin) ? 1 : 0;
  say("pins: high ", high, ", low ", low, ", is_low ", is_low, ", once ", once, ", not_high ", not_high,
      ", is_high ", is_high);
  say("edges: old_fall ", old_fall, ", no_fall ", no_fall, ", fall ", fall, ", down ", pulled_down, ", up ",
      pulled_up);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::string_view what = argc > 1 ? argv[1] : "";
  auto number = [&](int at) { return static_cast<std::uint32_t>(argc > at ? std::atoi(argv[at]) : 0); };
  if (what == "clock") return clock(number(2), number(3));
  if (what == "keys") return keys();
  if (what == "turn") return turn();
  if (what == "fault") return fault(argc > 2 ? argv[2] : "");
  if (what == "random") return random();
  if (what == "spi") return spi(number(2));
  if (what == "pins") return pins();
  for (int i = 0; i < argc; ++i) say("argument ", std::string_view(argv[i]));
  return static_cast<int>(number(1));
}
