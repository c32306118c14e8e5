// A request in steady state asks the system for no memory.
#include "tests/unit/http/server/exchange.h"

namespace net::http {
namespace {

Task<> hello(Request& request, Response& response) {
  co_await response.header("Content-Type", "text/plain").send(request.parameter("name"));
}

TEST(SteadyState, RequestsAllocateNothing) {
  auto scenario = [](Server& server) -> Task<> {
    std::pair<Stream, Stream> ends = stream_pair();
    Task<> serving = serve_one(server, std::move(ends.second));
    auto ask = [](Stream stream) -> Task<> {
      std::size_t requests = 0;
      for (int i = 0; i != 1000; ++i) {
        if (i == 100) requests = memory_statistics().system_requests;
        co_await stream.write(
            "GET /hello/world HTTP/1.1\r\nHost: localhost\r\nUser-Agent: test\r\n\r\n"
            "GET /hello/again HTTP/1.1\r\nHost: localhost\r\nUser-Agent: test\r\n\r\n");
        std::array<std::byte, 1024> buffer;
        std::size_t size = 0;
        while (!text(std::span(buffer).first(size)).ends_with("\r\n\r\nagain")) {
          std::span<std::byte> got = co_await stream.read(std::span(buffer).subspan(size));
          size += got.size();
        }
      }
      EXPECT_EQ(memory_statistics().system_requests, requests);
      co_await stream.shutdown();
    };
    Task<> asking = ask(std::move(ends.first));
    co_await all(std::move(serving), std::move(asking));
  };
  ManualLoop loop;
  Router router;
  router.get("/hello/{name}", hello);
  Server server(detail::Named<Router>(router), ServerOptions{});
  Result<> outcome = loop.run_task(scenario, server);
  EXPECT_TRUE(outcome) << outcome.error().message();
}

}  // namespace
}  // namespace net::http
