// How handshakes fail, and with what words.
#include "tests/tls/pair.h"

namespace net::tests {
namespace {

using tls::ClientCertificates;
using tls::Version;
using namespace std::chrono_literals;

class Handshake : public ManualTest {};

// The client must fail with the code and the words; the server must fail too.
Task<> expect_refused(const tls::ClientSettings& client_settings, const tls::ServerSettings& server_settings,
                      std::string_view host, Errc code, std::string_view message) {
  tls::ClientContext client = client_of(client_settings);
  tls::ServerContext server = server_of(server_settings);
  Ends ends = co_await shake_hands(client, server, host);
  EXPECT_EQ(ends.client_error().code(), code);
  EXPECT_EQ(ends.client_error().message(), message);
  if (ends.connected()) ADD_FAILURE() << "the server took it for a connection";
}

TEST_F(Handshake, AgreesOnTheNewestVersion) {
  run([]() -> Task<> {
    tls::ClientContext client = client_of(trusting());
    tls::ServerContext server = server_of(serving());
    Ends ends = co_await shake_hands(client, server);
    EXPECT_TRUE(ends.connected()) << ends.client_error().message();
    if (!ends.connected()) co_return;
    const tls::Session* session = tls::session_of(ends.client());
    EXPECT_EQ(session->version(), Version::kTls13);
    EXPECT_EQ(session->cipher(), "TLS_AES_256_GCM_SHA384");
    EXPECT_EQ(session->protocol(), "");
    EXPECT_TRUE(session->peer_verified());
    EXPECT_FALSE(session->resumed());
    Text<64> subject;
    session->write_peer_subject(subject);
    EXPECT_EQ(subject.text(), "CN=example.org");
    EXPECT_EQ(tls::session_of(ends.server())->server_name(), "example.org");
    EXPECT_FALSE(tls::session_of(ends.server())->peer_verified());
    co_await talk(ends);
  });
}

TEST_F(Handshake, AnRsaCertificateServesBothVersions) {
  run([]() -> Task<> {
    Wanted wanted;
    wanted.rsa = true;
    Issued rsa = authority().issue(wanted);
    for (Version version : {Version::kTls12, Version::kTls13}) {
      tls::ClientContext client = client_of(trusting().set_versions(version, version));
      tls::ServerContext server = server_of(serving(rsa));
      Ends ends = co_await shake_hands(client, server);
      EXPECT_TRUE(ends.connected()) << ends.client_error().message();
      if (!ends.connected()) co_return;
      EXPECT_EQ(tls::session_of(ends.client())->version(), version);
      co_await talk(ends);
    }
  });
}

TEST_F(Handshake, ACertificateThroughAnAuthorityBetween) {
  run([]() -> Task<> {
    Authority between("between", authority());
    Issued chained = between.issue();
    tls::ClientContext client = client_of(trusting());
    tls::ServerContext server = server_of(serving(chained));
    Ends ends = co_await shake_hands(client, server);
    EXPECT_TRUE(ends.connected()) << ends.client_error().message();
    if (ends.connected()) co_await talk(ends);
  });
}

TEST_F(Handshake, AnExpiredCertificate) {
  run([]() -> Task<> {
    Wanted wanted;
    wanted.valid_from = -7200;
    wanted.valid_to = -3600;
    Issued expired = authority().issue(wanted);
    co_await expect_refused(trusting(), serving(expired), "example.org", Errc::permission_denied,
                            "TLS with example.org: certificate has expired: permission denied");
  });
}

TEST_F(Handshake, ACertificateOfTheFuture) {
  run([]() -> Task<> {
    Wanted wanted;
    wanted.valid_from = 3600;
    Issued early = authority().issue(wanted);
    co_await expect_refused(trusting(), serving(early), "example.org", Errc::permission_denied,
                            "TLS with example.org: certificate is not yet valid: permission denied");
  });
}

TEST_F(Handshake, ASelfSignedCertificate) {
  run([]() -> Task<> {
    Issued own = self_signed();
    co_await expect_refused(trusting(), serving(own), "example.org", Errc::permission_denied,
                            "TLS with example.org: self-signed certificate: permission denied");
  });
}

TEST_F(Handshake, AnUnknownAuthority) {
  run([]() -> Task<> {
    Authority other("another authority");
    Issued certificate = other.issue();
    co_await expect_refused(trusting(), serving(certificate), "example.org", Errc::permission_denied,
                            "TLS with examp...: unable to get local issuer certificate: permission denied");
  });
}

// The reason is worth more than the name, which the caller knows.
TEST_F(Handshake, ALongReasonIsToldInFull) {
  run([]() -> Task<> {
    Authority other("another authority");
    Authority between("between", other);
    Issued certificate = between.issue();
    certificate.certificates += other.certificate();
    co_await expect_refused(trusting(), serving(certificate), "example.org", Errc::permission_denied,
                            "TLS: self-signed certificate in certificate chain: permission denied");
  });
}

TEST_F(Handshake, TheSystemsAuthoritiesDoNotKnowTheTests) {
  run([]() -> Task<> {
    co_await expect_refused(tls::ClientSettings(), serving(), "example.org", Errc::permission_denied,
                            "TLS with examp...: unable to get local issuer certificate: permission denied");
  });
}

TEST_F(Handshake, TheWrongHost) {
  run([]() -> Task<> {
    co_await expect_refused(trusting(), serving(), "example.com", Errc::permission_denied,
                            "TLS with example.com: hostname mismatch: permission denied");
    co_await expect_refused(trusting(), serving(), "127.0.0.2", Errc::permission_denied,
                            "TLS with 127.0.0.2: IP address mismatch: permission denied");
  });
}

TEST_F(Handshake, AddressesAreHostsToo) {
  run([]() -> Task<> {
    for (std::string_view host : {"127.0.0.1", "::1", "localhost", "example.org."}) {
      tls::ClientContext client = client_of(trusting());
      tls::ServerContext server = server_of(serving());
      Ends ends = co_await shake_hands(client, server, host);
      EXPECT_TRUE(ends.connected()) << host << ": " << ends.client_error().message();
    }
  });
}

TEST_F(Handshake, NoHostIsNoneThatACertificateNames) {
  run([]() -> Task<> {
    co_await expect_refused(trusting(), serving(), "", Errc::invalid_argument,
                            "TLS with a host without a name: invalid argument");
  });
}

TEST_F(Handshake, WithoutVerificationAnybodyServes) {
  run([]() -> Task<> {
    Issued own = self_signed();
    tls::ClientContext client = client_of(tls::ClientSettings().set_insecure_without_verification());
    tls::ServerContext server = server_of(serving(own));
    Ends ends = co_await shake_hands(client, server, "whoever");
    EXPECT_TRUE(ends.connected()) << ends.client_error().message();
    if (!ends.connected()) co_return;
    EXPECT_FALSE(tls::session_of(ends.client())->peer_verified());
    co_await talk(ends);
  });
}

TEST_F(Handshake, NoCommonVersion) {
  run([]() -> Task<> {
    tls::ClientContext client = client_of(trusting().set_versions(Version::kTls12, Version::kTls12));
    tls::ServerContext server = server_of(serving().set_versions(Version::kTls13, Version::kTls13));
    Ends ends = co_await shake_hands(client, server);
    EXPECT_EQ(ends.client_error().message(),
              "TLS with example.org: tlsv1 alert protocol version: protocol error");
    EXPECT_EQ(ends.server_error().message(), "TLS with a client: unsupported protocol: protocol error");
  });
}

TEST_F(Handshake, AClientWithItsCertificate) {
  run([]() -> Task<> {
    Issued own = authority().issue(Wanted("a.client"));
    for (Version version : {Version::kTls12, Version::kTls13}) {
      tls::ClientSettings settings = trusting().set_identity(own.identity()).set_versions(version, version);
      tls::ClientContext client = client_of(settings);
      tls::ServerContext server =
          server_of(serving().set_clients(ClientCertificates::kRequired, authority().certificate()));
      Ends ends = co_await shake_hands(client, server);
      EXPECT_TRUE(ends.connected()) << ends.server_error().message();
      if (!ends.connected()) co_return;
      Text<64> subject;
      tls::session_of(ends.server())->write_peer_subject(subject);
      EXPECT_EQ(subject.text(), "CN=a.client");
      EXPECT_TRUE(tls::session_of(ends.server())->peer_verified());
      co_await talk(ends);
    }
  });
}

TEST_F(Handshake, AClientWithoutTheCertificateThatIsRequired) {
  run([]() -> Task<> {
    for (Version version : {Version::kTls12, Version::kTls13}) {
      tls::ClientContext client = client_of(trusting().set_versions(version, version));
      tls::ServerContext server =
          server_of(serving().set_clients(ClientCertificates::kRequired, authority().certificate()));
      Ends ends = co_await shake_hands(client, server);
      EXPECT_EQ(ends.server_error().message(),
                "TLS with a client: peer did not return a certificate: permission denied");
      // With TLS 1.3 a client is done before the server is (RFC 8446, 2).
      Errc code = version == Version::kTls13 ? Errc::ok : Errc::protocol_error;
      EXPECT_EQ(ends.client_error().code(), code);
      if (version != Version::kTls13) continue;
      Errc read = co_await failure_of(read_some(ends.client()));
      EXPECT_EQ(read, Errc::protocol_error);
    }
  });
}

TEST_F(Handshake, AClientMayHaveNoCertificateWhereItIsOptional) {
  run([]() -> Task<> {
    tls::ClientContext client = client_of(trusting());
    tls::ServerContext server =
        server_of(serving().set_clients(ClientCertificates::kOptional, authority().certificate()));
    Ends ends = co_await shake_hands(client, server);
    EXPECT_TRUE(ends.connected());
    if (!ends.connected()) co_return;
    EXPECT_FALSE(tls::session_of(ends.server())->peer_verified());
    co_await talk(ends);
  });
}

TEST_F(Handshake, AClientOfAnUnknownAuthority) {
  run([]() -> Task<> {
    Authority other("another authority");
    Issued own = other.issue(Wanted("a.client"));
    tls::ClientContext client = client_of(trusting().set_identity(own.identity()));
    tls::ServerContext server =
        server_of(serving().set_clients(ClientCertificates::kOptional, authority().certificate()));
    Ends ends = co_await shake_hands(client, server);
    EXPECT_EQ(ends.server_error().code(), Errc::permission_denied);
  });
}

TEST_F(Handshake, ProtocolsAreChosenByTheServer) {
  run([]() -> Task<> {
    tls::ClientContext client =
        client_of(trusting().add_protocol("one").add_protocol("two").add_protocol("three"));
    tls::ServerContext server =
        server_of(serving().add_protocol("four").add_protocol("three").add_protocol("two"));
    Ends ends = co_await shake_hands(client, server);
    EXPECT_TRUE(ends.connected());
    if (!ends.connected()) co_return;
    EXPECT_EQ(tls::session_of(ends.client())->protocol(), "three");
    EXPECT_EQ(tls::session_of(ends.server())->protocol(), "three");
  });
}

TEST_F(Handshake, AProtocolThatOnlyOneSideNamesIsNone) {
  run([]() -> Task<> {
    for (bool by_client : {true, false}) {
      tls::ClientSettings client_settings = trusting();
      tls::ServerSettings server_settings = serving();
      if (by_client) {
        client_settings.add_protocol("one");
      } else {
        server_settings.add_protocol("one");
      }
      tls::ClientContext client = client_of(client_settings);
      tls::ServerContext server = server_of(server_settings);
      Ends ends = co_await shake_hands(client, server);
      EXPECT_TRUE(ends.connected());
      if (!ends.connected()) co_return;
      EXPECT_EQ(tls::session_of(ends.client())->protocol(), "");
      EXPECT_EQ(tls::session_of(ends.server())->protocol(), "");
    }
  });
}

TEST_F(Handshake, NoCommonProtocol) {
  run([]() -> Task<> {
    co_await expect_refused(trusting().add_protocol("one"), serving().add_protocol("two"), "example.org",
                            Errc::protocol_error,
                            "TLS with example.org: tlsv1 alert no application protocol: protocol error");
  });
}

TEST_F(Handshake, TheServerShowsTheCertificateOfTheNameAskedFor) {
  run([]() -> Task<> {
    Issued second = authority().issue(Wanted("second.test"));
    Issued wild = authority().issue(Wanted("*.wild.test"));
    tls::ServerContext server =
        server_of(serving().add_identity(second.identity()).add_identity(wild.identity()));
    struct Case {
      std::string_view host;
      std::string_view subject;
    };
    for (Case each : {Case{"second.test", "CN=second.test"}, Case{"any.wild.test", "CN=*.wild.test"},
                      Case{"example.org", "CN=example.org"}, Case{"127.0.0.1", "CN=example.org"}}) {
      tls::ClientContext client = client_of(trusting());
      Ends ends = co_await shake_hands(client, server, each.host);
      EXPECT_TRUE(ends.connected()) << each.host << ": " << ends.client_error().message();
      if (!ends.connected()) continue;
      Text<64> subject;
      tls::session_of(ends.client())->write_peer_subject(subject);
      EXPECT_EQ(subject.text(), each.subject);
    }
    co_await expect_refused(trusting(), serving().add_identity(second.identity()), "third.test",
                            Errc::permission_denied,
                            "TLS with third.test: hostname mismatch: permission denied");
  });
}

TEST_F(Handshake, AStalledOneTimesOut) {
  run([]() -> Task<> {
    tls::ClientContext client = client_of(trusting());
    tls::ServerContext server = server_of(serving().set_handshake_time(3s));
    std::pair<Stream, Stream> silent = stream_pair();
    TimePoint before = Clock::now();
    auto accepting = tls::accept(std::move(silent.second), server);
    Result<Stream> accepted = co_await result(accepting);
    EXPECT_FALSE(accepted);
    if (accepted) co_return;
    EXPECT_EQ(accepted.error().message(), "TLS with a client: timed out");
    EXPECT_EQ(Clock::now() - before, 3s);
    silent = stream_pair(16);  // takes not even the client's first words
    before = Clock::now();
    auto connecting = tls::connect(std::move(silent.first), "example.org", client);
    Result<Stream> connected = co_await result(connecting);
    EXPECT_FALSE(connected);
    if (connected) co_return;
    EXPECT_EQ(connected.error().message(), "TLS with example.org: timed out");
    EXPECT_EQ(Clock::now() - before, 10s) << "the default";
  });
}

TEST_F(Handshake, ACancelledOneSaysSo) {
  run([]() -> Task<> {
    tls::ServerContext server = server_of(serving());
    std::pair<Stream, Stream> silent = stream_pair();
    Beside accepting(tls::accept(std::move(silent.second), server));
    co_await sleep(1ms);
    accepting.cancel();
    co_await accepting.join();
    EXPECT_EQ(accepting.code(), Errc::cancelled);
    std::string end = co_await read_some(silent.first);
    EXPECT_EQ(end, "") << "the stream below is closed";
  });
}

TEST_F(Handshake, APeerThatClosesDuringIt) {
  run([]() -> Task<> {
    tls::ServerContext server = server_of(serving());
    std::pair<Stream, Stream> lower = stream_pair();
    co_await lower.first.write("\x16\x03\x01");
    lower.first = Stream();
    auto accepting = tls::accept(std::move(lower.second), server);
    Result<Stream> accepted = co_await result(accepting);
    EXPECT_FALSE(accepted);
    if (accepted) co_return;
    EXPECT_EQ(accepted.error().message(), "TLS with a client: the peer closed: connection reset by peer");
  });
}

TEST_F(Handshake, PlainTextIsTold) {
  run([]() -> Task<> {
    tls::ServerContext server = server_of(serving());
    std::pair<Stream, Stream> lower = stream_pair();
    co_await lower.first.write("GET / HTTP/1.1\r\nHost: example.org\r\n\r\n");
    auto accepting = tls::accept(std::move(lower.second), server);
    Result<Stream> accepted = co_await result(accepting);
    EXPECT_FALSE(accepted);
    if (accepted) co_return;
    EXPECT_EQ(accepted.error().message(), "TLS with a client: http request: protocol error");
  });
}

TEST_F(Handshake, ByteByByte) {
  run([]() -> Task<> {
    for (Version version : {Version::kTls12, Version::kTls13}) {
      tls::ClientContext client = client_of(trusting().set_versions(version, version));
      tls::ServerContext server = server_of(serving().set_resumes(false));
      Ends ends = co_await shake_hands(stream_pair(1), client, server);
      EXPECT_TRUE(ends.connected()) << ends.client_error().message();
      if (!ends.connected()) co_return;
      std::string sent = pattern(3000);
      auto both = co_await all(ends.client().write(sent), read_bytes(ends.server(), sent.size()));
      EXPECT_EQ(std::get<1>(both), sent);
    }
  });
}

}  // namespace
}  // namespace net::tests
