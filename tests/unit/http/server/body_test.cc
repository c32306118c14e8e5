// Content of requests: what handlers read, and what becomes of what they leave.
#include "tests/unit/http/server/exchange.h"

namespace net::http {
namespace {

Task<> echo(Request& request, Response& response) {
  std::string_view text = co_await request.text();
  co_await response.header("Content-Type", "x/y").send(text);
}
Task<> echo_in_parts(Request& request, Response& response) {
  std::string all;
  for (;;) {
    std::array<std::byte, 3> buffer;
    std::span<std::byte> part = co_await request.read(buffer);
    if (part.empty()) break;
    all += text(part);
  }
  std::array<std::byte, 3> buffer;
  std::span<std::byte> again = co_await request.read(buffer);
  EXPECT_TRUE(again.empty()) << "the end, every time";
  co_await response.header("Content-Type", "x/y").send(all);
}
Task<> deaf(Request&, Response& response) { co_await response.header("Content-Type", "x/y").send("no"); }

std::string answer_of(std::string_view content) {
  return "HTTP/1.1 200 OK\r\nContent-Type: x/y\r\nContent-Length: " + std::to_string(content.size()) +
         "\r\n\r\n" + std::string(content);
}
// Of which the connection ends.
std::string last_answer_of(std::string_view content) {
  std::string answer = answer_of(content);
  return answer.insert(answer.find("\r\n\r\n") + 2, "Connection: close\r\n");
}
bool is_refusal(const std::string& answer, std::string_view status) {
  return answer.starts_with("HTTP/1.1 " + std::string(status)) &&
         answer.find("Connection: close\r\n") != std::string::npos;
}

const std::string kPost = "POST / HTTP/1.1\r\nHost: a\r\n";
const std::string kLength = kPost + "Content-Length: 11\r\n\r\nhello world";
const std::string kChunks =
    kPost + "Transfer-Encoding: chunked\r\n\r\n5;a=\"b\"\r\nhello\r\n006\r\n world\r\n0\r\nX-T: 1\r\n\r\n";

TEST(Body, IsTakenOutOfItsFraming) {
  for (const std::string& sent : {kLength, kChunks}) {
    EXPECT_EQ(exchange(echo, sent + sent), answer_of("hello world") + answer_of("hello world"));
    EXPECT_EQ(exchange(echo_in_parts, sent + sent), answer_of("hello world") + answer_of("hello world"));
    Peer peer(in_bytes(sent + sent));
    EXPECT_EQ(exchange(echo, peer), answer_of("hello world") + answer_of("hello world"));
    Peer again(in_bytes(sent + sent));
    EXPECT_EQ(exchange(echo_in_parts, again), answer_of("hello world") + answer_of("hello world"));
  }
}

TEST(Body, OfMegabytesGoesThrough) {
  std::string content(3'000'000, 'x');
  for (std::size_t i = 0; i < content.size(); i += 7) content[i] = static_cast<char>('a' + i % 26);
  ServerOptions options;
  options.set_body_bytes(4'000'000);
  std::string sent = kPost + "Content-Length: " + std::to_string(content.size()) + "\r\n\r\n" + content;
  EXPECT_TRUE(exchange(echo, sent, std::move(options)) == answer_of(content));
  std::string chunked = kPost + "Transfer-Encoding: chunked\r\n\r\n";
  for (std::size_t at = 0; at < content.size(); at += 65000) {
    std::string part = content.substr(at, 65000);
    char size[16];
    std::snprintf(size, sizeof size, "%zX\r\n", part.size());
    chunked += size + part + "\r\n";
  }
  chunked += "0\r\n\r\n";
  ServerOptions larger;
  larger.set_body_bytes(4'000'000);
  EXPECT_TRUE(exchange(echo, chunked, std::move(larger)) == answer_of(content));
}

// Sends some of a body, and looks what that costs the server.
Task<> announce(Stream stream, std::string sent, std::int64_t most) {
  auto before = memory_statistics().bytes;
  co_await stream.write(sent);
  co_await sleep(1s);
  EXPECT_LT(memory_statistics().bytes - before, most);
  stream.abort();
}

TEST(Body, HasMemoryForWhatHasCome) {
  auto scenario = [](Server& server, std::size_t size, std::int64_t most) -> Task<> {
    std::pair<Stream, Stream> ends = stream_pair(4'000'000);
    Task<> serving = serve_one(server, std::move(ends.second));
    std::string sent = kPost + "Content-Length: 1000000\r\n\r\n" + std::string(size, 'x');
    Task<> asking = announce(std::move(ends.first), std::move(sent), most);
    co_await all(std::move(serving), std::move(asking));
  };
  ManualLoop loop;
  Server server(echo, ServerOptions{});
  Result<> outcome = loop.run_task(scenario, server, std::size_t{10}, std::int64_t{32'000});
  EXPECT_TRUE(outcome) << outcome.error().message();
  // What is outgrown is given back: not the sum of all that it had.
  outcome = loop.run_task(scenario, server, std::size_t{270'000}, std::int64_t{524'288 + 32'000});
  EXPECT_TRUE(outcome) << outcome.error().message();
}

TEST(Body, ThatNobodyReadsIsDropped) {
  for (const std::string& sent : {kLength, kChunks}) {
    EXPECT_EQ(exchange(deaf, sent + sent), answer_of("no") + answer_of("no"));
  }
}

TEST(Body, ThatNobodyReadsAndIsLongEndsTheConnection) {
  std::string sent = kPost + "Content-Length: 1000000\r\n\r\n" + std::string(1'000'000, 'x') + kLength;
  EXPECT_EQ(exchange(deaf, sent), last_answer_of("no"));
}

TEST(Body, ThatNobodyReadsAndIsBeyondItsLimitEndsTheConnection) {
  ServerOptions options;
  options.set_body_bytes(10);
  EXPECT_EQ(exchange(deaf, kLength + kLength, std::move(options)), last_answer_of("no"));
  ServerOptions again;
  again.set_body_bytes(10);
  EXPECT_EQ(exchange(deaf, kChunks + kChunks, std::move(again)), answer_of("no"));
}

// What was answered is sent, whatever becomes of a body that nobody wanted.
TEST(Body, ThatNobodyReadsAndIsBadCostsNoAnswer) {
  for (const char* end : {"x\r\n", "5\r\nhel", ""}) {
    std::string bad = kPost + "Transfer-Encoding: chunked\r\n\r\n" + end;
    EXPECT_EQ(exchange(deaf, kLength + bad), answer_of("no") + answer_of("no")) << end;
  }
  EXPECT_EQ(exchange(deaf, kLength + kPost + "Content-Length: 5\r\n\r\nhell"),
            answer_of("no") + answer_of("no"));
}

TEST(Body, ThatNobodyReadsAndDoesNotComeIsNotAnsweredTwice) {
  Peer stalled({kPost + "Content-Length: 5\r\n\r\nhell"});
  stalled.stays = true;
  EXPECT_EQ(exchange(deaf, stalled), answer_of("no"));
}

// RFC 9110, 10.1.1.
TEST(Body, IsAskedForWhenItsSenderWaits) {
  Peer peer({kPost + "Content-Length: 2\r\nExpect: 100-Continue\r\n\r\n", "ok"});
  peer.gap = 1s;
  EXPECT_EQ(exchange(echo, peer), "HTTP/1.1 100 Continue\r\n\r\n" + answer_of("ok"));
}

TEST(Body, ThatHasComeIsNotAskedFor) {
  EXPECT_EQ(exchange(echo, kPost + "Content-Length: 2\r\nExpect: 100-continue\r\n\r\nok"), answer_of("ok"));
}

TEST(Body, ThatIsNotWantedIsNotAskedForAndTheConnectionEnds) {
  Peer peer({kPost + "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n"});
  peer.stays = true;
  EXPECT_EQ(exchange(deaf, peer), last_answer_of("no"));
  auto deaf_in_parts = [](Request&, Response& response) -> Task<> {
    co_await response.header("Content-Type", "x/y").content_length(2).write("n");
    co_await response.write("o");
  };
  Peer second({kPost + "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n"});
  second.stays = true;
  std::string got = exchange(deaf_in_parts, second);
  EXPECT_EQ(got, last_answer_of("no"));
}

TEST(Body, ThatIsNotWantedAndHasComeAllTheSameIsDropped) {
  std::string sent = kPost + "Content-Length: 2\r\nExpect: 100-continue\r\n\r\nok";
  EXPECT_EQ(exchange(deaf, sent + sent), answer_of("no") + answer_of("no"));
}

// RFC 9112, 6.3 and 9110, 15.5.14.
TEST(Body, ThatIsTooLongIsRefusedBeforeItComes) {
  ServerOptions options;
  options.set_body_bytes(10);
  EXPECT_TRUE(is_refusal(exchange(echo, kLength, std::move(options)), "413 Content Too Large"));
}

TEST(Body, InChunksThatBecomesTooLongIsRefused) {
  ServerOptions options;
  options.set_body_bytes(10);
  EXPECT_TRUE(is_refusal(exchange(echo, kChunks, std::move(options)), "413 Content Too Large"));
  ServerOptions enough;
  enough.set_body_bytes(11);
  EXPECT_EQ(exchange(echo, kChunks, std::move(enough)), answer_of("hello world"));
}

TEST(Body, MayBeLongerWhereItsHandlerSaysSo) {
  auto patient = [](Request& request, Response& response) -> Task<> {
    request.set_body_limit(100);
    std::string_view text = co_await request.text();
    co_await response.header("Content-Type", "x/y").send(text);
  };
  ServerOptions options;
  options.set_body_bytes(1);
  EXPECT_EQ(exchange(patient, kLength, std::move(options)), answer_of("hello world"));
}

TEST(Body, InBadChunksIsRefused) {
  for (const char* chunks : {"x\r\n", "5\nhello\r\n0\r\n\r\n", "5\r\nhello!\r\n0\r\n\r\n", "-1\r\n", " 5\r\n",
                             "5 \r\n", "ffffffffffffffff\r\n", "0\r\nbad trailer\r\n\r\n"}) {
    std::string answer = exchange(echo, kPost + "Transfer-Encoding: chunked\r\n\r\n" + chunks);
    EXPECT_TRUE(is_refusal(answer, "400 Bad Request")) << chunks << answer;
  }
}

TEST(Body, ThatEndsEarlyIsNoBody) {
  std::string answer = exchange(echo, kPost + "Content-Length: 12\r\n\r\nhello world");
  EXPECT_TRUE(is_refusal(answer, "400")) << answer;
}

TEST(Body, OfAPipelinedRequestWaitsForTheAnswerBefore) {
  // The peer sends the second body when it has the first answer only.
  auto client = [](Server& server) -> Task<> {
    std::pair<Stream, Stream> ends = stream_pair();
    Task<> serving = serve_one(server, std::move(ends.second));
    auto ask = [](Stream stream) -> Task<> {
      co_await stream.write(kLength + kPost + "Content-Length: 2\r\n\r\n");
      std::array<std::byte, 4096> buffer;
      std::span<std::byte> first = co_await stream.read(buffer);
      EXPECT_EQ(without_dates(std::string(text(first))), answer_of("hello world"));
      co_await stream.write("ok");
      co_await stream.shutdown();
      std::span<std::byte> second = co_await stream.read(buffer);
      EXPECT_EQ(without_dates(std::string(text(second))), answer_of("ok"));
    };
    Task<> asking = ask(std::move(ends.first));
    co_await all(std::move(serving), std::move(asking));
  };
  ManualLoop loop;
  Server server(echo, ServerOptions{});
  Result<> outcome = loop.run_task(client, server);
  EXPECT_TRUE(outcome) << outcome.error().message();
}

// The block that its head fills is changed for a larger one.
TEST(Body, InChunksBehindALongHeadLeavesTheHeadInPlace) {
  auto tell_all = [](Request& request, Response& response) -> Task<> {
    std::string_view text = co_await request.text();
    std::string told(request.method());
    told.append(request.target()).append(request.header("X-Filler").substr(0, 3)).append(text);
    co_await response.header("Content-Type", "x/y").send(told);
  };
  for (std::size_t filler : {3000, 3500, 3600, 3900, 3990, 4090, 5000}) {
    std::string sent = "POST /path HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nX-Filler: abc" +
                       std::string(filler, 'x') + "\r\n\r\n3\r\ntwo\r\n0\r\n\r\n";
    EXPECT_EQ(exchange(Handler(tell_all), sent + sent),
              answer_of("POST/pathabctwo") + answer_of("POST/pathabctwo"))
        << filler;
  }
}

// The second fails when the first's answer has gone.
TEST(Body, ThatIsBadBehindAnotherRequestIsAnsweredOnce) {
  Peer peer({kLength + kPost + "Transfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n", "x\r\n"});
  std::string got = exchange(echo, peer);
  std::string first = answer_of("hello world");
  ASSERT_TRUE(got.starts_with(first)) << got;
  EXPECT_TRUE(is_refusal(got.substr(first.size()), "400 Bad Request")) << got;
}

// Adds a field, reads, and only then settles the status.
Task<> store(Request& request, Response& response) {
  response.header("Content-Type", "x/y");
  std::string_view text = co_await request.text();
  co_await response.status(201).send(text);
}

TEST(Body, MayBeReadWhenTheAnswersHeaderHasBegun) {
  std::string stored = answer_of("hello world");
  stored.replace(stored.find("200 OK"), 6, "201 Created");
  for (const std::string& sent : {kLength, kChunks}) {
    EXPECT_EQ(exchange(store, sent + sent), stored + stored);
    Peer peer(in_bytes(sent + sent));
    EXPECT_EQ(exchange(store, peer), stored + stored);
    std::size_t half = sent.size() + sent.size() - 12;
    Peer cut({(sent + sent).substr(0, half), (sent + sent).substr(half)});
    EXPECT_EQ(exchange(store, cut), stored + stored);
  }
  // What has begun is taken back when the body turns out to be bad.
  Peer bad({kLength + kPost + "Transfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n", "x\r\n"});
  std::string got = exchange(store, bad);
  ASSERT_TRUE(got.starts_with(stored)) << got;
  EXPECT_TRUE(is_refusal(got.substr(stored.size()), "400 Bad Request")) << got;
}

TEST(Body, IsAskedForBeforeAHeaderThatHasBegun) {
  Peer peer({kPost + "Content-Length: 11\r\nExpect: 100-continue\r\n\r\n", "hello world"});
  peer.gap = 1s;
  std::string stored = answer_of("hello world");
  stored.replace(stored.find("200 OK"), 6, "201 Created");
  EXPECT_EQ(exchange(store, peer), "HTTP/1.1 100 Continue\r\n\r\n" + stored);
}

}  // namespace
}  // namespace net::http
