// Media types of files, by the ends of their names.
#pragma once

#include <string_view>

namespace net::http {

// "text/html; charset=utf-8" for "index.html"; "application/octet-stream" for what is not known.
[[nodiscard]] std::string_view media_type_of(std::string_view file_name);
// Whether compressing it is worth the while.
[[nodiscard]] bool is_compressible(std::string_view media_type);

}  // namespace net::http
