// A connection with much to do lets the others have their turn.
#include "tests/unit/http/server/exchange.h"

namespace net::http {
namespace {

// How much is done at most between two turns of this task. No time passes meanwhile.
Task<> watch(const int& done, const bool& ended, int& most) {
  int before = done;
  while (!ended) {
    co_await yield();
    most = std::max(most, done - before);
    before = done;
  }
}

Task<> ask(Stream peer, const std::string& sent, bool& ended) {
  auto send = [&]() -> Task<> {
    co_await peer.write(sent);
    co_await peer.shutdown();
  };
  auto drop = [&]() -> Task<> {
    for (;;) {
      std::span<std::byte> got = co_await peer.read_view();
      if (got.empty()) co_return;
    }
  };
  co_await all(send(), drop());
  ended = true;
}

int most_at_once(Handler handler, const int& done, const std::string& sent) {
  int most = 0;
  auto both = [&](Server& server) -> Task<> {
    bool ended = false;
    std::pair<Stream, Stream> ends = stream_pair();
    Task<> serving = serve_one(server, std::move(ends.second));
    Task<> asking = ask(std::move(ends.first), sent, ended);
    Task<> watching = watch(done, ended, most);
    co_await all(std::move(serving), std::move(asking), std::move(watching));
  };
  ManualLoop loop;
  Server server(std::move(handler), ServerOptions{});
  Result<> outcome = loop.run_task(both, server);
  EXPECT_TRUE(outcome) << outcome.error().message();
  return most;
}

TEST(Fairness, OfPipelinedRequests) {
  int done = 0;
  auto handler = [&](Request&, Response& response) -> Task<> {
    ++done;
    co_await response.send("ok");
  };
  std::string sent;
  for (int i = 0; i != 1000; ++i) sent += "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  int most = most_at_once(handler, done, sent);
  EXPECT_EQ(done, 1000);
  EXPECT_GT(most, 0);
  EXPECT_LE(most, 20);
}

TEST(Fairness, OfSmallChunks) {
  int done = 0;
  auto handler = [&](Request& request, Response& response) -> Task<> {
    for (;;) {
      std::array<std::byte, 10> buffer;
      std::span<std::byte> got = co_await request.read(buffer);
      if (got.empty()) break;
      ++done;
    }
    co_await response.send("ok");
  };
  std::string sent = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i != 3000; ++i) sent += "1\r\nx\r\n";
  int most = most_at_once(handler, done, sent + "0\r\n\r\n");
  EXPECT_EQ(done, 3000);
  EXPECT_GT(most, 0);
  EXPECT_LE(most, 130);
}

}  // namespace
}  // namespace net::http
