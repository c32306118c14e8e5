// Messages of DNS (RFC 1035, 4): one question for addresses, and what an answer to it says.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "net/io/addresses.h"
#include "net/io/socket.h"

namespace net::dns {

// RFC 1035, 3.2.2; RFC 3596, 2.1.
enum class Type : std::uint16_t { kA = 1, kCname = 5, kAaaa = 28 };

// A question. *Lifetime*: the name's.
class Question {
 public:
  Question(std::string_view host, Type of, std::uint16_t number) : name(host), type(of), id(number) {}
  std::string_view name;
  Type type;
  std::uint16_t id;
};

// Whether a name can be asked for: labels of 1 to 63 bytes, 253 in all, and a dot at the end or none (RFC 1035,
// 2.3.4).
[[nodiscard]] bool is_name(std::string_view name);

// The question as TCP carries it, with its length before it (RFC 1035, 4.2.2); UDP carries what follows.
class Query {
 public:
  // The name is one.
  explicit Query(const Question& question);
  [[nodiscard]] Bytes for_tcp() const { return Bytes(bytes_).first(size_); }
  [[nodiscard]] Bytes for_udp() const { return for_tcp().subspan(kLength); }

 private:
  static constexpr std::size_t kLength = 2;
  static constexpr std::size_t kLargest = kLength + 12 + 255 + 4;  // header, name, type and class
  std::array<std::byte, kLargest> bytes_;
  std::size_t size_ = 0;
};

enum class Verdict : std::uint8_t {
  kFound,      // the addresses
  kNone,       // there is no such name, or it has no such address
  kTruncated,  // there is more, by TCP (RFC 7766, 5)
  kFailed,     // the server cannot tell, or what it says makes no sense
  kForeign,    // no answer to this question: somebody's guess, or late (RFC 5452, 4.2)
};

// Whether a message is there as a whole.
enum class Extent : std::uint8_t {
  kWhole,
  kBeginning,  // records that it does not contain are left out
};

// Reads an answer, and adds the addresses to `found`: those of the name itself, or of what it is an alias for,
// over at most eight aliases within the answer. Nothing is added to `found` unless the verdict is kFound.
Verdict read_answer(Bytes message, const Question& question, Addresses& found, Extent extent = Extent::kWhole);

}  // namespace net::dns
