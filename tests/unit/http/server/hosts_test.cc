// Which names a server goes by.
#include "net/http/hosts.h"

#include "tests/unit/http/server/exchange.h"

namespace net::http {
namespace {

constexpr std::array<std::string_view, 2> kNames = {"printer.lan", "b"};

TEST(Hosts, AreAddressesLocalhostAndWhatIsNamed) {
  for (std::string_view own : {"127.0.0.1", "127.0.0.1:8080", "10.0.2.15:80", "[::1]", "[fe80::1]:8080",
                               "localhost", "LocalHost:8080", "printer.lan", "PRINTER.lan:631", "b", ""}) {
    EXPECT_TRUE(is_own_host(own, kNames)) << own;
  }
  for (std::string_view other :
       {"evil.example", "evil.example:8080", "127.0.0.1.evil.example", "localhost.evil.example", "localhost.",
        "lan", "printer.lan.evil.example", "xprinter.lan", "127.0.0", "1", ":8080"}) {
    EXPECT_FALSE(is_own_host(other, kNames)) << other;
  }
  EXPECT_FALSE(is_own_host("printer.lan"));
}

TEST(Hosts, OthersAreAnswered421) {
  auto secret = [](Request&, Response& response) -> Task<> { co_await response.send("secret"); };
  auto ask = [&secret](const std::string& host) {
    Router router;
    router.use(Hosts()).get("/", secret);
    Peer peer({"GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n"});
    ManualLoop loop;
    Server server(detail::Named<Router>(router), ServerOptions{});
    Result<> outcome = loop.run_task(exchange_task, server, peer);
    EXPECT_TRUE(outcome);
    return peer.got;
  };
  EXPECT_TRUE(ask("127.0.0.1:8080").ends_with("\r\n\r\nsecret"));
  std::string refused = ask("evil.example:8080");
  EXPECT_TRUE(refused.starts_with("HTTP/1.1 421 Misdirected Request\r\n")) << refused;
  EXPECT_EQ(refused.find("secret"), std::string::npos);
}

}  // namespace
}  // namespace net::http
