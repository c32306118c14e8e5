#include "net/http/url.h"

#include <cstring>

#include "net/core/text.h"
#include "net/http/syntax.h"
#include "net/io/address.h"

namespace net::http {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// RFC 3986, 3.3 to 3.5: pchar and '/'; query and fragment may have '?' too. Those are the characters of a
// host's name,
// ':', '@', and '%' before two digits.
bool is_path_or_query(std::string_view text, bool is_query) {
  for (std::size_t i = 0; i != text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (text.size() - i < 3 || hex_digit(text[i + 1]) < 0 || hex_digit(text[i + 2]) < 0) return false;
    } else if (c != '/' && c != ':' && c != '@' && !(c == '?' && is_query) &&
               !detail::is(c, detail::kHostCharacter)) {
      return false;
    }
  }
  return true;
}

// RFC 1035, 2.3.4, of lengths. Underscores are no part of host names and all the same there.
bool is_name(std::string_view host) {
  constexpr std::size_t kMostOfName = 253;
  constexpr std::size_t kMostOfLabel = 63;
  if (host.ends_with('.')) host.remove_suffix(1);
  if (host.size() > kMostOfName) return false;
  std::size_t label = 0;
  for (char c : host) {
    bool ends = c == '.';
    bool is_part = is_letter(c) || is_digit(c) || c == '-' || c == '_';
    if (ends ? label == 0 : !is_part || label == kMostOfLabel) return false;
    label = ends ? 0 : label + 1;
  }
  return label != 0;
}

// Whether the last label is a number, decimal or hexadecimal, as in no name of DNS: resolvers take what ends so
// for an IPv4 address in one of its many spellings.
bool ends_in_number(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  std::string_view label = host.substr(host.rfind('.') + 1);
  bool is_hexadecimal = label.starts_with("0x") || label.starts_with("0X");
  if (is_hexadecimal) label.remove_prefix(2);
  for (char c : label) {
    if (!is_digit(c) && !(is_hexadecimal && hex_digit(c) >= 0)) return false;
  }
  return true;
}

// RFC 3986, 3.1. Where the scheme of a reference ends, at its colon; npos if it has none.
std::size_t end_of_scheme(std::string_view reference) {
  for (std::size_t i = 0; i != reference.size(); ++i) {
    char c = reference[i];
    if (c == ':' && i != 0) return i;
    bool may_begin = is_letter(c);
    if (!may_begin && (i == 0 || (!is_digit(c) && c != '+' && c != '-' && c != '.'))) break;
  }
  return std::string_view::npos;
}

// RFC 3986, 5.2.4, in place: of a path that begins with '/'. Gives its new length.
std::size_t remove_dot_segments(char* path, std::size_t size) {
  std::size_t kept = 0;
  for (std::size_t at = 0; at != size;) {
    const auto* slash = static_cast<const char*>(std::memchr(path + at + 1, '/', size - at - 1));
    std::size_t next = slash == nullptr ? size : static_cast<std::size_t>(slash - path);
    std::string_view segment(path + at + 1, next - at - 1);
    bool is_up = segment == "..";
    if (is_up) {
      while (kept != 0 && path[--kept] != '/') {
      }
    }
    if (is_up || segment == ".") {
      if (next == size) path[kept++] = '/';
    } else {
      std::memmove(path + kept, path + at, next - at);
      kept += next - at;
    }
    at = next;
  }
  return kept;
}

}  // namespace

Result<Url> Url::parse(std::string_view text) {
  Url url;
  url.text_ = text;
  const char* wrong = nullptr;
  std::size_t colon = text.find("://");
  std::string_view scheme = text.substr(0, colon);
  url.secure_ = same_ignoring_case(scheme, "https");
  if (text.size() > kMost) {
    wrong = "too long";
  } else if (colon == std::string_view::npos || (!url.secure_ && !same_ignoring_case(scheme, "http"))) {
    wrong = "neither http:// nor https://";
  } else {
    std::string_view rest = text.substr(colon + 3);
    std::size_t hash = rest.find('#');
    if (hash != std::string_view::npos && !is_path_or_query(rest.substr(hash + 1), true))
      wrong = "a bad fragment";
    rest = rest.substr(0, hash);
    url.authority_ = rest.substr(0, rest.find_first_of("/?"));
    url.path_and_query_ = rest.substr(url.authority_.size());
    std::size_t mark = url.path_and_query_.find('?');
    url.path_ = url.path_and_query_.substr(0, mark);
    if (!is_path_or_query(url.path_, false)) wrong = "a bad path";
    if (mark != std::string_view::npos && !is_path_or_query(url.path_and_query_.substr(mark + 1), true)) {
      wrong = "a bad query";
    }
    if (wrong == nullptr) wrong = url.parse_authority();
  }
  if (wrong == nullptr) return url;
  Text<64> what;
  what << "URL: " << wrong;
  return failure(Errc::invalid_argument, what.text());
}

// What is wrong with it, or null.
const char* Url::parse_authority() {
  if (authority_.find('@') != std::string_view::npos) return "a user before the host";
  if (authority_.starts_with('[')) {
    std::size_t bracket = authority_.find(']');
    if (bracket == std::string_view::npos) return "a bad IPv6 address";
    host_ = authority_.substr(1, bracket - 1);
    // A zone means something to this host alone; RFC 6874 has it percent-encoded, RFC 9110 not at all.
    if (host_.find('%') != std::string_view::npos) return "an address with a zone";
    std::optional<Address> address = Address::parse(host_);
    if (!address || !address->is_v6()) return "a bad IPv6 address";
    return parse_port(authority_.substr(bracket + 1));
  }
  host_ = authority_.substr(0, authority_.find(':'));
  if (host_.empty()) return "no host";
  bool is_number = ends_in_number(host_);
  if (is_number ? !Address::parse(host_) : !is_name(host_))
    return is_number ? "a bad IPv4 address" : "a bad host";
  return parse_port(authority_.substr(host_.size()));
}

// RFC 3986, 3.2.3: ":" and digits, or none, which is the scheme's port.
const char* Url::parse_port(std::string_view text) {
  constexpr std::size_t kMostDigits = 5;
  port_ = secure_ ? 443 : 80;
  if (text.empty()) return nullptr;
  std::string_view digits = text.substr(1);
  if (text[0] != ':') return "a bad port";
  if (digits.empty()) {
    authority_.remove_suffix(1);
    return nullptr;
  }
  std::uint64_t port = 0;
  if (digits.size() > kMostDigits || !parse_decimal(digits, port) || port == 0 || port > 65535)
    return "a bad port";
  port_ = static_cast<std::uint16_t>(port);
  return nullptr;
}

bool Url::has_origin_of(const Url& other) const {
  return secure_ == other.secure_ && port_ == other.port_ && same_ignoring_case(host_, other.host_);
}

Result<std::string_view> resolve_reference(const Url& base, std::string_view reference, std::span<char> out) {
  reference = reference.substr(0, reference.find('#'));
  std::size_t mark = reference.find('?');
  bool has_query = mark != std::string_view::npos;
  std::string_view query = has_query ? reference.substr(mark) : std::string_view();
  std::string_view rest = reference.substr(0, mark);

  TextBuffer text(out.data(), out.size());
  std::size_t colon = end_of_scheme(rest);
  bool has_scheme = colon != std::string_view::npos;
  if (has_scheme) {
    text << rest.substr(0, colon + 1);
    rest.remove_prefix(colon + 1);
  } else {
    text << (base.secure() ? "https:" : "http:");
  }
  bool has_authority = rest.starts_with("//");
  if (has_authority) {
    std::string_view authority = rest.substr(0, rest.find('/', 2));
    text << authority;
    rest.remove_prefix(authority.size());
  } else if (!has_scheme) {
    text << "//" << base.authority();
  }
  std::size_t path = text.text().size();
  if (has_scheme || has_authority || rest.starts_with('/')) {
    text << rest;
  } else if (rest.empty()) {
    text << base.path();
    if (!has_query) query = base.path_and_query().substr(base.path().size());
  } else {
    // RFC 3986, 5.2.3: beside the last segment of the base.
    std::string_view folder = base.path().substr(0, base.path().rfind('/') + 1);
    text << (folder.empty() ? "/" : folder) << rest;
  }
  if (text.truncated()) return failure(Errc::limit_exceeded, "URL: too long");
  std::size_t size = text.text().size();
  if (size != path && out[path] == '/') size = path + remove_dot_segments(out.data() + path, size - path);
  TextBuffer end(out.data() + size, out.size() - size);
  end << query;
  if (end.truncated()) return failure(Errc::limit_exceeded, "URL: too long");
  return std::string_view(out.data(), size + query.size());
}

}  // namespace net::http
