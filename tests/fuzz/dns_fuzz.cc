// Whatever a name server says, reading it ends within its bytes, and gives addresses exactly if it says so.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "net/dns/message.h"
#include "net/io/stream.h"

namespace {

using net::dns::Extent;
using net::dns::Question;
using net::dns::Type;
using net::dns::Verdict;

void check(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

std::string number(unsigned value) { return {static_cast<char>(value >> 8), static_cast<char>(value)}; }

// Each byte of the input adds a piece of a message: most of them make sense where they stand.
std::string build(std::string_view input) {
  using namespace std::literals;
  std::string out = "id\x81\x80\x00\x01\x00\x07\x00\x00\x00\x00\x04host\x04test\x00\x00\x01\x00\x01"s;
  for (char each : input) {
    auto value = static_cast<unsigned char>(each);
    switch (value % 8) {
      case 0: out += "\xc0\x0c"sv; break;  // the question's name
      case 1: out += number(0xc000 | (12 + value * 2U) % 0x3fff); break;
      case 2: out += "\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x01\x02\x03\x04"sv; break;   // an address
      case 3: out += "\x00\x05\x00\x01\x00\x00\x00\x3c\x00\x04\x01x\xc0\x0c"sv; break;      // an alias
      case 4: out += "\x00\x05\x00\x01\x00\x00\x00\x3c\x00\x02\xc0"sv, out += each; break;  // by a pointer
      case 5: out += "\x01x"sv; break;
      case 6: out += std::string(value / 8, 'x'); break;
      default: out += each; break;
    }
  }
  return out;
}

// In memory of exactly its size, so that a read beyond it is noticed.
void read(std::string_view message, Extent extent) {
  auto exact = std::make_unique<std::byte[]>(message.size());
  std::copy_n(reinterpret_cast<const std::byte*>(message.data()), message.size(), exact.get());
  for (Type type : {Type::kA, Type::kAaaa}) {
    net::Addresses found;
    Question question("host.test", type, 0x6964);
    Verdict verdict = read_answer({exact.get(), message.size()}, question, found, extent);
    check((verdict == Verdict::kFound) != found.empty(),
          "a verdict without its addresses, or these without it");
    for (const net::Address& each : found)
      check(each.is_v4() == (type == Type::kA), "an address of the other family");
  }
}

// A name that can be asked for is read back from the answer; nothing else may be written.
void ask(std::string_view name) {
  if (!net::dns::is_name(name)) return;
  Question question(name, Type::kA, 7);
  net::dns::Query query(question);
  std::string answer(net::text(query.for_udp()));
  answer[2] = '\x81';
  answer[3] = '\x80';
  net::Addresses found;
  check(read_answer(net::bytes(answer), question, found) == Verdict::kNone, "its own question is another");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  for (Extent extent : {Extent::kWhole, Extent::kBeginning}) {
    read(input, extent);
    read(build(input), extent);
  }
  ask(input);
  return 0;
}
