// Handlers that fail: before their answer has begun the peer is told, after that the connection is reset.
#include <stdexcept>

#include "net/core/log.h"
#include "tests/unit/http/server/exchange.h"

namespace net::http {
namespace {

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

class Failure : public testing::Test {
 protected:
  Failure() { set_log_level(LogLevel::kOff); }
  ~Failure() override { set_log_level(LogLevel::kWarn); }
  Failure(const Failure&) = delete;
  Failure& operator=(const Failure&) = delete;

  static std::string answer(Handler handler, ServerCounters& counters) {
    ServerOptions options;
    options.set_counters(&counters);
    return exchange(std::move(handler), std::string(kGet) + std::string(kGet), std::move(options));
  }
  static void expect_500(Handler handler) {
    ServerCounters counters;
    std::string got = answer(std::move(handler), counters);
    EXPECT_EQ(
        got,
        "HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n"
        "Content-Length: 22\r\n\r\nInternal Server Error\n");
    EXPECT_EQ(counters.failed, 1U);
    EXPECT_EQ(counters.requests, 1U);
    EXPECT_EQ(counters.open, 0U);
  }
};

TEST_F(Failure, OfAnAwaitIsAnswered500) {
  expect_500([](Request&, Response&) -> Task<> { co_await fail(Errc::io_error, "ask the database"); });
}

TEST_F(Failure, ByAnExceptionIsAnswered500) {
  expect_500([](Request&, Response&) -> Task<> {
    co_await sleep(1ms);
    throw std::runtime_error("no database");
  });
}

TEST_F(Failure, AfterFieldsWereAddedTakesThemBack) {
  expect_500([](Request&, Response& response) -> Task<> {
    response.status(201).header("X-A", "1");
    co_await fail(Errc::io_error);
  });
}

// Response splitting.
TEST_F(Failure, IsWhatABadFieldLeadsTo) {
  for (const char* value : {"a\r\nX: y", "a\nb", "a\rb", "\x7f", "\x01"}) {
    expect_500(
        [value](Request&, Response& response) -> Task<> { co_await response.header("X-A", value).send("x"); });
    expect_500([value](Request&, Response& response) -> Task<> {
      response.header("X-A", value);
      co_return;
    });
    expect_500(
        [value](Request&, Response& response) -> Task<> { co_await response.header("X-A", value).write("x"); });
  }
  for (const char* name : {"", "a b", "a:", "Content-Length", "transfer-encoding", "Connection", "date"}) {
    expect_500(
        [name](Request&, Response& response) -> Task<> { co_await response.header(name, "1").send("x"); });
  }
}

TEST_F(Failure, IsWhatATooLongHeaderLeadsTo) {
  expect_500([](Request&, Response& response) -> Task<> {
    std::string value(5000, 'x');
    co_await response.header("X-A", value).header("X-B", value).send("x");
  });
}

TEST_F(Failure, AfterAnAnswerLeavesIt) {
  ServerCounters counters;
  std::string got = answer(
      [](Request&, Response& response) -> Task<> {
        co_await response.send("whole");
        co_await fail(Errc::io_error);
      },
      counters);
  EXPECT_TRUE(got.ends_with("whole")) << got;
}

// RFC 9110, 9.3.2.
TEST_F(Failure, OfHeadIsAnsweredWithoutContent) {
  auto failing = [](Request&, Response&) -> Task<> { co_await fail(Errc::io_error); };
  std::string got = exchange(failing, "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(got.starts_with("HTTP/1.1 500 ") && got.ends_with("Content-Length: 22\r\n\r\n")) << got;
  got = exchange(failing, "HEAD / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
  EXPECT_TRUE(got.starts_with("HTTP/1.1 400 ") && got.ends_with("Content-Length: 29\r\n\r\n")) << got;
}

TEST_F(Failure, WithinAnAnswerResets) {
  ServerCounters counters;
  std::string got = answer(
      [](Request&, Response& response) -> Task<> {
        co_await response.write("half");
        co_await fail(Errc::io_error);
      },
      counters);
  EXPECT_TRUE(got.ends_with("\r\n\r\n4\r\nhalf\r\n<reset>") || got == "<reset>") << got;
}

TEST_F(Failure, ToGiveAllOfTheContentResets) {
  ServerCounters counters;
  std::string got =
      answer([](Request&, Response& response) -> Task<> { co_await response.content_length(10).write("half"); },
             counters);
  EXPECT_TRUE(got.ends_with("half<reset>") || got == "<reset>") << got;
}

TEST_F(Failure, ToAnswerOnceOnly) {
  ServerCounters counters;
  std::string got = answer(
      [](Request&, Response& response) -> Task<> {
        co_await response.send("one");
        Result<> second = co_await result(response.send("two"));
        EXPECT_FALSE(second);
        Result<> third = co_await result(response.write("three"));
        EXPECT_FALSE(third);
      },
      counters);
  EXPECT_EQ(got.find("two"), std::string::npos);
  EXPECT_EQ(counters.requests, 2U);
}

}  // namespace
}  // namespace net::http
