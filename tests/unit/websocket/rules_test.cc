// A server against raw frames: what it makes of them, and what it says.
#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "net/core/combine.h"
#include "tests/unit/websocket/pair.h"

namespace net::websocket {
namespace {

using namespace std::literals;

struct Case {
  const char* rule;
  std::vector<std::string> frames;
  std::string heard;  // "text(x) " …, then how it ended
  std::string said;   // the first bytes of what it sent
  friend void PrintTo(const Case& test, std::ostream* out) { *out << test.rule; }
};

class Cases : public testing::TestWithParam<Case> {
 protected:
  ManualLoop loop;
  NumbersNetwork network;
  Network::Used used{network};
};

Task<> send_raw(Stream& peer, const std::string& bytes, std::size_t at_once) {
  for (std::size_t i = 0; i < bytes.size(); i += at_once)
    co_await peer.write(std::string_view(bytes).substr(i, at_once));
  co_await peer.shutdown();
}

Task<> serve_once(Stream stream, std::string& heard) {
  Options options;
  options.set_message_limit(1000);
  WebSocket server(std::move(stream), Role::kServer, options);
  co_await listen_to(server, heard);
}

Task<> against_raw(const std::string& bytes, std::size_t at_once, std::string& heard, std::string& said) {
  auto [ours, peer] = stream_pair();
  Stream& raw = peer;
  auto sent = [](Stream& to, const std::string& all, std::size_t size) -> Task<> {
    Result<> done = co_await result(send_raw(to, all, size));
    static_cast<void>(done);  // the server may have seen enough
  };
  co_await all(serve_once(std::move(ours), heard), sent(raw, bytes, at_once), hear_end(raw, said));
}

TEST_P(Cases, EndAsTheyShould) {
  std::string all_bytes;
  for (const std::string& each : GetParam().frames) all_bytes += each;
  for (std::size_t at_once : {std::size_t{1}, std::size_t{2}, std::size_t{13}, std::size_t{100'000}}) {
    std::string heard;
    std::string said;
    Result<> ended = loop.run_task(against_raw, all_bytes, at_once, heard, said);
    EXPECT_TRUE(ended) << ended.error().message();
    EXPECT_EQ(heard, GetParam().heard) << at_once;
    EXPECT_EQ(said, GetParam().said) << at_once;
  }
}

std::string f(unsigned first, std::string_view payload = {}) { return frame(Role::kServer, first, payload); }
std::string closed(std::string_view code) { return "\x88\x02" + std::string(code); }

const std::string kBye = f(0x88, "\x03\xe8");
const std::string kByeBack = closed("\x03\xe8");

const Case kCases[] = {
    {"7.1.5: a close", {kBye}, "closed 1000 ", kByeBack},
    {"5.5.1: a close without a code", {f(0x88)}, "closed 1005 ", "\x88\x00"s},
    {"5.5.1: a close with a reason", {f(0x88, "\x0f\xa0why")}, "closed 4000 why", closed("\x0f\xa0")},
    {"7.1.5: no close", {f(0x81, "x")}, "text(x) end of stream", ""},
    {"7.1.5: half a frame", {f(0x81, "x"), f(0x81, "yz").substr(0, 7)}, "text(x) end of stream", ""},
    {"5.5.1: nothing counts after a close", {kBye, f(0x81, "x"), f(0xF1, "")}, "closed 1000 ", kByeBack},
    {"5.5.2: a ping is answered", {f(0x89, "p"), kBye}, "closed 1000 ", "\x8a\x01p" + kByeBack},
    {"5.5.2: an empty ping", {f(0x89), kBye}, "closed 1000 ", "\x8a\x00"s + kByeBack},
    {"5.5.2: a ping of 125 bytes",
     {f(0x89, std::string(125, 'p')), kBye},
     "closed 1000 ",
     "\x8a\x7d" + std::string(125, 'p') + kByeBack},
    {"5.5.2: ten pings", std::vector<std::string>{f(0x89, "0123456789"), f(0x89, "1"), f(0x89, "2"), kBye},
     "closed 1000 ",
     "\x8a\x0a"
     "0123456789\x8a\x01"
     "1\x8a\x01"
     "2" +
         kByeBack},
    {"5.5.3: a pong that nobody asked for",
     {f(0x8a, "p"), f(0x81, "x"), kBye},
     "text(x) closed 1000 ",
     kByeBack},
    {"5.4: a ping within a message",
     {f(0x01, "a"), f(0x89, "p"), f(0x80, "b"), kBye},
     "text(ab) closed 1000 ",
     "\x8a\x01p" + kByeBack},
    {"5.4: pings within each part",
     {f(0x01, "a"), f(0x89, "p"), f(0x00, "b"), f(0x89, "q"), f(0x80, "c"), kBye},
     "text(abc) closed 1000 ",
     "\x8a\x01p\x8a\x01q" + kByeBack},
    {"5.4: messages one after another",
     {f(0x81, "x"), f(0x82, "y"), f(0x81), kBye},
     "text(x) binary(y) text() closed 1000 ",
     kByeBack},
    {"5.4: a close within a message", {f(0x01, "a"), kBye}, "closed 1000 ", kByeBack},
    {"5.4: a continuation of nothing", {f(0x80, "a")}, "protocol error", closed("\x03\xea")},
    {"5.4: a message within a message", {f(0x01, "a"), f(0x81, "b")}, "protocol error", closed("\x03\xea")},
    {"5.4: a text, then nonsense", {f(0x81, "x"), f(0xc1, "b")}, "text(x) protocol error", closed("\x03\xea")},
    {"5.1: without a mask", {frame(Role::kClient, 0x81, "x")}, "protocol error", closed("\x03\xea")},
    {"5.2: a reserved bit", {f(0xc1, "x")}, "protocol error", closed("\x03\xea")},
    {"5.2: a reserved opcode", {f(0x83, "x")}, "protocol error", closed("\x03\xea")},
    {"5.5: a ping in parts", {f(0x09, "x")}, "protocol error", closed("\x03\xea")},
    {"5.5: a long ping", {f(0x89, std::string(126, 'x'))}, "protocol error", closed("\x03\xea")},
    {"7.4.2: close code 0", {f(0x88, "\0\0"sv)}, "protocol error", closed("\x03\xea")},
    {"7.4.2: close code 999", {f(0x88, "\x03\xe7")}, "protocol error", closed("\x03\xea")},
    {"7.4.1: close code 1004", {f(0x88, "\x03\xec")}, "protocol error", closed("\x03\xea")},
    {"7.4.1: close code 1005", {f(0x88, "\x03\xed")}, "protocol error", closed("\x03\xea")},
    {"7.4.1: close code 1006", {f(0x88, "\x03\xee")}, "protocol error", closed("\x03\xea")},
    {"7.4.1: close code 1015", {f(0x88, "\x03\xf7")}, "protocol error", closed("\x03\xea")},
    {"7.4.2: close code 2999", {f(0x88, "\x0b\xb7")}, "protocol error", closed("\x03\xea")},
    {"7.4.2: close code 5000", {f(0x88, "\x13\x88")}, "protocol error", closed("\x03\xea")},
    {"5.5.1: half a close code", {f(0x88, "\x03")}, "protocol error", closed("\x03\xea")},
    {"8.1: a close reason that is no text",
     {f(0x88, "\x03\xe8\xc0\x80")},
     "protocol error",
     closed("\x03\xef")},
    {"8.1: a text that is none",
     {f(0x81,
        "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80"
        "edited")},
     "protocol error",
     closed("\x03\xef")},
    {"8.1: a character in two parts",
     {f(0x01, "\xe2\x82"), f(0x80, "\xac"), kBye},
     "text(\xe2\x82\xac) closed 1000 ",
     kByeBack},
    {"8.1: a ping within a character",
     {f(0x01, "\xe2"), f(0x89), f(0x80, "\x82\xac"), kBye},
     "text(\xe2\x82\xac) closed 1000 ",
     "\x8a\x00"s + kByeBack},
    {"8.1: half a character at the end", {f(0x81, "\xe2\x82")}, "protocol error", closed("\x03\xef")},
    {"8.1: half a character at the end of the parts",
     {f(0x01, "x"), f(0x00, "\xe2\x82"), f(0x80)},
     "protocol error",
     closed("\x03\xef")},
    {"8.1: it is told before the message ends",
     {f(0x01, "\xff"), f(0x00, "x")},
     "protocol error",
     closed("\x03\xef")},
    {"5.6: a binary may be anything", {f(0x82, "\xff\xfe"), kBye}, "binary(\xff\xfe) closed 1000 ", kByeBack},
    {"7.4.1: too long", {f(0x82, std::string(1001, 'x'))}, "limit exceeded", closed("\x03\xf1")},
    {"7.4.1: too long in parts",
     {f(0x02, std::string(600, 'x')), f(0x80, std::string(401, 'x'))},
     "limit exceeded",
     closed("\x03\xf1")},
    {"7.4.1: as long as may be",
     {f(0x02, std::string(600, 'x')), f(0x80, std::string(400, 'x')), kBye},
     "binary(" + std::string(1000, 'x') + ") closed 1000 ",
     kByeBack},
    {"RFC 7692, 6: compression that was not agreed on",
     {f(0xc1, "\xf2\x48\xcd\xc9\xc9\x07\x00"sv)},
     "protocol error",
     closed("\x03\xea")},
};

INSTANTIATE_TEST_SUITE_P(Rfc6455, Cases, testing::ValuesIn(kCases));

}  // namespace
}  // namespace net::websocket
