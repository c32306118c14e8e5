#include "net/http/client_error.h"

#include <algorithm>
#include <array>

#include "net/core/text.h"

namespace net::http {
namespace {

constexpr std::array<std::string_view, 10> kNames = {"request", "wait", "resolve", "connect", "proxy",
                                                     "TLS",     "send", "head",    "body",    "redirect"};
constexpr std::size_t kMostOfContext = 57;  // of an Error
constexpr std::size_t kLeastOfUrl = 24;

}  // namespace

Error client_error(const Error& error, ClientPhase phase, std::string_view url, std::string_view reason) {
  Text<kMostOfContext> what;
  if constexpr (kDiagnostics) {
    what << kNames[static_cast<std::size_t>(phase)] << ' ';
    std::size_t room = kMostOfContext - what.text().size();
    if (!reason.empty()) room -= std::min(reason.size() + 3, room - kLeastOfUrl);
    // A query may hold what is not for logs.
    url = url.substr(0, url.find('?'));
    if (url.size() <= room) {
      what << url;
    } else {
      what << url.substr(0, room - 2) << "..";
    }
    if (!reason.empty()) what << " (" << reason << ')';
  }
  return Error(error.code(), what.text(), error.native());
}

}  // namespace net::http
