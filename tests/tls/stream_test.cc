// A TLS stream, beyond the contract of all streams (tests/conformance): truncation, spoiled records, memory,
// ends.
#include "net/core/straggler.h"
#include "tests/tls/pair.h"

namespace net::tests {
namespace {

using tls::Version;
using namespace std::chrono_literals;

// Bytes that a pair of 1000 takes beside what its reader has lent, and which leave no room for the end.
constexpr std::size_t kJustFits = 940;

class TlsStream : public ManualTest {};

Task<Ends> connected(std::pair<Stream, Stream> lower, Version version = Version::kTls13, bool tickets = true) {
  tls::ClientContext client = client_of(trusting().set_versions(version, version));
  tls::ServerContext server = server_of(serving().set_resumes(tickets));
  Ends ends = co_await shake_hands(std::move(lower), client, server);
  EXPECT_TRUE(ends.connected()) << ends.client_error().message();
  if (!ends.connected()) co_await fail(Errc::io_error, "shake hands");
  co_return std::move(ends);
}

// Passes bytes on, each changed as the function says; the end too, unless it is to be cut.
template <class Change>
Task<> pass(Stream& from, Stream& to, Change change) {
  for (std::size_t at = 0;;) {
    std::string some = co_await read_some(from);
    if (some.empty()) break;
    for (char& byte : some) byte = change(at++, byte);
    co_await to.write(some);
  }
  co_await to.shutdown();
}

// Somebody between the two, who sees only what is encrypted.
class Between {
 public:
  std::pair<Stream, Stream> to_client = stream_pair();
  std::pair<Stream, Stream> to_server = stream_pair();
  std::pair<Stream, Stream> ends() { return {std::move(to_client.first), std::move(to_server.second)}; }
};
// Whether a stream that is gone still sends.
bool lingers() { return Straggler::any(); }
char unchanged(std::size_t, char byte) { return byte; }

TEST_F(TlsStream, CutOffIsNoEnd) {
  run([]() -> Task<> {
    for (Version version : {Version::kTls12, Version::kTls13}) {
      Between between;
      Beside forth(pass(between.to_client.second, between.to_server.first, unchanged));
      Beside back(pass(between.to_server.first, between.to_client.second, unchanged));
      Ends ends = co_await connected(between.ends(), version);
      co_await ends.server().write("the first half");
      std::string got = co_await read_bytes(ends.client(), 14);
      EXPECT_EQ(got, "the first half");
      back.cancel();
      co_await back.join();
      co_await between.to_client.second.shutdown();
      for (int i = 0; i < 2; ++i) {
        Errc code = co_await failure_of(read_some(ends.client()));
        EXPECT_EQ(code, Errc::connection_reset);
      }
      forth.cancel();
      co_await forth.join();
    }
  });
}

TEST_F(TlsStream, CutOffWithinARecordIsNoEnd) {
  run([]() -> Task<> {
    std::pair<Stream, Stream> lower = stream_pair(400'000);
    Ends ends = co_await connected(std::move(lower));
    std::string sent = pattern(100'000);
    co_await ends.server().write(sent);
    ends.server().abort();
    Errc code = co_await failure_of(read_to_end(ends.client()));
    EXPECT_EQ(code, Errc::connection_reset);
  });
}

TEST_F(TlsStream, ASpoiledRecordEndsBothDirections) {
  run([]() -> Task<> {
    Between between;
    std::size_t spoiled = ~std::size_t{0};
    Beside forth(pass(between.to_client.second, between.to_server.first, unchanged));
    std::size_t passed = 0;
    auto spoil = [&](std::size_t at, char byte) {
      passed = at + 1;
      return at == spoiled ? static_cast<char>(byte ^ 1) : byte;
    };
    Beside back(pass(between.to_server.first, between.to_client.second, spoil));
    Ends ends = co_await connected(between.ends());
    co_await ends.server().write("good");
    std::string got = co_await read_bytes(ends.client(), 4);
    EXPECT_EQ(got, "good");
    spoiled = passed + 10;
    co_await ends.server().write("never seen");
    auto reading = read_some(ends.client());
    Result<std::string> outcome = co_await result(reading);
    EXPECT_FALSE(outcome);
    if (!outcome) {
      EXPECT_EQ(outcome.error().code(), Errc::protocol_error);
      EXPECT_NE(outcome.error().native(), 0);
    }
    Errc write = co_await failure_of(ends.client().write("no"));
    EXPECT_EQ(write, Errc::protocol_error);
    // The alert that says so goes when the stream does.
    ends.client() = Stream();
    Errc code = co_await failure_of(read_some(ends.server()));
    EXPECT_EQ(code, Errc::protocol_error);
    forth.cancel();
    back.cancel();
    co_await forth.join();
    co_await back.join();
  });
}

TEST_F(TlsStream, ARecordLargerThanTheBuffer) {
  run([]() -> Task<> {
    Ends ends = co_await connected(stream_pair());
    std::string sent = pattern(16'384);
    co_await ends.server().write(sent);
    std::string got;
    while (got.size() < sent.size()) {
      std::string some = co_await read_some(ends.client(), 1 + got.size() % 700);
      got += some;
    }
    EXPECT_EQ(got, sent);
  });
}

TEST_F(TlsStream, AnIdleOneHasNoBuffers) {
  run([]() -> Task<> {
    Ends ends = co_await connected(stream_pair());
    co_await talk(ends);
    auto before = memory_statistics().bytes;
    Beside reading(ends.client().read_view());
    co_await sleep(1ms);
    EXPECT_LT(memory_statistics().bytes - before, 64);
    co_await ends.server().write(pattern(50'000));
    co_await reading.join();
    std::size_t got = reading.take().size();
    while (got < 50'000) {
      std::span<std::byte> view = co_await ends.client().read_view();
      got += view.size();
    }
    EXPECT_GT(memory_statistics().bytes - before, 1000) << "what is lent";
    Beside again(ends.client().read_view());
    co_await sleep(1ms);
    EXPECT_LT(memory_statistics().bytes - before, 64);
    again.cancel();
    co_await again.join();
  });
}

TEST_F(TlsStream, PiecesShareRecords) {
  run([]() -> Task<> {
    Between between;
    std::size_t passed = 0;
    auto count = [&](std::size_t at, char byte) {
      passed = at + 1;
      return byte;
    };
    Beside forth(pass(between.to_client.second, between.to_server.first, count));
    Beside back(pass(between.to_server.first, between.to_client.second, unchanged));
    Ends ends = co_await connected(between.ends());
    co_await talk(ends);
    std::size_t before = passed;
    std::string word = "word ";
    std::vector<Bytes> pieces(100, bytes(word));
    co_await ends.client().write(std::span<const Bytes>(pieces));
    std::string got = co_await read_bytes(ends.server(), 500);
    EXPECT_EQ(got.substr(0, 10), "word word ");
    EXPECT_LT(passed - before, 500U + 64) << "a record more";
    forth.cancel();
    back.cancel();
    co_await forth.join();
    co_await back.join();
  });
}

// The stream is gone before the peer takes anything; what was written and the end arrive all the same.
TEST_F(TlsStream, DestroyingOneSendsTheEndThoughThereIsNoRoomYet) {
  run([]() -> Task<> {
    std::pair<Stream, Stream> lower = stream_pair(1000);
    Ends ends = co_await connected(std::move(lower), Version::kTls13, false);
    co_await talk(ends);
    std::string sent = pattern(kJustFits);
    co_await ends.server().write(sent);
    ends.server() = Stream();
    EXPECT_TRUE(lingers());
    std::string got = co_await read_to_end(ends.client());
    EXPECT_EQ(got, sent);
    co_await sleep(1ms);
    EXPECT_FALSE(lingers());
  });
}

TEST_F(TlsStream, APeerThatNeverReadsKeepsNothingAlive) {
  run([]() -> Task<> {
    std::pair<Stream, Stream> lower = stream_pair(1000);
    Ends ends = co_await connected(std::move(lower), Version::kTls13, false);
    co_await talk(ends);
    std::string sent = pattern(kJustFits);
    co_await ends.server().write(sent);
    TimePoint before = Clock::now();
    ends.server() = Stream();
    while (lingers()) co_await sleep(100ms);
    EXPECT_GE(Clock::now() - before, 4900ms);
    EXPECT_LE(Clock::now() - before, 5200ms);
    Errc code = co_await failure_of(read_to_end(ends.client()));
    EXPECT_EQ(code, Errc::connection_reset);
  });
}

TEST_F(TlsStream, TheEndOfTheProgramLeavesNothingBehind) {
  run([]() -> Task<> {
    std::pair<Stream, Stream> lower = stream_pair(1000);
    Ends ends = co_await connected(std::move(lower), Version::kTls13, false);
    co_await talk(ends);
    std::string sent = pattern(kJustFits);
    co_await ends.server().write(sent);
    ends.server() = Stream();
  });
}

// With TLS 1.3 a server sends tickets after the handshake, which a client that only writes never reads.
TEST_F(TlsStream, UnreadTicketsAreNoUnreadData) {
  run([]() -> Task<> {
    Ends ends = co_await connected(stream_pair());
    co_await ends.client().write("all");
    ends.client() = Stream();
    std::string got = co_await read_to_end(ends.server());
    EXPECT_EQ(got, "all");
  });
}

TEST_F(TlsStream, TlsOverTls) {
  run([]() -> Task<> {
    Ends outer = co_await connected(stream_pair());
    Ends ends = co_await connected({std::move(outer.client()), std::move(outer.server())});
    co_await talk(ends);
    std::string sent = pattern(300'000);
    auto both = co_await all(ends.client().write(sent), read_bytes(ends.server(), sent.size()));
    EXPECT_TRUE(std::get<1>(both) == sent);
    co_await ends.client().shutdown();
    std::string end = co_await read_some(ends.server());
    EXPECT_EQ(end, "");
  });
}

TEST_F(TlsStream, APlainStreamHasNoSession) {
  run([]() -> Task<> {
    std::pair<Stream, Stream> plain = stream_pair();
    EXPECT_EQ(tls::session_of(plain.first), nullptr);
    co_return;
  });
}

}  // namespace
}  // namespace net::tests
