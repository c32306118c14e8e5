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

std::string_view name_of(ClientPhase phase) { return kNames[static_cast<std::size_t>(phase)]; }

// A query may hold what is not for logs.
std::string_view without_query(std::string_view url) { return url.substr(0, url.find('?')); }

}  // namespace

Error client_error(const Error& error, ClientPhase phase, std::string_view url, std::string_view reason) {
  Text<kMostOfContext> what;
  if constexpr (kDiagnostics) {
    what << name_of(phase) << ' ';
    std::size_t room = kMostOfContext - what.text().size();
    if (!reason.empty()) room -= std::min(reason.size() + 3, room - kLeastOfUrl);
    url = without_query(url);
    if (url.size() <= room) {
      what << url;
    } else {
      what << url.substr(0, room - 2) << "..";
    }
    if (!reason.empty()) what << " (" << reason << ')';
  }
  return Error(error.code(), what.text(), error.native());
}

Error client_error(OwnedText& whole, const Error& error, ClientPhase phase, std::string_view url,
                   std::string_view reason) {
  constexpr std::size_t kOthers = 80;  // the phase, and the code's words
  whole.clear();
  if (kDiagnostics && whole.reserve(url.size() + reason.size() + kOthers)) {
    TextBuffer what(whole.room().data(), whole.room().size());
    what << name_of(phase) << ' ' << without_query(url);
    if (!reason.empty()) what << " (" << reason << ')';
    what << ": " << Error(error.code(), {}, error.native());
    whole.grow(what.text().size());
  }
  return client_error(error, phase, url, reason);
}

}  // namespace net::http
