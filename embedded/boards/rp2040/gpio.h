// Pins that software drives and reads. Section numbers are those of the RP2040 datasheet.
#pragma once

#include "embedded/boards/rp2040/chip.h"

namespace net::rp2040 {

// Makes the pin an output, at `level` from the first.
void make_output(unsigned pin, bool level);
// `pull`: kPadUp, kPadDown or 0.
void make_input(unsigned pin, std::uint32_t pull = 0);

void set_level(unsigned pin, bool level);
bool level(unsigned pin);

// 2.19.3: of a pin.
enum class PinEvent : std::uint32_t { kIsLow = 1, kIsHigh = 2, kFalls = 4, kRises = 8 };

// Calls `board::wake` when this happens, once: at once where the level is that already, or where the edge has
// come since it was last told.
void wake_once(unsigned pin, PinEvent event);

}  // namespace net::rp2040
