// The last words of a program, on standard error or on a device's console. A platform supplies them: the
// desktop fatal.cc, a device its runtime.
#pragma once

#include <cstdint>
#include <string_view>

#include "net/core/diagnostics.h"

namespace net::detail {

// One line: "label: text", or, with an empty label, the text alone.
void write_line(const char* label, std::string_view text);
// One line: "before number after".
void write_number(const char* before, std::uint32_t number, const char* after);

// For mistakes in the program that nothing can go on after: one line, "net: message", and the end of the
// process. A build that tells people nothing ends without a word.
#if NET_DIAGNOSTICS
[[noreturn]] void fatal(std::string_view message);
#else
[[noreturn]] inline void fatal(std::string_view) { __builtin_trap(); }
#endif

}  // namespace net::detail
