// Answers that are none, too long or too slow.
#include <ostream>
#include <string>

#include "tests/unit/http/client/fixture.h"

namespace net::http {
namespace {

// What servers must not say, and what becomes of it.
struct Hostile {
  const char* name;
  std::string says;
  Errc code;
  const char* context;  // its beginning
  friend void PrintTo(const Hostile& hostile, std::ostream* out) { *out << hostile.name; }
};

class HostileServer : public ClientTest, public testing::WithParamInterface<Hostile> {};

TEST_P(HostileServer, IsRefused) {
  server.scripts = {{Turn(GetParam().says).then_closes()}};
  options.set_body_bytes(1000);
  run([](ClientTest&, Client& client) -> Task<> {
    Error error = co_await failure_of(client, kServer);
    EXPECT_EQ(error, GetParam().code) << error.message();
    EXPECT_TRUE(error.context().starts_with(GetParam().context)) << error.message();
    EXPECT_EQ(client.idle(), 0U);
  });
}

std::string ok(std::string_view fields, std::string_view body = "") {
  return "HTTP/1.1 200 OK\r\n" + std::string(fields) + "\r\n" + std::string(body);
}
std::string many(int count, std::string_view text) {
  std::string all;
  for (int i = 0; i != count; ++i) all += text;
  return all;
}

constexpr const char* kHead = "head http://10.0.0.1";
constexpr const char* kBody = "body http://10.0.0.1";

INSTANTIATE_TEST_SUITE_P(
    Table, HostileServer,
    testing::Values(
        Hostile{"both lengths", ok("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
                Errc::protocol_error, kHead},
        Hostile{"two lengths", ok("Content-Length: 3\r\nContent-Length: 4\r\n", "abcd"), Errc::protocol_error,
                "head http://10.0.0.1 (two Content-Length fields)"},
        Hostile{"a signed length", ok("Content-Length: +3\r\n", "abc"), Errc::protocol_error, kHead},
        Hostile{"a length that overflows", ok("Content-Length: 99999999999999999999\r\n", "abc"),
                Errc::protocol_error, kHead},
        Hostile{"a coding that is unknown", ok("Transfer-Encoding: gzip, chunked\r\n", "abc"),
                Errc::protocol_error, kHead},
        Hostile{"a split response", ok("X: a\rContent-Length: 0\r\n"), Errc::protocol_error, kHead},
        Hostile{"a bare line feed", "HTTP/1.1 200 OK\nContent-Length: 0\n\n", Errc::protocol_error, kHead},
        Hostile{"a folded field", ok("X: a\r\n b\r\nContent-Length: 0\r\n"), Errc::protocol_error, kHead},
        Hostile{"a space before the colon", ok("Content-Length : 0\r\n"), Errc::protocol_error, kHead},
        Hostile{"a zero in a field", ok(std::string_view("X: \0\r\n", 6)), Errc::protocol_error, kHead},
        Hostile{"no status", "HTTP/1.1 OK\r\n\r\n", Errc::protocol_error, kHead},
        Hostile{"another protocol", "SSH-2.0-OpenSSH\r\n", Errc::protocol_error, kHead},
        Hostile{"HTTP/2", "HTTP/2 200 OK\r\n\r\n", Errc::protocol_error, kHead},
        Hostile{"a head without an end", ok(many(2000, "X: aaaaaaaaaaaa\r\n")), Errc::protocol_error, kHead},
        Hostile{"a line without an end", "HTTP/1.1 200 " + std::string(20000, 'a'), Errc::protocol_error,
                kHead},
        Hostile{"too many fields", ok(many(101, "X: a\r\n")), Errc::protocol_error, kHead},
        Hostile{"interim answers without an end", many(100, "HTTP/1.1 100 Continue\r\n\r\n"),
                Errc::protocol_error, "head http://10.0.0.1 (too many interim answers)"},
        Hostile{"another protocol, unasked", "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n",
                Errc::protocol_error, kHead},
        Hostile{"nothing", "", Errc::end_of_stream, kHead},
        Hostile{"half a head", "HTTP/1.1 20", Errc::end_of_stream, kHead},
        Hostile{"half a body", ok("Content-Length: 5\r\n", "abc"), Errc::end_of_stream, kBody},
        Hostile{"no last chunk", ok("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n"), Errc::end_of_stream,
                kBody},
        Hostile{"half a chunk", ok("Transfer-Encoding: chunked\r\n", "3\r\nab"), Errc::end_of_stream, kBody},
        Hostile{"a chunk that is longer", ok("Transfer-Encoding: chunked\r\n", "3\r\nabcd\r\n0\r\n\r\n"),
                Errc::protocol_error, kBody},
        Hostile{"a size that is none", ok("Transfer-Encoding: chunked\r\n", "3x\r\nabc\r\n0\r\n\r\n"),
                Errc::protocol_error, kBody},
        Hostile{"a negative size", ok("Transfer-Encoding: chunked\r\n", "-3\r\nabc\r\n0\r\n\r\n"),
                Errc::protocol_error, kBody},
        Hostile{"a size that overflows", ok("Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\nabc"),
                Errc::protocol_error, kBody},
        Hostile{"trailers without an end",
                ok("Transfer-Encoding: chunked\r\n", "0\r\n" + many(1000, "X: aaaa\r\n")), Errc::protocol_error,
                kBody},
        Hostile{"a body that is too long", ok("Content-Length: 1001\r\n", std::string(1001, 'a')),
                Errc::limit_exceeded, kBody},
        Hostile{"chunks that are too long",
                ok("Transfer-Encoding: chunked\r\n", many(30, "32\r\n" + std::string(50, 'a') + "\r\n")),
                Errc::limit_exceeded, kBody},
        Hostile{"a body without a length that is too long", ok("", std::string(1001, 'a')),
                Errc::limit_exceeded, kBody}));

TEST_F(ClientTest, ReadsABodyAsLongAsItsLimit) {
  options.set_body_bytes(1000);
  server.scripts = {
      {ok("Content-Length: 1000\r\n", std::string(1000, 'a')),
       ok("Transfer-Encoding: chunked\r\n", "3e8\r\n" + std::string(1000, 'a') + "\r\n0\r\n\r\n")}};
  run([](ClientTest&, Client& client) -> Task<> {
    co_await expect_text(client, kServer, std::string(1000, 'a'));
    co_await expect_text(client, kServer, std::string(1000, 'a'));
  });
  EXPECT_EQ(idle, 1U);
}

TEST_F(ClientTest, TakesMemoryForABodyAsItComes) {
  options.set_body_bytes(1 << 30);
  std::string large = many(20'000, "hello");
  server.scripts = {{ok("Content-Length: 100000\r\n", large), ok("Content-Length: 1000000000\r\n", "abc")}};
  run([](ClientTest&, Client& client) -> Task<> {
    {
      ClientResponse whole = co_await client.get(kServer);
      std::string_view body = co_await whole.text();
      EXPECT_EQ(body, many(20'000, "hello"));
    }
    auto before = memory_statistics().bytes;
    ClientResponse response = co_await client.get(kServer);
    Result<std::string_view> body = co_await result(timeout(1s, response.text()));
    EXPECT_FALSE(body);
    EXPECT_LT(memory_statistics().bytes - before, 65536);
  });
}

TEST_F(ClientTest, GivesUpOnServersThatAreTooSlow) {
  options.set_head_time(5s).set_body_time(3s);
  Turn slow_head = "HTTP/1.1 200 OK\r\n";
  server.scripts = {{slow_head}, {ok("Content-Length: 5\r\n", "ab")}, {}};
  run([](ClientTest& test, Client& client) -> Task<> {
    Error error = co_await failure_of(client, kServer);
    EXPECT_EQ(error, Errc::timed_out);
    EXPECT_EQ(error.context(), "head http://10.0.0.1");
    EXPECT_GE(test.now(), 5s);
    EXPECT_LT(test.now(), 6s);
    error = co_await failure_of(client, kServer);
    EXPECT_EQ(error, Errc::timed_out);
    EXPECT_EQ(error.context(), "body http://10.0.0.1");
    EXPECT_LT(test.now(), 9s);
    Result<> cut = co_await result(timeout(1s, expect_text(client, kServer, "")));
    EXPECT_FALSE(cut);
    if (!cut) {
      EXPECT_EQ(cut.error(), Errc::timed_out) << "the caller's own deadline";
      EXPECT_EQ(cut.error().context(), "head http://10.0.0.1");
    }
    EXPECT_LT(test.now(), 10s);
  });
}

}  // namespace
}  // namespace net::http
