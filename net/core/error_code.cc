#include "net/core/error_code.h"

#include <string>

namespace net {
namespace {

class Category final : public std::error_category {
 public:
  [[nodiscard]] const char* name() const noexcept override { return "net"; }
  [[nodiscard]] std::string message(int code) const override {
    return std::string(describe(static_cast<Errc>(code)));
  }
  [[nodiscard]] std::error_condition default_error_condition(int code) const noexcept override {
    switch (static_cast<Errc>(code)) {
      case Errc::ok: return {};
      case Errc::cancelled: return std::errc::operation_canceled;
      case Errc::timed_out: return std::errc::timed_out;
      case Errc::connection_refused: return std::errc::connection_refused;
      case Errc::connection_reset: return std::errc::connection_reset;
      case Errc::broken_pipe: return std::errc::broken_pipe;
      case Errc::unreachable: return std::errc::network_unreachable;
      case Errc::address_in_use: return std::errc::address_in_use;
      case Errc::address_not_available: return std::errc::address_not_available;
      case Errc::not_connected: return std::errc::not_connected;
      case Errc::not_supported: return std::errc::not_supported;
      case Errc::invalid_argument: return std::errc::invalid_argument;
      case Errc::permission_denied: return std::errc::permission_denied;
      case Errc::message_too_long: return std::errc::message_size;
      case Errc::too_many_open: return std::errc::too_many_files_open;
      case Errc::no_memory: return std::errc::not_enough_memory;
      case Errc::network_down: return std::errc::network_down;
      case Errc::protocol_error: return std::errc::protocol_error;
      case Errc::io_error: return std::errc::io_error;
      case Errc::host_not_found:
      case Errc::resolver_failed:
      case Errc::end_of_stream:
      case Errc::limit_exceeded:
      case Errc::closed: break;
    }
    return {code, *this};
  }
};

}  // namespace

const std::error_category& error_category() noexcept {
  static const Category category;
  return category;
}

}  // namespace net
