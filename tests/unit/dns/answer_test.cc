// What an answer says: addresses, aliases, that there is none; and everything that is no answer.
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "net/dns/message.h"
#include "net/io/stream.h"

namespace net::dns {
namespace {

using Parts = std::vector<std::string>;

constexpr unsigned kId = 0x1234;
const std::string kToQuestion = "\xc0\x0c";  // a pointer to the question's name

std::string number(unsigned value) { return {static_cast<char>(value >> 8), static_cast<char>(value)}; }
std::string name(std::string_view dotted) {
  std::string out;
  while (!dotted.empty()) {
    std::string_view label = dotted.substr(0, dotted.find('.'));
    dotted.remove_prefix(std::min(dotted.size(), label.size() + 1));
    out += static_cast<char>(label.size());
    out += label;
  }
  return out + '\0';
}
std::string header(unsigned flags, unsigned answers, unsigned questions = 1, unsigned id = kId) {
  return number(id) + number(flags) + number(questions) + number(answers) + number(0) + number(0);
}
std::string question(std::string_view dotted = "host.test", unsigned type = 1, unsigned of_class = 1) {
  return name(dotted) + number(type) + number(of_class);
}
std::string record(const std::string& owner, unsigned type, const std::string& data, unsigned of_class = 1) {
  return owner + number(type) + number(of_class) + number(0) + number(60) +
         number(static_cast<unsigned>(data.size())) + data;
}
const std::string kFour("\x01\x02\x03\x04", 4);
const std::string kSixteen = std::string("\x20\x01\x0d\xb8", 4) + std::string(11, '\0') + '\x07';
std::string a(const std::string& owner = kToQuestion, const std::string& data = kFour) {
  return record(owner, 1, data);
}

// 12 bytes of header and 15 of the question precede the first record.
constexpr unsigned kFirst = 27;
constexpr unsigned kAnswer = 0x8180;  // with recursion

class Answer : public testing::Test {
 protected:
  Verdict read(const std::string& message, Extent extent = Extent::kWhole) {
    // In memory of exactly its size, so that the sanitizer sees a read beyond it.
    std::vector<std::byte> exact(message.size());
    std::copy_n(reinterpret_cast<const std::byte*>(message.data()), message.size(), exact.data());
    found = Addresses();
    return read_answer(exact, asked, found, extent);
  }
  std::vector<std::string> texts() const {
    std::vector<std::string> all;
    for (const Address& address : found) all.push_back(address.to_string());
    return all;
  }
  Question asked{"host.test", Type::kA, kId};
  Addresses found;
};

TEST_F(Answer, GivesTheAddresses) {
  std::string message = header(kAnswer, 2) + question() + a() + a(kToQuestion, "\x05\x06\x07\x08");
  EXPECT_EQ(read(message), Verdict::kFound);
  EXPECT_EQ(texts(), (Parts{"1.2.3.4", "5.6.7.8"}));
}

TEST_F(Answer, GivesIPv6Addresses) {
  asked.type = Type::kAaaa;
  std::string message =
      header(kAnswer, 2) + question("host.test", 28) + a() + record(kToQuestion, 28, kSixteen);
  EXPECT_EQ(read(message), Verdict::kFound);
  EXPECT_EQ(texts(), Parts{"2001:db8::7"});
}

TEST_F(Answer, DoesNotCareForCaseOrAFinalDot) {
  EXPECT_EQ(read(header(kAnswer, 1) + question("HOST.tesT") + a(name("hOsT.TeSt"))), Verdict::kFound);
  asked.name = "Host.Test.";
  EXPECT_EQ(read(header(kAnswer, 1) + question() + a()), Verdict::kFound);
}

TEST_F(Answer, LeavesOutWhatIsOfOthers) {
  std::string others = a(name("other.test")) + record(kToQuestion, 1, kFour, 3) +
                       record(kToQuestion, 16, "\x03txt") + a(name("host.test.more")) + a(name("host")) +
                       a(name("xhost.test"));
  EXPECT_EQ(read(header(kAnswer, 6) + question() + others), Verdict::kNone);
  EXPECT_EQ(read(header(kAnswer, 7) + question() + others + a(kToQuestion, "\x09\x09\x09\x09")),
            Verdict::kFound);
  EXPECT_EQ(texts(), Parts{"9.9.9.9"});
}

// Records beyond the answer section are not answers (RFC 2181, 5.4.1).
TEST_F(Answer, LeavesOutOtherSections) {
  EXPECT_EQ(read(header(kAnswer, 0) + question() + a()), Verdict::kNone);
}

TEST_F(Answer, FollowsAliasesInAnyOrder) {
  std::string first = record(kToQuestion, 5, name("b.test"));
  std::string second = record(name("b.test"), 5, name("c.test"));
  std::string last = a(name("c.test"));
  for (const std::string& records : {first + second + last, last + second + first, second + last + first}) {
    EXPECT_EQ(read(header(kAnswer, 3) + question() + records), Verdict::kFound);
    EXPECT_EQ(texts(), Parts{"1.2.3.4"});
  }
}

TEST_F(Answer, FollowsAliasesByPointers) {
  // "www" and a pointer to "test" of the question; then an address whose owner is that.
  std::string alias = record(kToQuestion, 5, std::string("\x03www") + "\xc0\x11");
  std::string owner = "\xc0" + std::string(1, static_cast<char>(kFirst + 12));
  EXPECT_EQ(read(header(kAnswer, 2) + question() + alias + a(owner)), Verdict::kFound);
}

TEST_F(Answer, AnAliasOfNothingIsNone) {
  EXPECT_EQ(read(header(kAnswer, 1) + question() + record(kToQuestion, 5, name("b.test"))), Verdict::kNone);
}

TEST_F(Answer, GivesUpOnAliasesWithoutEnd) {
  std::string loop = record(kToQuestion, 5, name("b.test")) + record(name("b.test"), 5, name("host.test"));
  EXPECT_EQ(read(header(kAnswer, 2) + question() + loop), Verdict::kFailed);
  EXPECT_EQ(read(header(kAnswer, 1) + question() + record(kToQuestion, 5, kToQuestion)), Verdict::kFailed);
}

TEST_F(Answer, FollowsEightAliasesAndNoMore) {
  auto chain = [](int aliases) {
    std::string records;
    std::string owner = name("host.test");
    for (int i = 0; i != aliases; ++i) {
      std::string next = name("n" + std::to_string(i));
      records += record(owner, 5, next);
      owner = next;
    }
    return header(kAnswer, static_cast<unsigned>(aliases) + 1) + question() + records + a(owner);
  };
  EXPECT_EQ(read(chain(8)), Verdict::kFound);
  EXPECT_EQ(read(chain(9)), Verdict::kFailed);
}

TEST_F(Answer, TakesNoMoreThanFit) {
  std::string many;
  for (int i = 0; i != 40; ++i) many += a();
  EXPECT_EQ(read(header(kAnswer, 40) + question() + many), Verdict::kFound);
  EXPECT_EQ(found.size(), Addresses::kMax);
  EXPECT_EQ(read_answer(bytes(header(kAnswer, 1) + question() + a()), asked, found), Verdict::kFound);
}

TEST_F(Answer, SaysThatThereIsNone) {
  EXPECT_EQ(read(header(0x8183, 0) + question()), Verdict::kNone);  // no such name
  EXPECT_EQ(read(header(0x8180, 0) + question()), Verdict::kNone);  // no address of the family
  EXPECT_EQ(read(header(0x8400, 0) + question()), Verdict::kNone);  // by the name's own server
}

TEST_F(Answer, SaysThatTheServerCannotTell) {
  for (unsigned code : {1U, 2U, 4U, 5U, 9U, 15U}) {
    EXPECT_EQ(read(header(kAnswer | code, 0) + question()), Verdict::kFailed) << code;
  }
  EXPECT_EQ(read(header(0x8100, 0) + question()), Verdict::kFailed);  // it names other servers only
}

TEST_F(Answer, SaysThatItIsTruncated) {
  EXPECT_EQ(read(header(kAnswer | 0x0200, 1) + question() + a()), Verdict::kTruncated);
  EXPECT_EQ(read(header(kAnswer | 0x0200, 3) + question() + "\xc0"), Verdict::kTruncated);
  EXPECT_TRUE(found.empty());
}

// Guesses of a stranger, and answers to earlier questions (RFC 5452, 4).
TEST_F(Answer, IsForeign) {
  const std::pair<const char*, std::string> kCases[] = {
      {"empty", ""},
      {"shorter than a header", header(kAnswer, 1).substr(0, 11)},
      {"nothing but a header", header(kAnswer, 1)},
      {"another id", header(kAnswer, 1, 1, kId + 1) + question() + a()},
      {"a query", header(0x0100, 1) + question() + a()},
      {"another operation", header(kAnswer | 0x2000, 1) + question() + a()},
      {"no question", header(kAnswer, 1, 0) + a(name("host.test"))},
      {"two questions", header(kAnswer, 1, 2) + question() + question() + a()},
      {"another name", header(kAnswer, 1) + question("host.tess") + a()},
      {"a longer name", header(kAnswer, 1) + question("host.test.x") + a()},
      {"a shorter name", header(kAnswer, 1) + question("host") + a()},
      {"the root", header(kAnswer, 1) + question("") + a()},
      {"a name with a dot in a label",
       header(kAnswer, 1) + "\x09host.test" + '\0' + number(1) + number(1) + a()},
      {"another type", header(kAnswer, 1) + question("host.test", 28) + a()},
      {"another class", header(kAnswer, 1) + question("host.test", 1, 3) + a()},
      {"a question that is cut", header(kAnswer, 1) + question().substr(0, 14)},
      {"a name that is cut", header(kAnswer, 1) + question().substr(0, 7)},
      {"a question by a pointer", header(kAnswer, 1) + "\xc0\x0c" + number(1) + number(1)},
      {"a failure of another question", header(kAnswer | 2, 0) + question("host.tess")},
  };
  for (const auto& [what, message] : kCases) EXPECT_EQ(read(message), Verdict::kForeign) << what;
}

// To this question, but nothing that could be believed.
TEST_F(Answer, MakesNoSense) {
  auto answer = [](const std::string& records, unsigned count = 1) {
    return header(kAnswer, count) + question() + records;
  };
  auto pointer = [](unsigned to) { return number(0xc000 | to); };
  const std::pair<const char*, std::string> kCases[] = {
      {"no record where one is announced", answer("")},
      {"fewer records than announced", answer(a(), 2)},
      {"65535 records", answer(a(), 65535)},
      {"a record without data", answer(a().substr(0, 12))},
      {"a record whose data is cut", answer(a().substr(0, 15))},
      {"a record whose length is beyond the end",
       answer(kToQuestion + number(1) + number(1) + number(0) + number(9) + number(0xffff) + kFour)},
      {"an IPv4 address of 3 bytes", answer(a(kToQuestion, "\x01\x02\x03"))},
      {"an IPv4 address of 5 bytes", answer(a(kToQuestion, "\x01\x02\x03\x04\x05"))},
      {"an IPv6 address of 4 bytes", answer(record(kToQuestion, 28, kFour))},
      {"sense, then none", answer(a() + a(kToQuestion, "\x01"), 2)},
      {"an owner that is cut", answer("\x3fhost")},
      {"an owner without an end", answer("\x04host")},
      {"a pointer that is cut", answer("\xc0")},
      {"a pointer to itself", answer(a(pointer(kFirst)))},
      {"a pointer forwards", answer(a(pointer(kFirst + 2)))},
      {"a pointer beyond the end", answer(a(pointer(0x3fff)))},
      {"a pointer into the header", answer(a(pointer(2)))},
      {"a pointer to its own name's beginning", answer(a("\x01x" + pointer(kFirst)))},
      {"two pointers to each other", answer(a(pointer(kFirst + 16)) + a(pointer(kFirst)), 2)},
      {"a label of an unknown kind", answer(a("\x40x"))},
      {"another label of an unknown kind", answer(a("\x80x"))},
      {"an alias that is cut", answer(record(kToQuestion, 5, "\x04tes"))},
      {"an alias that is shorter than its data", answer(record(kToQuestion, 5, name("b.test") + "x"))},
      {"an alias without data", answer(record(kToQuestion, 5, ""))},
      {"an alias that goes on in the next record", answer(record(kToQuestion, 5, "\x01x") + a(), 2)},
  };
  for (const auto& [what, message] : kCases) {
    EXPECT_EQ(read(message), Verdict::kFailed) << what;
    EXPECT_TRUE(found.empty()) << what;
  }
}

TEST_F(Answer, RefusesNamesThatAreTooLong) {
  // Four labels of 63 bytes: 256 in all, with the pointer to a root at the end.
  std::string label = "\x3f" + std::string(63, 'x');
  std::string long_name = label + label + label + label + '\0';
  EXPECT_EQ(read(header(kAnswer, 1) + question() + a(long_name)), Verdict::kFailed);
  // Each record's owner is one byte and the owner before it.
  std::string records = a(name("x"));
  unsigned at = kFirst;
  for (int i = 0; i != 20; ++i) {
    unsigned before = at;
    at = kFirst + static_cast<unsigned>(records.size());
    records += a("\x01x" + number(0xc000 | before));
  }
  EXPECT_EQ(read(header(kAnswer, 21) + question() + records), Verdict::kFailed) << "a name of twenty pointers";
}

// By TCP what is beyond our buffer is left out.
TEST_F(Answer, OfWhichTheBeginningIsThere) {
  std::string message = header(kAnswer, 3) + question() + a() + a() + a();
  for (std::size_t size = message.size(); size > kFirst + 16; --size) {
    EXPECT_EQ(read(message.substr(0, size), Extent::kBeginning), Verdict::kFound) << size;
    EXPECT_EQ(found.size(), (size - kFirst) / 16) << size;
  }
}

// Whatever is cut off an answer, and whichever of its bytes is changed, nothing else is read.
TEST_F(Answer, EndsWithinItsBytes) {
  std::string message = header(kAnswer, 3) + question() + record(kToQuestion, 5, name("b.test")) +
                        a("\xc0" + std::string(1, static_cast<char>(kFirst + 12))) + a();
  for (std::size_t size = 0; size != message.size(); ++size) read(message.substr(0, size));
  for (std::size_t at = 0; at != message.size(); ++at) {
    for (int value = 0; value != 256; ++value) {
      std::string changed = message;
      changed[at] = static_cast<char>(value);
      read(changed);
    }
  }
}

}  // namespace
}  // namespace net::dns
