// Whatever a WebSocket's peer sends: byte by byte or all at once the same messages, control frames and refusal
// come of it; texts are texts as a plain decoder finds them; offers of compression are answered only if they
// can be kept.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "net/io/stream.h"
#include "net/websocket/deflate.h"
#include "net/websocket/handshake.h"
#include "net/websocket/receiver.h"
#include "net/websocket/utf8.h"

namespace {

using namespace net::websocket;

void check(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

// All that a receiver says, in a form that does not depend on the pieces.
class Heard {
 public:
  std::string log;
  std::string message;
  bool refused = false;
};

void feed(Receiver& receiver, std::string_view input, Heard& heard) {
  // In memory of exactly its size, so that a read beyond it is noticed.
  auto exact = std::make_unique<std::byte[]>(input.size());
  std::copy_n(reinterpret_cast<const std::byte*>(input.data()), input.size(), exact.get());
  std::span<std::byte> data(exact.get(), input.size());
  while (!heard.refused) {
    switch (receiver.next(data)) {
      case Receiver::Event::kMore: check(data.empty(), "not all was taken"); return;
      case Receiver::Event::kPiece:
        heard.message += net::text(receiver.piece());
        if (!receiver.ended()) break;
        check(receiver.size() == heard.message.size(), "a message of another length");
        check(receiver.is_compressed() || receiver.size() <= 4000, "a message beyond the limit");
        heard.log += receiver.is_text() ? "t" : "b";
        if (receiver.is_compressed()) heard.log += "*";
        heard.log += heard.message + '\n';
        heard.message.clear();
        break;
      case Receiver::Event::kControl:
        heard.log += 'c';
        heard.log += static_cast<char>(receiver.opcode());
        heard.log += net::text(receiver.payload());
        if (receiver.opcode() == Opcode::kClose && !receiver.payload().empty())
          check(may_be_sent(receiver.close_code()) && is_utf8(receiver.close_reason()), "a close that is none");
        break;
      case Receiver::Event::kRefused:
        heard.refused = true;
        heard.log += "r" + std::to_string(receiver.refusal()) + receiver.reason();
        check(may_be_sent(receiver.refusal()), "a refusal that cannot be said");
        break;
    }
  }
}

void receive(std::string_view input, Role self, bool compression) {
  Heard at_once;
  Receiver first(self, compression, 4000);
  feed(first, input, at_once);
  Heard in_pieces;
  Receiver second(self, compression, 4000);
  std::size_t step = 1;
  for (std::size_t i = 0; i < input.size(); i += step) {
    step = 1 + (i * 7 + input.size()) % 3;
    feed(second, input.substr(i, step), in_pieces);
  }
  check(at_once.log == in_pieces.log && at_once.message == in_pieces.message, "it depends on how bytes come");
}

// Each byte of the input adds a frame, or a part of one: most of them make sense.
std::string build(std::string_view input, Role self) {
  std::string out;
  for (std::size_t i = 0; i + 2 < input.size(); i += 3) {
    auto kind = static_cast<unsigned char>(input[i]);
    if (kind % 16 == 15) {
      out += input[i + 1];
      continue;
    }
    static constexpr unsigned kFirsts[] = {0x81, 0x82, 0x01, 0x02, 0x00, 0x80, 0x89, 0x8A, 0x88, 0xC1, 0x41};
    std::string payload(static_cast<unsigned char>(input[i + 1]) % 140, input[i + 2]);
    if (kFirsts[kind % 11] == 0x88 && payload.size() >= 2)
      payload[0] = 3, payload[1] = static_cast<char>(0xE8 + kind % 32);
    FrameHeader header(Opcode::kText, payload.size());
    header.masked = self == Role::kServer;
    header.mask = {std::byte{kind}, std::byte{2}, std::byte{3}, std::byte{4}};
    std::array<std::byte, kLongestHeader> head;
    std::size_t size = header.write(head);
    head[0] = static_cast<std::byte>(kFirsts[kind % 11]);
    if (header.masked) apply_mask(std::as_writable_bytes(std::span(payload)), header.mask);
    out += net::text(net::Bytes(head).first(size));
    out += payload;
  }
  return out;
}

void inflate(std::string_view input) {
  Inflater inflater;
  Buffer out;
  std::size_t half = input.size() / 2;
  net::Errc code = inflater.inflate(net::bytes(input.substr(0, half)), false, 15, 5000, out);
  if (code == net::Errc::ok)
    static_cast<void>(inflater.inflate(net::bytes(input.substr(half)), true, 15, 5000, out));
  check(out.size() <= 5000, "more than the limit");
  Deflater deflater;
  Buffer small;
  check(input.empty() || deflater.deflate(net::bytes(input), 15, small) == net::Errc::ok,
        "it was not compressed");
  Inflater again;
  Buffer large;
  if (input.empty()) return;
  check(again.inflate(small.bytes(), true, 15, input.size(), large) == net::Errc::ok,
        "it cannot be read again");
  check(net::text(large.bytes()) == input, "compressed to something else");
}

void shake_hands(std::string_view input) {
  Deflate wanted;
  std::string offer = "permessage-deflate; " + std::string(input);
  for (std::string_view each : {std::string_view(offer), input}) {
    std::optional<Deflate> agreed = answer_offer(each, wanted);
    if (!agreed) continue;
    check(agreed->server_window_bits >= 9 && agreed->server_window_bits <= 15, "a window that cannot be");
    check(agreed->client_window_bits >= 8 && agreed->client_window_bits <= 15, "a window that cannot be");
  }
  std::optional<Deflate> read;
  static_cast<void>(read_answer(offer, &wanted, read));
  static_cast<void>(is_key(input));
  Utf8 utf8;
  bool text = true;
  for (char byte : input) text = utf8.push(net::bytes({&byte, 1})) && text;
  check((text && utf8.complete()) == is_utf8(net::bytes(input)), "a text depends on its pieces");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  Role self = size % 2 == 0 ? Role::kServer : Role::kClient;
  bool compression = size % 4 < 2;
  receive(input, self, compression);
  receive(build(input, self), self, compression);
  if (size % 64 == 5) inflate(input);  // which takes longer than the rest
  shake_hands(input);
  return 0;
}
