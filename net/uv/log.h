// Logging through spdlog.
#pragma once

namespace net::uv {

// Sends the library's messages to spdlog's default logger, at the level that the environment variable EDDY_LOG
// names ("trace" to "error", "off"); "warn" without it.
void log_through_spdlog();

}  // namespace net::uv
