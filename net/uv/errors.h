// The system's error numbers as Errc.
#pragma once

#include "net/core/error.h"

namespace net::uv {

// Of a system call's errno.
[[nodiscard]] Errc from_errno(int number);
// Of a libuv status (negative) or a getaddrinfo failure that libuv reports.
[[nodiscard]] Errc from_status(int status);

}  // namespace net::uv
