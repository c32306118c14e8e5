#include "net/core/error.h"

#include <algorithm>
#include <cstring>

namespace net {

namespace {

// One after another, in the order of the codes: a table of them would take as much flash again.
constexpr char kWords[] =
    "no error\0"
    "cancelled\0"
    "timed out\0"
    "connection refused\0"
    "connection reset by peer\0"
    "broken pipe\0"
    "network or host unreachable\0"
    "address in use\0"
    "address not available\0"
    "host not found\0"
    "name resolution failed\0"
    "not connected\0"
    "not supported\0"
    "invalid argument\0"
    "permission denied\0"
    "message too long\0"
    "too many open sockets\0"
    "out of memory\0"
    "network is down\0"
    "end of stream\0"
    "limit exceeded\0"
    "closed\0"
    "protocol error\0"
    "input/output error\0"
    "unknown error";
constexpr auto kCodes = static_cast<unsigned>(Errc::io_error) + 1;

}  // namespace

std::string_view describe(Errc code) {
  const char* words = kWords;
  for (unsigned i = std::min(static_cast<unsigned>(code), kCodes); i != 0; --i) words += std::strlen(words) + 1;
  return words;
}

#if NET_DIAGNOSTICS
Error::Error(Errc code, std::string_view context, int native) : native_(native), code_(code) {
  TextBuffer out(context_, sizeof context_);
  out << context;
  length_ = static_cast<std::uint8_t>(out.text().size());
}
#endif

void Error::write_message(TextBuffer& out) const {
  if constexpr (!kDiagnostics) {
    out << static_cast<std::uint32_t>(code_);
    return;
  }
  if (!context().empty()) out << context() << ": ";
  out << describe(code_);
  if (code_ == Errc::io_error && native_ != 0) out << " (code " << native_ << ')';
}

std::string Error::message() const {
  Text<160> out;
  write_message(out);
  return std::string(out.text());
}

}  // namespace net
