// Content that a client sends: in parts, after a question, again.
#include <string>

#include "tests/unit/http/client/fixture.h"

namespace net::http {
namespace {

// Content that has to be made.
class Numbers final : public BodySource {
 public:
  Numbers(int count, std::uint64_t length, bool rewinds) : count_(count), length_(length), rewinds_(rewinds) {}
  Task<Bytes> read(std::span<std::byte> buffer) override {
    if (next_ == count_) co_return Bytes();
    co_await yield();
    buffer[0] = static_cast<std::byte>('0' + next_++ % 10);
    co_return buffer.first(1);
  }
  [[nodiscard]] std::uint64_t length() const override { return length_; }
  bool rewind() override {
    if (rewinds_) next_ = 0;
    return rewinds_;
  }

 private:
  int count_;
  int next_ = 0;
  std::uint64_t length_;
  bool rewinds_;
};

TEST_F(ClientTest, SendsContentThatComesInParts) {
  server.scripts = {{kOk, kOk, kOk}};
  run([](ClientTest&, Client& client) -> Task<> {
    for (std::uint64_t length : {BodySource::kUnknown, std::uint64_t{3}}) {
      Numbers numbers(3, length, false);
      ClientRequest request("POST", kServer);
      request.body(numbers);
      ClientResponse response = co_await client.send(request);
      co_await response.text();
    }
    Numbers nothing(0, BodySource::kUnknown, false);
    ClientRequest request("POST", kServer);
    request.body(nothing);
    ClientResponse response = co_await client.send(request);
    EXPECT_TRUE(response.ok());
  });
  ASSERT_EQ(server.requests.size(), 3U);
  constexpr const char* kType = "Content-Type: application/octet-stream\r\n";
  EXPECT_EQ(server.requests[0].text, "POST / HTTP/1.1\r\nHost: 10.0.0.1\r\n" + std::string(kType) +
                                         "User-Agent: eddy\r\nTransfer-Encoding: chunked\r\n\r\n"
                                         "1\r\n0\r\n1\r\n1\r\n1\r\n2\r\n0\r\n\r\n");
  EXPECT_TRUE(server.requests[1].text.ends_with("Content-Length: 3\r\n\r\n012"));
  EXPECT_TRUE(server.requests[2].text.ends_with("chunked\r\n\r\n0\r\n\r\n"));
}

TEST_F(ClientTest, RefusesASourceOfAnotherLength) {
  server.scripts = {{Turn(kOk)}, {Turn(kOk)}};
  run([](ClientTest&, Client& client) -> Task<> {
    for (int count : {2, 4}) {
      Numbers numbers(count, 3, false);
      ClientRequest request("POST", kServer);
      request.body(numbers);
      Result<ClientResponse> response = co_await result(client.send(request));
      EXPECT_FALSE(response);
      if (!response) {
        EXPECT_EQ(response.error(), Errc::invalid_argument);
      }
    }
    EXPECT_EQ(client.idle(), 0U);
  });
}

TEST_F(ClientTest, FollowsWithContentThatCanBeRewound) {
  server.scripts = {{redirect(307, "/b"), kOk, redirect(307, "/b")}};
  run([](ClientTest&, Client& client) -> Task<> {
    Numbers numbers(3, BodySource::kUnknown, true);
    ClientRequest request("POST", kServer);
    request.body(numbers);
    ClientResponse response = co_await client.send(request);
    EXPECT_EQ(response.status(), 200);
    co_await response.text();
    Numbers once(3, BodySource::kUnknown, false);
    ClientRequest other("POST", kServer);
    other.body(once);
    ClientResponse moved = co_await client.send(other);
    EXPECT_EQ(moved.status(), 307) << "what cannot be sent again is the caller's to decide";
  });
  ASSERT_EQ(server.requests.size(), 3U);
  EXPECT_TRUE(server.requests[1].text.ends_with("2\r\n0\r\n\r\n"));
}

// RFC 9110, 10.1.1.
TEST_F(ClientTest, AsksBeforeItSendsContent) {
  server.scripts = {{Turn("HTTP/1.1 100 Continue\r\n\r\n").after_head(), Turn(kOk).unasked().later(1s)},
                    {Turn("HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n").after_head()},
                    {Turn(kOk)}};
  run([](ClientTest& test, Client& client) -> Task<> {
    ClientRequest request("POST", kServer);
    request.body("content").expect_continue();
    ClientResponse wanted = co_await client.send(request);
    EXPECT_EQ(wanted.status(), 200);
    EXPECT_NE(test.server.requests[0].text.find("Expect: 100-continue\r\n"), std::string::npos);
    client.close_idle();
    ClientResponse unwanted = co_await client.send(request);
    EXPECT_EQ(unwanted.status(), 417);
    EXPECT_EQ(client.idle(), 0U) << "the server waits for content";
    ClientResponse silent = co_await client.send(request);  // one that knows nothing of it
    EXPECT_EQ(silent.status(), 200);
  });
  EXPECT_EQ(server.requests[1].text.find("content\r"), std::string::npos);
  EXPECT_TRUE(server.requests[2].text.ends_with("\r\n\r\ncontent"));
}

TEST_F(ClientTest, TakesAnAnswerThatComesBeforeTheContentIsSent) {
  server.scripts = {{Turn("HTTP/1.1 413 Too much\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
                         .after_head()
                         .then_closes()}};
  run([](ClientTest&, Client& client) -> Task<> {
    std::string much(500'000, 'x');
    ClientRequest request("POST", kServer);
    request.body(much);
    Result<ClientResponse> response = co_await result(client.send(request));
    // The close of a server that has not read all resets the connection, perhaps before the answer is read.
    if (response) {
      EXPECT_EQ(response->status(), 413);
    } else {
      EXPECT_TRUE(response.error().context().starts_with("send http://10.0.0.1")) << response.error().message();
    }
  });
}

}  // namespace
}  // namespace net::http
