// A request in steady state asks the system for no memory.
#include "tests/unit/http/server/exchange.h"

namespace net::http {
namespace {

Task<> hello(Request& request, Response& response) {
  co_await response.header("Content-Type", "text/plain").send(request.parameter("name"));
}

// Longer than the output.
Task<> page(Request&, Response& response) {
  static const std::string text(9000, 'x');
  co_await response.send(bytes(std::string_view(text)), nullptr);
}

// Asks the same again and again, and waits for an answer's end each time.
Task<> ask(Stream stream, std::string_view requests, std::string_view end) {
  std::size_t taken = 0;
  std::string got;
  for (int i = 0; i != 2000; ++i) {
    if (i == 1000) taken = memory_statistics().system_requests;
    co_await stream.write(requests);
    got.clear();
    while (!got.ends_with(end)) {
      std::span<std::byte> part = co_await stream.read_view();
      got += text(part);
    }
  }
  EXPECT_EQ(memory_statistics().system_requests, taken);
  co_await stream.shutdown();
}

void ask_server(std::string_view requests, std::string_view end) {
  auto scenario = [](Server& server, std::string_view requests, std::string_view end) -> Task<> {
    std::pair<Stream, Stream> ends = stream_pair();
    Task<> serving = serve_one(server, std::move(ends.second));
    Task<> asking = ask(std::move(ends.first), requests, end);
    co_await all(std::move(serving), std::move(asking));
  };
  ManualLoop loop;
  Router router;
  router.get("/hello/{name}", hello).get("/page", page);
  Server server(detail::Named<Router>(router), ServerOptions{});
  Result<> outcome = loop.run_task(scenario, server, requests, end);
  EXPECT_TRUE(outcome) << outcome.error().message();
}

TEST(SteadyState, RequestsAllocateNothing) {
  ask_server(
      "GET /hello/world HTTP/1.1\r\nHost: localhost\r\nUser-Agent: test\r\n\r\n"
      "GET /hello/again HTTP/1.1\r\nHost: localhost\r\nUser-Agent: test\r\n\r\n",
      "\r\n\r\nagain");
}

TEST(SteadyState, SharedContentsAllocateNothing) {
  ask_server(
      "GET /page HTTP/1.1\r\nHost: localhost\r\n\r\nGET /page HTTP/1.1\r\nHost: localhost\r\n\r\n"
      "GET /hello/last HTTP/1.1\r\nHost: localhost\r\n\r\n",
      "\r\n\r\nlast");
}

}  // namespace
}  // namespace net::http
