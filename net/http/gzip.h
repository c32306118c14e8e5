// gzip: compression of content (RFC 1952), by zlib. Desktop only.
#pragma once

#include <string>
#include <string_view>

#include "net/core/task.h"
#include "net/http/request.h"
#include "net/http/response.h"

namespace net::http {

// The text compressed, in memory; empty if there is no memory.
[[nodiscard]] std::string compress_gzip(std::string_view text);

// Answers with all of the content, compressed if the peer takes that and it is worth the while. More than 64
// KiB is compressed on a thread of the pool (net/core/blocking.h).
//
// *Errors*, *Cancellation*: those of Response::send. *Lifetime*: `content` outlives the await.
Task<> send_compressed(Request& request, Response& response, std::string_view content);

}  // namespace net::http
