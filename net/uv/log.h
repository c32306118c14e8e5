// Logging through spdlog.
#pragma once

namespace net::uv {

// Writes the library's messages to standard error by spdlog, from the level on that the environment variable
// EDDY_LOG names ("trace" to "error", "off"); "warn" without it.
void log_through_spdlog();

}  // namespace net::uv
