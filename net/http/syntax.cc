#include "net/http/syntax.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace net::http {
namespace detail {
namespace {

constexpr bool is_alphanumeric(unsigned c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
constexpr bool is_one_of(unsigned c, std::string_view set) {
  return c < 128 && set.find(static_cast<char>(c)) != std::string_view::npos;
}
constexpr unsigned classes_of(unsigned c) {
  unsigned classes = 0;
  if (is_alphanumeric(c) || is_one_of(c, "!#$%&'*+-.^_`|~")) classes |= kToken;
  if (c == '\t' || (c >= ' ' && c != 127)) classes |= kValue;
  if (c > ' ' && c < 127 && !is_one_of(c, "\"#<>\\")) classes |= kTargetCharacter;
  if ((classes & kTargetCharacter) != 0 && c != '%') classes |= kPlainTarget;
  // RFC 3986, 3.2.2: unreserved and sub-delims.
  if (is_alphanumeric(c) || is_one_of(c, "-._~!$&'()*+,;=")) classes |= kHostCharacter;
  return classes;
}

}  // namespace

constexpr Classes::Classes() {
  for (unsigned c = 0; c != 256; ++c) of[c] = static_cast<std::uint8_t>(classes_of(c));
}
constinit const Classes kClasses;

std::size_t leading_value(std::string_view text) {
  // Below 0x20 or equal to 0x7f; what is above the lowest such byte may be marked in error.
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kHighs = 0x8080808080808080;
  std::size_t at = 0;
  while (text.size() - at >= 8) {
    std::uint64_t word = load<8>(&text[at]);
    std::uint64_t below = (word - kOnes * 0x20) & ~word;
    std::uint64_t deleted = word ^ (kOnes * 0x7f);
    deleted = (deleted - kOnes) & ~deleted;
    std::uint64_t marked = (below | deleted) & kHighs;
    if (marked == 0) {
      at += 8;
      continue;
    }
    if constexpr (std::endian::native == std::endian::little) {
      at += static_cast<std::size_t>(std::countr_zero(marked)) / 8;
    }
    if (!is(text[at], kValue)) return at;
    ++at;  // a tab
  }
  return at + leading(text.substr(at), kValue);
}

}  // namespace detail

namespace {

bool all(std::string_view text, detail::CharacterClass wanted) {
  return detail::leading(text, wanted) == text.size();
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

// Whether each `%` begins two hexadecimal digits.
bool is_percent_encoded(std::string_view text) {
  for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 3)) {
    if (text.size() - at < 3 || hex_digit(text[at + 1]) < 0 || hex_digit(text[at + 2]) < 0) return false;
  }
  return true;
}

// RFC 3986, 3.2.3: "port" may be empty.
bool is_port(std::string_view text) {
  unsigned port = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return false;
    port = port * 10 + static_cast<unsigned>(c - '0');
    if (port > 65535) return false;
  }
  return true;
}

std::size_t leading_hex(std::string_view text) {
  std::size_t size = 0;
  while (size != text.size() && hex_digit(text[size]) >= 0) ++size;
  return size;
}

// Four numbers up to 255, without zeros before them.
bool is_ipv4(std::string_view text) {
  for (int left = 4; left != 0; --left) {
    std::size_t dot = left == 1 ? text.size() : text.find('.');
    if (dot == std::string_view::npos || dot == 0 || dot > 3 || (dot > 1 && text.front() == '0')) return false;
    std::uint64_t number = 0;
    if (!parse_decimal(text.substr(0, dot), number) || number > 255) return false;
    text.remove_prefix(left == 1 ? dot : dot + 1);
  }
  return true;
}

// Eight groups of hexadecimal digits, the last two perhaps an address of IPv4; "::" stands for some, once.
bool is_ipv6(std::string_view text) {
  int groups = 0;
  bool shortened = false;
  while (!text.empty()) {
    if (text.starts_with("::")) {
      if (std::exchange(shortened, true)) return false;
      text.remove_prefix(2);
      if (text.empty()) break;
    } else if (groups != 0) {
      if (text.front() != ':') return false;
      text.remove_prefix(1);
    }
    std::size_t size = leading_hex(text);
    if (size < text.size() && text[size] == '.') {
      if (!is_ipv4(text)) return false;
      groups += 2;
      break;
    }
    if (size == 0 || size > 4) return false;
    ++groups;
    text.remove_prefix(size);
  }
  return shortened ? groups < 8 : groups == 8;
}

// RFC 3986, 3.2.2: an address of IPv6, or of a version to come: "v7.…".
bool is_bracketed(std::string_view text) {
  if (!text.starts_with('[') || !text.ends_with(']')) return false;
  text = text.substr(1, text.size() - 2);
  if (is_ipv6(text)) return true;
  if (text.empty() || lower(text.front()) != 'v') return false;
  std::size_t version = leading_hex(text.substr(1));
  std::size_t dot = 1 + version;
  if (version == 0 || dot + 1 >= text.size() || text[dot] != '.') return false;
  return std::all_of(text.begin() + static_cast<std::ptrdiff_t>(dot) + 1, text.end(),
                     [](char c) { return c == ':' || detail::is(c, detail::kHostCharacter); });
}

}  // namespace

bool is_token(std::string_view text) { return !text.empty() && all(text, detail::kToken); }

bool is_field_value(std::string_view text) { return detail::leading_value(text) == text.size(); }

bool same_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i != a.size(); ++i) {
    if (a[i] != b[i] && lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

bool parse_decimal(std::string_view text, std::uint64_t& number) {
  constexpr std::uint64_t kMost = ~std::uint64_t{0} >> 1;
  if (text.empty()) return false;
  std::uint64_t value = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return false;
    auto digit = static_cast<std::uint64_t>(c - '0');
    if (value > (kMost - digit) / 10) return false;
    value = value * 10 + digit;
  }
  number = value;
  return true;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool next_member(std::string_view& list, std::string_view& member) {
  while (!list.empty()) {
    std::size_t comma = list.find(',');
    member = trimmed(list.substr(0, comma));
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    if (!member.empty()) return true;
  }
  return false;
}

bool is_target(std::string_view text) {
  bool encoded = false;
  for (char c : text) {
    if (!detail::is(c, detail::kTargetCharacter)) return false;
    encoded = encoded || c == '%';
  }
  return !text.empty() && (!encoded || is_percent_encoded(text));
}

bool is_authority(std::string_view text) {
  std::size_t end = 0;  // of the host
  if (text.starts_with('[')) {
    end = text.find(']');
    if (end == std::string_view::npos || !is_bracketed(text.substr(0, ++end))) return false;
  } else {
    end = detail::leading(text, detail::kHostCharacter);
    bool encoded = end != text.size() && text[end] == '%';
    while (end != text.size() && text[end] == '%') {
      ++end;
      end += detail::leading(text.substr(end), detail::kHostCharacter);
    }
    if (end == 0 || (encoded && !is_percent_encoded(text.substr(0, end)))) return false;
  }
  return end == text.size() || (text[end] == ':' && is_port(text.substr(end + 1)));
}

std::string_view percent_decode(std::string_view text, char* out) {
  char* end = out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%' && text.size() - i > 2) {
      int high = hex_digit(text[i + 1]);
      int low = hex_digit(text[i + 2]);
      if (high >= 0 && low >= 0) {
        c = static_cast<char>(high * 16 + low);
        i += 2;
      }
    }
    *end++ = c;
  }
  return {out, static_cast<std::size_t>(end - out)};
}

}  // namespace net::http
