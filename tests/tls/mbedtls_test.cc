// mbedTLS, the engine of devices, with OpenSSL on the other side, in both roles, and with itself.
#include "net/tls/mbedtls.h"

#include "net/tls/openssl.h"
#include "tests/tls/pair.h"

namespace net::tests {
namespace {

using tls::ClientCertificates;
using tls::Version;

enum class By : std::uint8_t { kOpenssl, kMbedtls };

Result<tls::ClientContext> make_client(By engine, const tls::ClientSettings& settings) {
  auto made =
      engine == By::kOpenssl ? tls::openssl::make_client(settings) : tls::mbedtls::make_client(settings);
  if (!made) return failure(made.error());
  return tls::ClientContext(std::move(*made));
}
Result<tls::ServerContext> make_server(By engine, const tls::ServerSettings& settings) {
  auto made =
      engine == By::kOpenssl ? tls::openssl::make_server(settings) : tls::mbedtls::make_server(settings);
  if (!made) return failure(made.error());
  return tls::ServerContext(std::move(*made));
}

// Two contexts, of which one at least is mbedTLS's.
class Contexts {
 public:
  Contexts(By client_by, By server_by, const tls::ClientSettings& client_settings,
           const tls::ServerSettings& server_settings)
      : client_(make_client(client_by, client_settings)), server_(make_server(server_by, server_settings)) {
    EXPECT_TRUE(client_) << client_.error().message();
    EXPECT_TRUE(server_) << server_.error().message();
  }
  tls::ClientContext& client() { return *client_; }
  tls::ServerContext& server() { return *server_; }

 private:
  Result<tls::ClientContext> client_;
  Result<tls::ServerContext> server_;
};

struct Pairing {
  const char* name;
  By client;
  By server;
  friend void PrintTo(const Pairing& pairing, std::ostream* out) { *out << pairing.name; }
};

class Mbedtls : public testing::TestWithParam<Pairing> {
 protected:
  template <class Function>
  void run(Function&& function) {
    run_on_manual_loop(function, GetParam());
  }
};

Task<> talk_much(Ends& ends) {
  std::string sent = pattern(200'000);
  auto both = co_await all(ends.client().write(sent), read_bytes(ends.server(), sent.size()));
  EXPECT_TRUE(std::get<1>(both) == sent);
  auto back = co_await all(ends.server().write(sent), read_bytes(ends.client(), sent.size()));
  EXPECT_TRUE(std::get<1>(back) == sent);
  co_await ends.client().shutdown();
  std::string end = co_await read_some(ends.server());
  EXPECT_EQ(end, "");
  co_await ends.server().write("after");
  std::string after = co_await read_bytes(ends.client(), 5);
  EXPECT_EQ(after, "after");
}

TEST_P(Mbedtls, Talks) {
  run([](const Pairing& by) -> Task<> {
    tls::ClientSettings client_settings = trusting().add_protocol("one").add_protocol("two");
    tls::ServerSettings server_settings = serving().add_protocol("two");
    Contexts contexts(by.client, by.server, client_settings, server_settings);
    Ends ends = co_await shake_hands(contexts.client(), contexts.server());
    EXPECT_TRUE(ends.connected()) << ends.client_error().message() << " / " << ends.server_error().message();
    if (!ends.connected()) co_return;
    for (Stream* each : {&ends.client(), &ends.server()}) {
      const tls::Session& session = *tls::session_of(*each);
      EXPECT_EQ(session.version(), Version::kTls12);
      EXPECT_EQ(session.protocol(), "two");
      EXPECT_EQ(session.server_name(), "example.org");
      EXPECT_FALSE(session.resumed());
    }
    EXPECT_TRUE(tls::session_of(ends.client())->peer_verified());
    Text<64> subject;
    tls::session_of(ends.client())->write_peer_subject(subject);
    EXPECT_EQ(subject.text(), "CN=example.org");
    co_await talk_much(ends);
  });
}

TEST_P(Mbedtls, TalksByRsaAndByteByByte) {
  run([](const Pairing& by) -> Task<> {
    Wanted wanted;
    wanted.rsa = true;
    Issued rsa = authority().issue(wanted);
    Contexts contexts(by.client, by.server, trusting(), serving(rsa));
    Ends ends = co_await shake_hands(stream_pair(1), contexts.client(), contexts.server());
    EXPECT_TRUE(ends.connected()) << ends.client_error().message() << " / " << ends.server_error().message();
    if (!ends.connected()) co_return;
    std::string sent = pattern(300);
    auto both = co_await all(ends.client().write(sent), read_bytes(ends.server(), sent.size()));
    EXPECT_EQ(std::get<1>(both), sent);
  });
}

TEST_P(Mbedtls, Resumes) {
  run([](const Pairing& by) -> Task<> {
    Contexts contexts(by.client, by.server, trusting(), serving());
    for (bool resumes : {false, true, true}) {
      Ends ends = co_await shake_hands(contexts.client(), contexts.server());
      EXPECT_TRUE(ends.connected()) << ends.client_error().message() << " / " << ends.server_error().message();
      if (!ends.connected()) co_return;
      EXPECT_EQ(tls::session_of(ends.client())->resumed(), resumes);
      EXPECT_EQ(tls::session_of(ends.server())->resumed(), resumes);
      co_await talk(ends);
    }
    Ends other = co_await shake_hands(contexts.client(), contexts.server(), "localhost");
    EXPECT_TRUE(other.connected());
    if (other.connected()) {
      EXPECT_FALSE(tls::session_of(other.client())->resumed());
    }
  });
}

TEST_P(Mbedtls, RefusesWhatIsNotTrusted) {
  run([](const Pairing& by) -> Task<> {
    Contexts contexts(by.client, by.server, trusting(), serving());
    Ends wrong_host = co_await shake_hands(contexts.client(), contexts.server(), "example.com");
    EXPECT_EQ(wrong_host.client_error().message(),
              "TLS with example.com: hostname mismatch: permission denied");
    EXPECT_FALSE(wrong_host.connected());
    Authority other("another authority");
    Issued certificate = other.issue();
    Contexts untrusted(by.client, by.server, trusting(), serving(certificate));
    Ends unknown = co_await shake_hands(untrusted.client(), untrusted.server());
    EXPECT_EQ(unknown.client_error().code(), Errc::permission_denied);
    EXPECT_NE(unknown.server_error().code(), Errc::ok);
  });
}

TEST_P(Mbedtls, AsksForClientCertificates) {
  run([](const Pairing& by) -> Task<> {
    Issued own = authority().issue(Wanted("a.client"));
    Authority other("another authority");
    Issued foreign = other.issue(Wanted("a.client"));
    for (ClientCertificates asked : {ClientCertificates::kOptional, ClientCertificates::kRequired}) {
      tls::ServerSettings settings = serving().set_clients(asked, authority().certificate());
      Contexts good(by.client, by.server, trusting().set_identity(own.identity()), settings);
      Ends ends = co_await shake_hands(good.client(), good.server());
      EXPECT_TRUE(ends.connected()) << ends.client_error().message() << " / " << ends.server_error().message();
      if (!ends.connected()) co_return;
      EXPECT_TRUE(tls::session_of(ends.server())->peer_verified());
      Contexts none(by.client, by.server, trusting(), settings);
      Ends without = co_await shake_hands(none.client(), none.server());
      EXPECT_EQ(without.connected(), asked == ClientCertificates::kOptional);
      Contexts bad(by.client, by.server, trusting().set_identity(foreign.identity()), settings);
      Ends refused = co_await shake_hands(bad.client(), bad.server());
      EXPECT_EQ(refused.server_error().code(), Errc::permission_denied) << refused.server_error().message();
    }
  });
}

TEST_P(Mbedtls, ShowsTheCertificateOfTheName) {
  run([](const Pairing& by) -> Task<> {
    Issued second = authority().issue(Wanted("*.wild.test"));
    Contexts contexts(by.client, by.server, trusting(), serving().add_identity(second.identity()));
    for (std::string_view host : {"example.org", "a.wild.test"}) {
      Ends ends = co_await shake_hands(contexts.client(), contexts.server(), host);
      EXPECT_TRUE(ends.connected()) << host << ": " << ends.client_error().message();
    }
  });
}

TEST_P(Mbedtls, NoCommonVersion) {
  run([](const Pairing& by) -> Task<> {
    if (by.client == by.server) co_return;  // mbedTLS has one version only
    bool new_client = by.client == By::kOpenssl;
    tls::ClientSettings client = trusting();
    tls::ServerSettings server = serving();
    if (new_client) {
      client.set_versions(Version::kTls13, Version::kTls13);
    } else {
      server.set_versions(Version::kTls13, Version::kTls13);
    }
    Contexts contexts(by.client, by.server, client, server);
    Ends ends = co_await shake_hands(contexts.client(), contexts.server());
    EXPECT_EQ(ends.client_error().code(), Errc::protocol_error);
    EXPECT_EQ(ends.server_error().code(), Errc::protocol_error);
  });
}

TEST_P(Mbedtls, CutOffIsNoEnd) {
  run([](const Pairing& by) -> Task<> {
    Contexts contexts(by.client, by.server, trusting(), serving());
    Ends ends = co_await shake_hands(contexts.client(), contexts.server());
    EXPECT_TRUE(ends.connected());
    if (!ends.connected()) co_return;
    ends.server().abort();
    Errc code = co_await failure_of(read_some(ends.client()));
    EXPECT_EQ(code, Errc::connection_reset);
  });
}

INSTANTIATE_TEST_SUITE_P(All, Mbedtls,
                         testing::Values(Pairing{"openssl_mbedtls", By::kOpenssl, By::kMbedtls},
                                         Pairing{"mbedtls_openssl", By::kMbedtls, By::kOpenssl},
                                         Pairing{"mbedtls_mbedtls", By::kMbedtls, By::kMbedtls}),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(MbedtlsSettings, ThatMakeNoSenseAreNamed) {
  auto complaint = [](const tls::ServerSettings& settings) {
    auto made = make_server(By::kMbedtls, settings);
    return made ? std::string() : made.error().message();
  };
  EXPECT_EQ(complaint(tls::ServerSettings()), "a server without a certificate: invalid argument");
  EXPECT_EQ(complaint(serving().set_versions(Version::kTls13, Version::kTls13)), "TLS 1.3: not supported");
  EXPECT_EQ(complaint(tls::ServerSettings().add_identity({"nonsense", issued().key})),
            "certificate: invalid argument");
  Issued other = authority().issue();
  EXPECT_EQ(complaint(tls::ServerSettings().add_identity({issued().certificates, other.key})),
            "private key: invalid argument");
  auto client = make_client(By::kMbedtls, tls::ClientSettings());
  EXPECT_FALSE(client) << "without authorities";
}

}  // namespace
}  // namespace net::tests
