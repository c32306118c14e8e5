#include "net/dns/message.h"

#include <algorithm>

#include "net/io/stream.h"

namespace net::dns {
namespace {

// RFC 1035, 4.1.1.
constexpr std::size_t kHeader = 12;
constexpr unsigned kResponse = 0x8000;
constexpr unsigned kOpcode = 0x7800;
constexpr unsigned kAuthoritative = 0x0400;
constexpr unsigned kTruncation = 0x0200;
constexpr unsigned kRecursionDesired = 0x0100;
constexpr unsigned kRecursionAvailable = 0x0080;
constexpr unsigned kResponseCode = 0x000f;
constexpr unsigned kNoSuchName = 3;

constexpr unsigned kInternet = 1;  // the class
constexpr std::size_t kLargestName = 255;
constexpr std::size_t kLargestLabel = 63;
constexpr int kMostPointers = 16;  // of one name
constexpr int kMostAliases = 8;

std::string_view without_final_dot(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  return name;
}

// The first label of a name, which is cut off.
std::string_view take_label(std::string_view& name) {
  std::string_view label = name.substr(0, name.find('.'));
  name.remove_prefix(std::min(name.size(), label.size() + 1));
  return label;
}

unsigned number_at(Bytes message, std::size_t at) {
  return std::to_integer<unsigned>(message[at]) << 8 | std::to_integer<unsigned>(message[at + 1]);
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Names are compared without regard to case, of ASCII only (RFC 4343).
bool equal(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

// Goes from label to label of a name in a message (RFC 1035, 4.1.4). A pointer leads to before whatever has
// been read of the name, so that every name ends.
class NameReader {
 public:
  NameReader(Bytes message, std::size_t at) : message_(message), at_(at), first_(at) {}

  // The next label; empty at the end of the name, or where it makes no sense, which `malformed` tells.
  std::string_view next() {
    for (;;) {
      if (at_ >= message_.size()) return fail();
      auto length = std::to_integer<std::size_t>(message_[at_]);
      if (length <= kLargestLabel) return label(length);
      if (length < 0xc0 || at_ + 1 >= message_.size()) return fail();
      std::size_t to = number_at(message_, at_) & 0x3fff;
      leave(at_ + 2);
      if (to < kHeader || to >= first_ || ++pointers_ > kMostPointers) return fail();
      at_ = first_ = to;
    }
  }
  [[nodiscard]] bool malformed() const { return malformed_; }
  // What follows the name, when all of it has been read.
  [[nodiscard]] std::size_t end() const { return end_; }

 private:
  std::string_view label(std::size_t length) {
    size_ += length + 1;
    if (size_ > kLargestName || at_ + 1 + length > message_.size()) return fail();
    std::size_t begin = at_ + 1;
    if (length == 0) leave(begin);
    at_ = length == 0 ? at_ : begin + length;
    return text(message_.subspan(begin, length));
  }
  std::string_view fail() {
    malformed_ = true;
    return {};
  }
  void leave(std::size_t at) {
    if (end_ == 0) end_ = at;
  }

  Bytes message_;
  std::size_t at_;
  std::size_t first_;  // where what is read in a row begins
  std::size_t end_ = 0;
  std::size_t size_ = 0;
  int pointers_ = 0;
  bool malformed_ = false;
};

// What follows the name; 0 if it is malformed.
std::size_t skip_name(Bytes message, std::size_t at) {
  NameReader name(message, at);
  while (!name.next().empty()) {
  }
  return name.malformed() ? 0 : name.end();
}

bool same_name(Bytes message, std::size_t a, std::size_t b) {
  NameReader one(message, a);
  NameReader other(message, b);
  for (;;) {
    std::string_view label = one.next();
    if (!equal(label, other.next()) || one.malformed() || other.malformed()) return false;
    if (label.empty()) return true;
  }
}

// What follows the question, if it is this one; else 0.
std::size_t skip_question(Bytes message, const Question& question) {
  NameReader name(message, kHeader);
  std::string_view left = without_final_dot(question.name);
  do {
    if (!equal(name.next(), take_label(left))) return 0;
  } while (!left.empty());
  if (!name.next().empty() || name.malformed()) return 0;
  std::size_t at = name.end();
  if (at + 4 > message.size() || number_at(message, at) != static_cast<unsigned>(question.type) ||
      number_at(message, at + 2) != kInternet)
    return 0;
  return at + 4;
}

// RFC 1035, 4.1.3.
struct Record {
  std::size_t name = 0;
  unsigned type = 0;
  unsigned of_class = 0;
  std::size_t data = 0;
  std::size_t size = 0;
  [[nodiscard]] bool is(Type wanted) const {
    return of_class == kInternet && type == static_cast<unsigned>(wanted);
  }
};

enum class Part : std::uint8_t { kWhole, kCut, kMalformed };

// Reads the record at `at`, and moves on behind it.
Part read_record(Bytes message, std::size_t& at, Record& record) {
  constexpr std::size_t kFixed = 10;
  record.name = at;
  std::size_t fixed = skip_name(message, at);
  if (fixed == 0) return Part::kMalformed;
  if (fixed + kFixed > message.size()) return Part::kCut;
  record.type = number_at(message, fixed);
  record.of_class = number_at(message, fixed + 2);
  record.size = number_at(message, fixed + 8);
  record.data = fixed + kFixed;
  at = record.data + record.size;
  if (at > message.size()) return Part::kCut;
  bool wrong = (record.is(Type::kA) && record.size != 4) || (record.is(Type::kAaaa) && record.size != 16) ||
               (record.is(Type::kCname) && skip_name(message, record.data) != at);
  return wrong ? Part::kMalformed : Part::kWhole;
}

Address address_of(Bytes message, const Record& record) {
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = 0; i != record.size; ++i) {
    bytes[i] = std::to_integer<std::uint8_t>(message[record.data + i]);
  }
  return record.size == 4 ? Address::v4(bytes[0], bytes[1], bytes[2], bytes[3]) : Address::v6(bytes);
}

// How many records of the answer are there; -1 if one of them makes no sense.
int count_records(Bytes message, std::size_t first, Extent extent) {
  int announced = static_cast<int>(number_at(message, 6));
  std::size_t at = first;
  for (int i = 0; i != announced; ++i) {
    Record record;
    Part part = at < message.size() ? read_record(message, at, record) : Part::kCut;
    if (part == Part::kWhole) continue;
    // Where a message is cut, so may a name be.
    return extent == Extent::kBeginning ? i : -1;
  }
  return announced;
}

// Adds the addresses of a name to `found`; false if the records have none. What it is an alias for becomes
// `alias`.
bool look_for(Bytes message, std::size_t first, int records, std::size_t owner, Type type, Addresses& found,
              std::size_t& alias) {
  bool any = false;
  for (std::size_t at = first; records != 0; --records) {
    Record record;
    read_record(message, at, record);
    if (!record.is(type) && !record.is(Type::kCname)) continue;
    if (!same_name(message, record.name, owner)) continue;
    if (record.is(type)) {
      found.push_back(address_of(message, record));
      any = true;
    } else {
      alias = record.data;
    }
  }
  return any;
}

}  // namespace

bool is_name(std::string_view name) {
  name = without_final_dot(name);
  if (name.empty() || name.size() + 2 > kLargestName || name.ends_with('.')) return false;
  while (!name.empty()) {
    std::string_view label = take_label(name);
    if (label.empty() || label.size() > kLargestLabel) return false;
  }
  return true;
}

Query::Query(const Question& question) {
  auto put = [this](unsigned number) {
    bytes_[size_++] = static_cast<std::byte>(number >> 8);
    bytes_[size_++] = static_cast<std::byte>(number);
  };
  size_ = kLength;
  put(question.id);
  put(kRecursionDesired);
  put(1);  // question
  for (int records = 0; records != 3; ++records) put(0);
  for (std::string_view left = without_final_dot(question.name); !left.empty();) {
    std::string_view label = take_label(left);
    bytes_[size_++] = static_cast<std::byte>(label.size());
    for (char each : label) bytes_[size_++] = static_cast<std::byte>(each);
  }
  bytes_[size_++] = std::byte{0};
  put(static_cast<unsigned>(question.type));
  put(kInternet);
  bytes_[0] = static_cast<std::byte>((size_ - kLength) >> 8);
  bytes_[1] = static_cast<std::byte>(size_ - kLength);
}

Verdict read_answer(Bytes message, const Question& question, Addresses& found, Extent extent) {
  if (message.size() < kHeader || number_at(message, 0) != question.id) return Verdict::kForeign;
  unsigned flags = number_at(message, 2);
  bool one_question = number_at(message, 4) == 1;
  if ((flags & kResponse) == 0 || (flags & kOpcode) != 0 || !one_question) return Verdict::kForeign;
  std::size_t first = skip_question(message, question);
  if (first == 0) return Verdict::kForeign;
  unsigned code = flags & kResponseCode;
  if (code == kNoSuchName) return Verdict::kNone;
  if (code != 0) return Verdict::kFailed;
  if ((flags & kTruncation) != 0) return Verdict::kTruncated;

  int records = count_records(message, first, extent);
  if (records == -1) return Verdict::kFailed;
  // Such a server names others that we should ask (RFC 2308, 2.2.1).
  if (records == 0 && (flags & (kAuthoritative | kRecursionAvailable)) == 0) return Verdict::kFailed;
  std::size_t owner = kHeader;
  for (int aliases = 0; aliases <= kMostAliases; ++aliases) {
    std::size_t alias = 0;
    if (look_for(message, first, records, owner, question.type, found, alias)) return Verdict::kFound;
    if (alias == 0) return Verdict::kNone;
    owner = alias;
  }
  return Verdict::kFailed;
}

}  // namespace net::dns
