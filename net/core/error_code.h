// Error as std::error_code, for desktop code that speaks <system_error>.
#pragma once

#include <system_error>
#include <type_traits>

#include "net/core/error.h"

namespace net {

// The category "net". Its codes equal the std::errc conditions of the same meaning.
[[nodiscard]] const std::error_category& error_category() noexcept;
[[nodiscard]] inline std::error_code make_error_code(Errc code) noexcept {
  return {static_cast<int>(code), error_category()};
}
[[nodiscard]] inline std::error_code make_error_code(const Error& error) noexcept {
  return make_error_code(error.code());
}

}  // namespace net

template <>
struct std::is_error_code_enum<net::Errc> : std::true_type {};
