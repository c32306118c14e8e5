// Logging: one small facade. The desktop writes through spdlog, a device to its UART.
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>

#include "net/core/diagnostics.h"
#include "net/core/fatal.h"
#include "net/core/text.h"

namespace net {

enum class LogLevel : std::uint8_t { kTrace, kDebug, kInfo, kWarn, kError, kOff };

using LogSink = void (*)(LogLevel level, std::string_view message);

// Where messages go from now on, and the lowest level that goes there. Call it before loops run. The first
// sink writes warnings and errors to standard error, or to a device's console.
void set_log_sink(LogSink sink, LogLevel level);
void set_log_level(LogLevel level);
[[nodiscard]] LogLevel log_level();
// "trace", "debug", "info", "warn", "error" or "off"; anything else gives `fallback`.
[[nodiscard]] LogLevel log_level_from(std::string_view name, LogLevel fallback);

[[nodiscard]] inline bool log_enabled(LogLevel level) { return level >= log_level(); }
// Writes one message, if its level is enabled.
void log(LogLevel level, std::string_view message);

namespace detail {

// The lowest level that is written. A platform says which it is at first, beside `write_line`: the desktop
// warnings, a device's console what it does as well.
extern constinit std::atomic<LogLevel> lowest;

// One message, which is written as this goes.
class LogLine : public Text<256> {
 public:
  explicit LogLine(LogLevel level) : level_(level) {}
  LogLine(const LogLine&) = delete;
  LogLine& operator=(const LogLine&) = delete;
  ~LogLine();

 private:
  LogLevel level_;
};

}  // namespace detail

// Builds a message from parts, when its level is enabled: `net::log(net::LogLevel::kInfo, "listening on ",
// port);`
template <class... Parts>
  requires(sizeof...(Parts) > 1)
void log(LogLevel level, const Parts&... parts) {
  if (!log_enabled(level)) return;
  detail::LogLine line(level);
  (line << ... << parts);
}

namespace detail {

// What the library says of its own work; nothing, in a build that cannot.
template <class... Parts>
void tell(LogLevel level, const Parts&... parts) {
  if constexpr (kDiagnostics) log(level, parts...);
}

// That others can reach this program at a port, which every build says: "TCP port", 5000.
inline void announce(const char* what, std::uint16_t port) {
  if constexpr (kDiagnostics) {
    log(LogLevel::kInfo, what, " ", port, " is open");
  } else {
    write_number(what, port, "is open");
  }
}

}  // namespace detail

}  // namespace net
