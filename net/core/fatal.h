// The last words of a program, on standard error or on a device's console. A platform supplies them: the
// desktop fatal.cc, a device its runtime.
#pragma once

#include <string_view>

namespace net::detail {

// One line: "label: text", or the text alone.
void write_line(std::string_view label, std::string_view text);

// For mistakes in the program that nothing can go on after: one line, "net: message", and the end of the
// process.
[[noreturn]] void fatal(std::string_view message);

}  // namespace net::detail
