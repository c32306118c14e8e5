// The characters and small grammars that HTTP's parts share (RFC 9110, 5.6; RFC 9112, 2.2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace net::http {

// "tchar": methods, field names, protocols.
[[nodiscard]] bool is_token(std::string_view text);
// What a field's value may be made of: visible characters, spaces, tabs, and bytes from 0x80 on (RFC
// 9110, 5.5).
[[nodiscard]] bool is_field_value(std::string_view text);
// Without the spaces and tabs at both ends.
[[nodiscard]] inline std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}
// Field names, codings and protocols do not tell capital letters from small ones.
[[nodiscard]] bool same_ignoring_case(std::string_view a, std::string_view b);
// "1*DIGIT" and no more: no sign, no space, at most 2^63 - 1. False for anything else.
[[nodiscard]] bool parse_decimal(std::string_view text, std::uint64_t& number);
// The value of a hexadecimal digit, or -1.
[[nodiscard]] int hex_digit(char c);

// Takes the next member off the front of a comma-separated list (RFC 9110, 5.6.1), trimmed; empty members are
// skipped. False when nothing is left. Quoted strings are not looked into.
[[nodiscard]] bool next_member(std::string_view& list, std::string_view& member);

// What the target of a request may be made of: visible ASCII characters but `"`, `#`, `<`, `>` and `\`, where
// each `%` begins two hexadecimal digits. That is RFC 3986 and the characters that browsers do not encode
// (`[]{}|^` and the backtick).
[[nodiscard]] bool is_target(std::string_view text);
// "host", "host:port" or "[address]:port", as in a Host field (RFC 9112, 3.2); not empty, no user.
[[nodiscard]] bool is_authority(std::string_view text);

// Decodes "%41" in place at `out`, which may be where `text` is. Gives the decoded text.
std::string_view percent_decode(std::string_view text, char* out);

namespace detail {

// Bits of a character's classes.
enum CharacterClass : std::uint8_t {
  kToken = 1,
  kValue = 2,
  kTargetCharacter = 4,
  kPlainTarget = 8,  // of these, all but `%`
  kHostCharacter = 16,
};
struct Classes {
  std::uint8_t of[256] = {};
  constexpr Classes();
};
extern const Classes kClasses;
inline bool is(char c, CharacterClass wanted) {
  return (kClasses.of[static_cast<unsigned char>(c)] & wanted) != 0;
}
// How many characters at the text's beginning are in the class.
inline std::size_t leading(std::string_view text, CharacterClass wanted) {
  std::size_t count = 0;
  while (count != text.size() && is(text[count], wanted)) ++count;
  return count;
}
// The same of kValue, eight at a time.
std::size_t leading_value(std::string_view text);

template <std::size_t kSize>
std::uint64_t load(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, kSize);
  return word;
}
// Whether a token of that length is a name that is written in small letters here, up to eight characters at a
// time. Of a token's characters only capital letters become small ones by this bit, and "-" has it.
template <std::size_t kSize>
bool is_named(std::string_view token, const char (&name)[kSize]) {
  constexpr std::size_t kLength = kSize - 1;
  constexpr std::size_t kPart = kLength >= 8 ? 8 : kLength >= 4 ? 4 : kLength;
  constexpr std::uint64_t kSmall = 0x2020202020202020;
  std::uint64_t different = 0;
  for (std::size_t at = 0; at < kLength; at += kPart) {
    std::size_t from = at + kPart <= kLength ? at : kLength - kPart;
    different |= (load<kPart>(token.data() + from) | (kSmall >> (64 - 8 * kPart))) ^ load<kPart>(name + from);
  }
  return different == 0;
}

}  // namespace detail

}  // namespace net::http
