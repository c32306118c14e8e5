#include "net/core/log.h"

#include <atomic>

#include "net/core/fatal.h"

namespace net {
namespace {

constexpr char kNames[][6] = {"trace", "debug", "info", "warn", "error", "off"};

void write_to_stderr(LogLevel level, std::string_view message) {
  detail::write_line(kNames[static_cast<std::size_t>(level)], message);
}

std::atomic<LogSink> sink{write_to_stderr};

using detail::lowest;

}  // namespace

void set_log_sink(LogSink new_sink, LogLevel level) {
  sink = new_sink;
  lowest = level;
}

void set_log_level(LogLevel level) { lowest = level; }

LogLevel log_level() { return lowest.load(std::memory_order_relaxed); }

LogLevel log_level_from(std::string_view name, LogLevel fallback) {
  for (std::size_t i = 0; i < std::size(kNames); ++i) {
    if (name == kNames[i]) return static_cast<LogLevel>(i);
  }
  return fallback;
}

void log(LogLevel level, std::string_view message) {
  if (log_enabled(level)) sink.load(std::memory_order_relaxed)(level, message);
}

detail::LogLine::~LogLine() { log(level_, text()); }

}  // namespace net
