// Where in the source a task awaits; builds without diagnostics keep none, and save the strings.
#pragma once

#include <cstdint>
#include <string_view>

#include "net/core/diagnostics.h"

#if NET_DIAGNOSTICS
#include <source_location>
#endif

namespace net {

#if NET_DIAGNOSTICS
using Location = std::source_location;
#else
struct Location {
  static constexpr Location current() { return {}; }
  static constexpr const char* file_name() { return ""; }
  static constexpr const char* function_name() { return ""; }
  static constexpr std::uint_least32_t line() { return 0; }
};
#endif

// The bare name in a compiler's function signature: "net::Task<> app::echo(net::Stream)" gives "app::echo".
[[nodiscard]] std::string_view function_name(const char* signature);

}  // namespace net
