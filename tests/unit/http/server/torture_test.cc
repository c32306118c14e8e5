// A server and its peer, cancelled at every suspension and without every allocation.
#include "net/core/log.h"
#include "tests/support/every_suspension.h"
#include "tests/unit/http/server/exchange.h"

namespace net::http {
namespace {

Task<> echo(Request& request, Response& response) {
  std::string_view body = co_await request.text();
  co_await response.send(body);
}
Task<> in_parts(Request& request, Response& response) {
  std::array<std::byte, 4> buffer;
  for (;;) {
    std::span<std::byte> part = co_await request.read(buffer);
    if (part.empty()) co_return;
    co_await response.write(part);
  }
}
Task<> upgraded(Request&, Response& response) {
  Upgraded upgraded = co_await response.upgrade("x");
  co_await upgraded.stream.write(upgraded.early);
}

// Longer than the output.
Task<> shared(Request& request, Response& response) {
  static const std::string text(9000, 'x');
  std::string_view content = request.path() == "/last" ? std::string_view("last") : text;
  co_await response.send(bytes(content), nullptr);
}

// The scenario fails where the peer is not answered as it should be; a refused allocation is such a failure.
Task<> ask(Stream stream, std::string_view sent, std::string_view last) {
  std::string got;
  Result<> written = co_await result(stream.write(sent));
  if (written) written = co_await result(stream.shutdown());
  while (written) {
    std::array<std::byte, 256> buffer;
    Result<std::span<std::byte>> part = co_await result(stream.read(buffer));
    if (!part) written = failure(part.error());
    if (!part || part->empty()) break;
    got += text(*part);
  }
  if (context.fiber->cancelled()) co_await fail(Errc::cancelled);
  if (!got.ends_with(last)) co_await fail(Errc::no_memory, "ask the server");
}

// The server is made before: without memory for its handler it ends the program.
Task<> (*chosen)(Request&, Response&) = nullptr;
Task<> call(Request& request, Response& response) { co_await chosen(request, response); }
Server& server() {
  static Server made(call, ServerOptions{});
  return made;
}

Task<> run(Task<> (*handler)(Request&, Response&), std::string_view sent, std::string_view last) {
  chosen = handler;
  std::pair<Stream, Stream> ends = stream_pair(512);
  if (!ends.first) co_await fail(Errc::no_memory, "make streams");
  Task<> serving = serve_one(server(), std::move(ends.second));
  Task<> asking = ask(std::move(ends.first), sent, last);
  co_await all(std::move(serving), std::move(asking));
}

constexpr std::string_view kTwo =
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello world"
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nhello \r\n5\r\nagain\r\n0\r\n\r\n";

NET_MAKES_TASK Task<> whole_bodies() { return run(echo, kTwo, "hello again"); }
NET_MAKES_TASK Task<> bodies_in_parts() { return run(in_parts, kTwo, "1\r\nn\r\n0\r\n\r\n"); }
NET_MAKES_TASK Task<> a_refusal() { return run(echo, "GET / HTTP/1.1\r\n\r\n", "no Host field\n"); }
NET_MAKES_TASK Task<> shared_contents() {
  return run(shared,
             "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"
             "GET /last HTTP/1.1\r\nHost: a\r\n\r\n",
             "\r\n\r\nlast");
}
NET_MAKES_TASK Task<> an_upgrade() {
  return run(upgraded, "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nearly", "early");
}

class Torture : public testing::TestWithParam<Scenario> {
 protected:
  Torture() {
    server();
    set_log_level(LogLevel::kOff);
  }
};

TEST_P(Torture, CancelledAtEverySuspension) {
  ManualWorld world;
  cancel_at_every_suspension(world, GetParam());
}
TEST_P(Torture, WithoutEveryAllocation) {
  ManualWorld world;
  fail_every_allocation(world, GetParam());
}

INSTANTIATE_TEST_SUITE_P(Scenarios, Torture,
                         testing::Values(Scenario{"whole bodies", whole_bodies},
                                         Scenario{"bodies in parts", bodies_in_parts},
                                         Scenario{"a refusal", a_refusal},
                                         Scenario{"shared contents", shared_contents},
                                         Scenario{"an upgrade", an_upgrade}));

}  // namespace
}  // namespace net::http
