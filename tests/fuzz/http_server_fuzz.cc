// Whatever is sent to a server, however it is cut: what comes back are whole answers, one for each request that
// the parser accepts and one for the refusal, each with what its request said; and nothing is left.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "net/http/syntax.h"
#include "tests/support/http_messages.h"
#include "tests/unit/http/server/exchange.h"

namespace {

using net::Task;
using net::http::Message;
using net::http::Messages;
using net::http::Request;
using net::http::Response;

// Tells what it was asked; every other method gets it in parts.
Task<> tell(Request& request, Response& response) {
  std::string told(request.method());
  told.append(" ").append(request.target()).append(" ");
  std::string_view body = co_await request.text();
  told += body;
  if (request.method() == "CONNECT") response.status(405);  // 200 would be a tunnel
  if (told.size() % 2 == 0) {
    co_await response.send(told);
    co_return;
  }
  std::string_view rest = told;
  while (!rest.empty()) {
    co_await response.write(rest.substr(0, 7));
    rest.remove_prefix(std::min<std::size_t>(7, rest.size()));
  }
}

[[noreturn]] void fail(const char* what, std::string_view sent, std::string_view got,
                       const Messages& expected) {
  std::fprintf(stderr, "%s\nsent %s\ngot %s\n%s", what, net::http::in_quotes(sent).c_str(),
               net::http::in_quotes(got).c_str(), expected.to_string().c_str());
  std::abort();
}

// The final answers, in their order. The method of each request decides whether its answer has a body.
std::vector<Message> answers(std::string_view sent, std::string_view got, const Messages& expected) {
  std::vector<Message> all;
  std::string_view rest = got;
  while (!rest.empty()) {
    std::string method = all.size() < expected.parts.size() ? expected.parts[all.size()].method : "GET";
    std::array<std::string_view, 1> whole = {rest};
    net::http::ResponseParser parser;
    if (parser.parse(rest) != net::http::Parse::kDone) fail("no answer", sent, got, expected);
    // Of a request that was refused the method is not known here; HEAD is refused without content.
    bool is_refusal = all.size() >= expected.parts.size();
    if (is_refusal && parser.size() == rest.size() && sent.find("HEAD ") != std::string_view::npos)
      method = "HEAD";
    bool is_final = parser.status() >= 200;
    net::http::Framing framing = parser.framing(method == "CONNECT" ? "GET" : method);
    Messages read = net::http::read_responses(whole, method == "CONNECT" ? "GET" : method);
    Message& message = read.parts.front();
    std::size_t size = parser.size();
    if (framing.kind == net::http::Framing::Kind::kUntilClose) {
      message.complete = parser.minor_version() == 0 || !parser.keeps_alive();
      size = rest.size();
    } else if (framing.kind == net::http::Framing::Kind::kLength) {
      size += static_cast<std::size_t>(framing.length);
    } else if (framing.kind == net::http::Framing::Kind::kChunked) {
      std::array<std::string_view, 1> body = {rest.substr(size)};
      std::string line = net::http::read_chunked(body, 1U << 20).lines.front();
      std::size_t left = line.rfind(" rest=");
      std::size_t behind = left == std::string::npos || line.ends_with('"')
                               ? 0
                               : std::strtoul(line.c_str() + left + 6, nullptr, 10);
      size = rest.size() - behind;
    }
    if (!message.complete || size > rest.size()) fail("half an answer", sent, got, expected);
    if (is_final) all.push_back(message);
    rest.remove_prefix(size);
  }
  return all;
}

void check(std::string_view sent, std::string_view got) {
  std::array<std::string_view, 1> whole = {sent};
  Messages expected = net::http::read_requests(whole);
  std::vector<Message> all = answers(sent, got, expected);
  bool may_end_early = false;
  bool may_go_on = false;
  for (std::size_t i = 0; i != expected.parts.size(); ++i) {
    const Message& request = expected.parts[i];
    for (const auto& field : request.fields) {
      may_end_early = may_end_early || net::http::same_ignoring_case(field.first, "expect");
    }
    // The handler leaves HTTP for nothing else, so the server reads on.
    may_go_on = may_go_on || request.changes_protocol;
    if (i >= all.size()) break;
    if (!request.complete) {
      if (all[i].status < 400) fail("half a request is answered", sent, got, expected);
      continue;
    }
    std::string told = request.method + " " + request.target + " " + request.body;
    if (all[i].status == 413 && request.body.size() > 1U << 20) continue;
    if (all[i].status != (request.method == "CONNECT" ? 405 : 200))
      fail("a request is refused", sent, got, expected);
    if (request.method != "HEAD" && all[i].body != told)
      fail("another request is answered", sent, got, expected);
  }
  bool refused = !expected.refusal.empty() && expected.refusal != "a bad chunk";
  std::size_t count = expected.parts.size() + (refused ? 1 : 0);
  // An answer to HTTP/1.0 in parts lasts until the connection ends.
  may_end_early = may_end_early || (!all.empty() && !all.back().keeps_alive);
  if (all.size() < count && !may_end_early) fail("an answer is missing", sent, got, expected);
  if (all.size() > count && !may_go_on) fail("an answer too many", sent, got, expected);
}

}  // namespace

// The first byte says how it is cut.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::size_t random = size;
  std::vector<std::string> pieces;
  for (std::string_view rest = text; !rest.empty();) {
    random = random * 6364136223846793005U + data[0] + 1442695040888963407U;
    std::string_view piece = rest.substr(0, data[0] < 128 ? 1 + (random >> 33) % 200 : rest.size());
    pieces.emplace_back(piece);
    rest.remove_prefix(piece.size());
  }
  net::http::Peer peer(pieces);
  net::http::exchange(tell, peer);
  if (testing::UnitTest::GetInstance()->ad_hoc_test_result().Failed()) std::abort();
  check(text, peer.got);
  return 0;
}
