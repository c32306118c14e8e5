#include "net/uv/log.h"

#include <cstdlib>
#include <memory>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "net/core/log.h"

namespace net::uv {
namespace {

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kTrace: return spdlog::level::trace;
    case LogLevel::kDebug: return spdlog::level::debug;
    case LogLevel::kInfo: return spdlog::level::info;
    case LogLevel::kWarn: return spdlog::level::warn;
    case LogLevel::kError: return spdlog::level::err;
    case LogLevel::kOff: break;
  }
  return spdlog::level::off;
}

void write(LogLevel level, std::string_view message) {
  static const std::shared_ptr<spdlog::logger> logger = [] {
    auto made = std::make_shared<spdlog::logger>("eddy", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_level(spdlog::level::trace);  // the facade has chosen already
    return made;
  }();
  logger->log(to_spdlog(level), spdlog::string_view_t(message.data(), message.size()));
}

}  // namespace

void log_through_spdlog() {
  const char* level = std::getenv("EDDY_LOG");
  set_log_sink(write, log_level_from(level != nullptr ? level : "", LogLevel::kWarn));
}

}  // namespace net::uv
