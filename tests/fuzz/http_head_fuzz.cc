// However messages are cut into pieces, they are read the same, and so they are whether or not fields are
// recognised; an accepted head, written anew from its parts, is accepted with the same parts.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "net/http/head_parser.h"
#include "net/http/syntax.h"
#include "tests/support/http_messages.h"

namespace {

using net::http::Field;
using net::http::Fields;
using net::http::HeadLimits;
using net::http::Messages;
using net::http::Parse;
using net::http::RequestParser;
using net::http::ResponseParser;

void check(bool holds, const char* what, std::string_view text) {
  if (holds) return;
  std::fprintf(stderr, "%s: %s\n", what, net::http::in_quotes(text).c_str());
  std::abort();
}

Messages read(unsigned kind, std::span<const std::string_view> pieces) {
  HeadLimits limits;
  if (kind % 8 == 7) limits.bytes = 64;
  if (kind % 8 == 7) limits.fields = 3;
  switch (kind % 8) {
    case 0: return net::http::read_responses(pieces, "GET", limits);
    case 1: return net::http::read_responses(pieces, "HEAD", limits);
    case 2: return net::http::read_responses(pieces, "CONNECT", limits);
    case 3: return net::http::read_chunked(pieces, 1 + kind / 8);
    default: return net::http::read_requests(pieces, limits);
  }
}

void read_in_pieces(unsigned kind, std::string_view text) {
  std::array<std::string_view, 1> whole = {text};
  Messages expected = read(kind, whole);
  std::vector<std::string_view> pieces;
  for (std::size_t i = 0; i != text.size(); ++i) pieces.push_back(text.substr(i, 1));
  check(read(kind, pieces) == expected, "read otherwise byte by byte", text);
  // Where it is cut depends on the text alone.
  std::size_t random = text.size() * 31 + kind;
  pieces.clear();
  for (std::string_view rest = text; !rest.empty();) {
    random = random * 6364136223846793005U + static_cast<unsigned char>(rest[0]) + 1442695040888963407U;
    std::string_view piece = rest.substr(0, 1 + (random >> 33) % 24);
    pieces.push_back(piece);
    rest.remove_prefix(piece.size());
  }
  check(read(kind, pieces) == expected, "read otherwise in pieces", text);
}

// Fields that the head before had are recognised.
void read_twice(std::string_view text) {
  std::string twice = std::string(text).append(text);
  std::array<std::string_view, 1> whole = {twice};
  check(net::http::read_requests(whole) == net::http::read_requests_anew(whole), "read otherwise anew", twice);
}

// What a head gives, by its own means.
template <class Parser>
std::string parts(const Parser& parser) {
  std::string out = std::to_string(parser.minor_version()) + (parser.keeps_alive() ? " keep" : " close") +
                    (parser.has_upgrade() ? " upgrade" : "");
  for (Field field : parser.fields()) out.append("\n").append(field.name).append("=").append(field.value);
  return out;
}

void check_fields(Fields fields, std::string_view text) {
  for (Field field : fields) {
    check(net::http::is_token(field.name), "a name that is no token", text);
    check(net::http::is_field_value(field.value), "a value with control characters", text);
    check(net::http::trimmed(field.value) == field.value, "a value with spaces around it", text);
    check(fields.contains(field.name), "a field is not found", text);
    std::string_view first;
    for (Field other : fields) {
      first = other.value;
      if (net::http::same_ignoring_case(other.name, field.name)) break;
    }
    check(fields.get(field.name) == first, "another field is found", text);
  }
}

template <class Parser>
void read_again(const std::string& start_line, const Parser& parser, std::string_view text) {
  check_fields(parser.fields(), text);
  std::string written = start_line;
  for (Field field : parser.fields()) {
    written.append(field.name).append(": ").append(field.value).append("\r\n");
  }
  written += "\r\n";
  Parser again(HeadLimits{1U << 20, 10'000});
  check(again.parse(written) == Parse::kDone, "written anew it is refused", text);
  check(again.size() == written.size(), "written anew it has another size", text);
  check(parts(again) == parts(parser), "written anew it is another", text);
  // The limits are exact.
  auto size = static_cast<std::uint32_t>(written.size());
  Parser enough(HeadLimits{size, 10'000});
  check(enough.parse(written) == Parse::kDone, "refused although it has room", text);
  Parser little(HeadLimits{size - 1, 10'000});
  check(little.parse(written) == Parse::kRefused, "accepted beyond the limit", text);
  check(little.refusal() == 431 || little.refusal() == 414, "refused for another reason", text);
}

void read_heads(std::string_view text) {
  RequestParser request;
  if (request.parse(text) == Parse::kDone) {
    std::string line(request.method());
    line.append(" ").append(request.target()).append(request.minor_version() == 0 ? " HTTP/1.0" : " HTTP/1.1");
    check(request.size() <= text.size() && request.size() <= 8192, "a size beyond the bytes", text);
    check(request.minor_version() == 0 || !request.host().empty(), "no host", text);
    check(request.host().empty() || net::http::is_authority(request.host()), "a host that is none", text);
    check(net::http::is_target(request.target()), "a target that is none", text);
    read_again(line + "\r\n", request, text);
  }
  ResponseParser response;
  if (response.parse(text) == Parse::kDone) {
    std::string line(response.minor_version() == 0 ? "HTTP/1.0 " : "HTTP/1.1 ");
    line.append(std::to_string(response.status())).append(" ").append(response.reason_phrase());
    check(response.status() >= 100 && response.status() <= 999, "a status that is none", text);
    read_again(line + "\r\n", response, text);
  }
}

}  // namespace

// The first byte is the kind of what follows.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  read_in_pieces(data[0], text);
  read_heads(text);
  read_twice(text);
  return 0;
}
