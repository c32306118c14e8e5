#include "net/io/address.h"

namespace net {
namespace {

int digit(char c, unsigned base) {
  unsigned value = 99;
  if (c >= '0' && c <= '9') value = static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') value = static_cast<unsigned>(c - 'a') + 10;
  if (c >= 'A' && c <= 'F') value = static_cast<unsigned>(c - 'A') + 10;
  return value < base ? static_cast<int>(value) : -1;
}

// Takes a number of at most `digits` digits off the front; nothing if there is none or it exceeds `limit`.
std::optional<std::uint32_t> take_number(std::string_view& text, unsigned base, unsigned digits,
                                         std::uint32_t limit) {
  std::uint64_t value = 0;
  unsigned used = 0;
  while (used < text.size() && used < digits) {
    int d = digit(text[used], base);
    if (d < 0) break;
    value = value * base + static_cast<unsigned>(d);
    ++used;
  }
  if (used == 0 || value > limit) return std::nullopt;
  text.remove_prefix(used);
  return static_cast<std::uint32_t>(value);
}

bool take_char(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

// Exactly four decimal numbers without leading zeros (RFC 6943, 3.1.1: other forms are ambiguous).
bool parse_v4(std::string_view text, std::uint8_t* out) {
  for (int i = 0; i < 4; ++i) {
    if (i != 0 && !take_char(text, '.')) return false;
    if (text.size() > 1 && text[0] == '0' && digit(text[1], 10) >= 0) return false;
    std::optional<std::uint32_t> number = take_number(text, 10, 3, 255);
    if (!number) return false;
    out[i] = static_cast<std::uint8_t>(*number);
  }
  return text.empty();
}

std::optional<std::array<std::uint8_t, 16>> parse_v6(std::string_view text) {
  std::array<std::uint8_t, 16> bytes{};
  std::size_t used = 0;
  std::optional<std::size_t> gap;
  if (text.starts_with("::")) {
    gap = 0;
    text.remove_prefix(2);
  }
  while (!text.empty()) {
    // A dotted tail stands for the last two groups.
    std::size_t colon = text.find(':');
    if (colon == std::string_view::npos && text.find('.') != std::string_view::npos) {
      if (used > 12 || !parse_v4(text, &bytes[used])) return std::nullopt;
      used += 4;
      text = {};
      break;
    }
    std::optional<std::uint32_t> group = take_number(text, 16, 4, 0xffff);
    if (!group || used > 14) return std::nullopt;
    bytes[used++] = static_cast<std::uint8_t>(*group >> 8);
    bytes[used++] = static_cast<std::uint8_t>(*group & 0xff);
    if (text.empty()) break;
    if (!take_char(text, ':') || text.empty()) return std::nullopt;
    if (take_char(text, ':')) {
      if (gap) return std::nullopt;
      gap = used;
    }
  }
  if (!gap) return used == 16 ? std::optional(bytes) : std::nullopt;
  if (used == 16) return std::nullopt;
  // Move what follows the gap to the end.
  std::size_t tail = used - *gap;
  for (std::size_t i = 0; i < tail; ++i) {
    bytes[15 - i] = bytes[used - 1 - i];
    bytes[used - 1 - i] = 0;
  }
  return bytes;
}

void write_hex(TextBuffer& out, unsigned group) {
  int shift = 12;
  while (shift != 0 && group >> shift == 0) shift -= 4;
  for (; shift >= 0; shift -= 4) out << "0123456789abcdef"[group >> shift & 0xf];
}

void write_v4(TextBuffer& out, const std::uint8_t* bytes) {
  for (unsigned i = 0; i < 4; ++i) {
    if (i != 0) out << '.';
    out << std::uint32_t{bytes[i]};
  }
}

}  // namespace

std::optional<Address> Address::parse(std::string_view text) {
  std::uint8_t four[4];
  if (parse_v4(text, four)) return v4(four[0], four[1], four[2], four[3]);
  std::uint32_t scope = 0;
  if (std::size_t percent = text.find('%'); percent != std::string_view::npos) {
    std::string_view zone = text.substr(percent + 1);
    std::optional<std::uint32_t> number = take_number(zone, 10, 10, 0xffffffff);
    if (!number || !zone.empty()) return std::nullopt;
    scope = *number;
    text = text.substr(0, percent);
  }
  if (text.find(':') == std::string_view::npos) return std::nullopt;
  std::optional<std::array<std::uint8_t, 16>> bytes = parse_v6(text);
  if (!bytes) return std::nullopt;
  return v6(*bytes, scope);
}

void Address::write(TextBuffer& out) const {
  if (family_ == Family::kNone) {
    out << "(no address)";
    return;
  }
  if (is_v4()) return write_v4(out, bytes_.data());
  auto group = [this](unsigned i) { return static_cast<unsigned>(bytes_[2 * i] << 8 | bytes_[2 * i + 1]); };
  // The longest run of two or more zero groups, the first of equals, becomes "::" (RFC 5952, 4.2).
  unsigned best = 8;
  unsigned best_length = 1;
  for (unsigned i = 0, length = 0; i < 8; ++i) {
    length = group(i) == 0 ? length + 1 : 0;
    if (length > best_length) {
      best = i + 1 - length;
      best_length = length;
    }
  }
  bool mapped = best == 0 && best_length == 5 && group(5) == 0xffff;
  for (unsigned i = 0; i < 8; ++i) {
    if (i == best) {
      out << "::";
      i += best_length - 1;
      continue;
    }
    if (i != 0 && i != best + best_length) out << ':';
    if (mapped && i == 6) {
      write_v4(out, bytes_.data() + 12);
      break;
    }
    write_hex(out, group(i));
  }
  if (scope_ != 0) out << '%' << scope_;
}

std::string Address::to_string() const {
  Text<64> out;
  write(out);
  return std::string(out.text());
}

bool Address::is_any() const {
  for (std::uint8_t each : bytes_) {
    if (each != 0) return false;
  }
  return family_ != Family::kNone;
}
bool Address::is_loopback() const {
  return is_v4() ? bytes_[0] == 127 : is_v6() && bytes_ == loopback_v6().bytes_;
}
bool Address::is_multicast() const {
  return is_v4() ? (bytes_[0] & 0xf0) == 0xe0 : is_v6() && bytes_[0] == 0xff;
}
bool Address::is_link_local() const {
  if (is_v4()) return bytes_[0] == 169 && bytes_[1] == 254;
  return is_v6() && bytes_[0] == 0xfe && (bytes_[1] & 0xc0) == 0x80;
}

std::optional<Endpoint> Endpoint::parse(std::string_view text) {
  std::optional<Address> address;
  std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  std::string_view port_text = text.substr(colon + 1);
  std::optional<std::uint32_t> port = take_number(port_text, 10, 5, 65535);
  if (!port || !port_text.empty()) return std::nullopt;
  if (host.starts_with('[') && host.ends_with(']')) {
    address = Address::parse(host.substr(1, host.size() - 2));
    if (address && !address->is_v6()) return std::nullopt;
  } else {
    address = Address::parse(host);
    if (address && !address->is_v4()) return std::nullopt;
  }
  if (!address) return std::nullopt;
  return Endpoint(*address, static_cast<std::uint16_t>(*port));
}

void Endpoint::write(TextBuffer& out) const {
  if (!valid()) {
    out << "(no endpoint)";
    return;
  }
  if (address_.is_v6()) {
    out << '[' << address_ << ']';
  } else {
    out << address_;
  }
  out << ':' << port_;
}

std::string Endpoint::to_string() const {
  Text<72> out;
  write(out);
  return std::string(out.text());
}

}  // namespace net
