#include "net/core/error.h"

namespace net {

std::string_view describe(Errc code) {
  switch (code) {
    case Errc::ok: return "no error";
    case Errc::cancelled: return "cancelled";
    case Errc::timed_out: return "timed out";
    case Errc::connection_refused: return "connection refused";
    case Errc::connection_reset: return "connection reset by peer";
    case Errc::broken_pipe: return "broken pipe";
    case Errc::unreachable: return "network or host unreachable";
    case Errc::address_in_use: return "address in use";
    case Errc::address_not_available: return "address not available";
    case Errc::host_not_found: return "host not found";
    case Errc::resolver_failed: return "name resolution failed";
    case Errc::not_connected: return "not connected";
    case Errc::not_supported: return "not supported";
    case Errc::invalid_argument: return "invalid argument";
    case Errc::permission_denied: return "permission denied";
    case Errc::message_too_long: return "message too long";
    case Errc::too_many_open: return "too many open sockets";
    case Errc::no_memory: return "out of memory";
    case Errc::network_down: return "network is down";
    case Errc::end_of_stream: return "end of stream";
    case Errc::limit_exceeded: return "limit exceeded";
    case Errc::closed: return "closed";
    case Errc::protocol_error: return "protocol error";
    case Errc::io_error: return "input/output error";
  }
  return "unknown error";
}

void Error::write_message(TextBuffer& out) const {
  if (length_ != 0) out << context() << ": ";
  out << describe(code_);
  if (code_ == Errc::io_error && native_ != 0) out << " (code " << native_ << ')';
}

std::string Error::message() const {
  Text<160> out;
  write_message(out);
  return std::string(out.text());
}

}  // namespace net
