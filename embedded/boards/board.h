// What a board gives to the runtime. A processor's family implements most of it (embedded/runtime/cortex_m).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "embedded/lwip/link.h"
#include "embedded/offload/bus.h"
#include "net/core/time.h"

namespace net::board {

// Called once, before everything else of the program: clocks, console, interrupts.
void start();

// The time since `start`.
TimePoint now();
// Sleeps until `until`, or until `wake` is called; at once if it was called since the last `rest`. May return
// earlier.
void rest(TimePoint until);
// Ends the present or the next `rest`. Also from interrupts.
void wake();

// How often the processor has slept since the start, by what ended it.
struct Rests {
  std::uint32_t alarms = 0;      // the time that `rest` was given
  std::uint32_t interrupts = 0;  // of a device
  std::uint32_t others = 0;      // the timer cannot count so far, or nothing that is known
};
Rests rests();

// Writes to the console, and comes back when the last byte is on its way.
void write(std::string_view text);
// The next byte that came by the console, or -1. One that comes calls `wake`.
int read();

// Not for keys: see the board's README for where it comes from.
std::uint32_t random();

// The Ethernet controller.
lwip::Link& link();
// Or the chip that runs TCP/IP itself.
offload::Bus& bus();
// And its pin READY, if it has one.
offload::Pin& ready();

// How much of the stack of `main` and of all tasks has been in use at once, and how much there is; bytes.
struct StackUse {
  std::size_t most;
  std::size_t size;
};
[[nodiscard]] StackUse stack_use();

// The command line of the program, where whoever started the board gave one; else empty. Arguments are
// separated by '\x1f'.
std::string_view command_line(std::span<char> buffer);
// The address that whoever started the board chose for it, as hexadecimal digits of what embedded/address.py
// writes; else empty.
std::string_view chosen_address();
// Ends the program: an emulator exits with `status`, a board stops.
[[noreturn]] void stop(int status);

}  // namespace net::board
