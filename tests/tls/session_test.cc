// Sessions that go on, and certificates that change while a server runs.
#include "tests/tls/pair.h"

namespace net::tests {
namespace {

using tls::ClientCertificates;
using tls::Version;

class TlsSession : public ManualTest {};

// One connection that talks, and whether both sides say that it went on with an earlier session.
Task<bool> resumes(tls::ClientContext& client, tls::ServerContext& server,
                   std::string_view host = "example.org") {
  Ends ends = co_await shake_hands(client, server, host);
  EXPECT_TRUE(ends.connected()) << ends.client_error().message() << " / " << ends.server_error().message();
  if (!ends.connected()) co_return false;
  co_await talk(ends);
  bool resumed = tls::session_of(ends.client())->resumed();
  EXPECT_EQ(tls::session_of(ends.server())->resumed(), resumed);
  EXPECT_TRUE(tls::session_of(ends.client())->peer_verified());
  co_return resumed;
}

TEST_F(TlsSession, TheSecondConnectionGoesOnWithTheFirst) {
  run([]() -> Task<> {
    for (Version version : {Version::kTls12, Version::kTls13}) {
      tls::ClientContext client = client_of(trusting().set_versions(version, version));
      tls::ServerContext server = server_of(serving());
      bool first = co_await resumes(client, server);
      EXPECT_FALSE(first);
      for (int i = 0; i < 5; ++i) {
        bool later = co_await resumes(client, server);
        EXPECT_TRUE(later) << i;
      }
    }
  });
}

TEST_F(TlsSession, IsOfOneHost) {
  run([]() -> Task<> {
    tls::ClientContext client = client_of(trusting());
    tls::ServerContext server = server_of(serving());
    bool resumed = co_await resumes(client, server, "example.org");
    EXPECT_FALSE(resumed);
    resumed = co_await resumes(client, server, "localhost");
    EXPECT_FALSE(resumed);
  });
}

TEST_F(TlsSession, IsNotKeptWhereEitherSideDoesNotWantIt) {
  run([]() -> Task<> {
    for (bool at_client : {true, false}) {
      for (Version version : {Version::kTls12, Version::kTls13}) {
        tls::ClientContext client =
            client_of(trusting().set_versions(version, version).set_resumes(!at_client));
        tls::ServerContext server = server_of(serving().set_resumes(at_client));
        for (int i = 0; i < 2; ++i) {
          bool resumed = co_await resumes(client, server);
          EXPECT_FALSE(resumed);
        }
      }
    }
  });
}

TEST_F(TlsSession, OfAClientWithACertificateGoesOnToo) {
  run([]() -> Task<> {
    Issued own = authority().issue(Wanted("a.client"));
    for (Version version : {Version::kTls12, Version::kTls13}) {
      tls::ClientContext client =
          client_of(trusting().set_identity(own.identity()).set_versions(version, version));
      tls::ServerContext server =
          server_of(serving().set_clients(ClientCertificates::kRequired, authority().certificate()));
      bool resumed = co_await resumes(client, server);
      EXPECT_FALSE(resumed);
      resumed = co_await resumes(client, server);
      EXPECT_TRUE(resumed);
    }
  });
}

std::string subject_of(const Stream& stream) {
  Text<64> subject;
  tls::session_of(stream)->write_peer_subject(subject);
  return std::string(subject.text());
}

TEST_F(TlsSession, NewConnectionsGetTheNewCertificateAndOldOnesGoOn) {
  run([]() -> Task<> {
    Wanted wanted;
    wanted.subject = "new";
    Issued renewed = authority().issue(wanted);
    tls::ClientContext client = client_of(trusting());
    tls::ServerContext server = server_of(serving());
    Ends before = co_await shake_hands(client, server);
    EXPECT_TRUE(before.connected());
    if (!before.connected()) co_return;
    co_await talk(before);
    Result<> reloaded = server.reload(serving(renewed));
    EXPECT_TRUE(reloaded);
    Ends after = co_await shake_hands(client, server);
    EXPECT_TRUE(after.connected()) << after.client_error().message();
    if (!after.connected()) co_return;
    EXPECT_EQ(subject_of(before.client()), "CN=example.org");
    EXPECT_EQ(subject_of(after.client()), "CN=new");
    EXPECT_FALSE(tls::session_of(after.client())->resumed());
    co_await talk(before);
    co_await talk(after);
  });
}

TEST_F(TlsSession, AReloadThatFailsChangesNothing) {
  run([]() -> Task<> {
    tls::ClientContext client = client_of(trusting());
    tls::ServerContext server = server_of(serving());
    Result<> reloaded = server.reload(tls::ServerSettings().add_identity({issued().certificates, "no key"}));
    EXPECT_FALSE(reloaded);
    if (!reloaded) {
      EXPECT_EQ(reloaded.error().code(), Errc::invalid_argument);
    }
    Ends after = co_await shake_hands(client, server);
    EXPECT_TRUE(after.connected()) << after.client_error().message();
  });
}

TEST_F(TlsSession, AHandshakeUnderWayEndsWithWhatItBeganWith) {
  run([]() -> Task<> {
    tls::ClientContext client = client_of(trusting());
    tls::ServerContext server = server_of(serving());
    std::pair<Stream, Stream> lower = stream_pair();
    Beside accepting(tls::accept(std::move(lower.second), server));
    co_await sleep(std::chrono::milliseconds(1));
    Result<> reloaded = server.reload(serving(self_signed()));
    EXPECT_TRUE(reloaded);
    Stream stream = co_await tls::connect(std::move(lower.first), "example.org", client);
    co_await accepting.join();
    EXPECT_EQ(accepting.code(), Errc::ok);
  });
}

template <class Context, class Settings>
std::string complaint(const Settings& settings) {
  Result<Context> made = Context::make(settings);
  return made ? "" : made.error().message();
}

TEST_F(TlsSession, SettingsThatMakeNoSenseAreNamed) {
  auto client = complaint<tls::ClientContext, tls::ClientSettings>;
  auto server = complaint<tls::ServerContext, tls::ServerSettings>;
  EXPECT_EQ(server(tls::ServerSettings()), "a server without a certificate: invalid argument");
  EXPECT_EQ(server(tls::ServerSettings().add_identity({"nonsense", issued().key})),
            "certificate: no start line: invalid argument");
  EXPECT_EQ(server(tls::ServerSettings().add_identity({issued().certificates, "nonsense"})),
            "private key: unsupported: invalid argument");
  Issued other = authority().issue();
  EXPECT_EQ(server(tls::ServerSettings().add_identity({issued().certificates, other.key})),
            "private key: key values mismatch: invalid argument");
  std::string broken = issued().certificates + "-----BEGIN CERTIFICATE-----\n*\n-----END CERTIFICATE-----\n";
  EXPECT_EQ(server(tls::ServerSettings().add_identity({broken, issued().key})),
            "certificate chain: bad base64 decode: invalid argument");
  EXPECT_EQ(server(serving().set_clients(ClientCertificates::kRequired, "")),
            "authorities: no start line: invalid argument");
  EXPECT_EQ(server(serving().set_versions(Version::kTls13, Version::kTls12)), "TLS versions: invalid argument");
  EXPECT_EQ(client(tls::ClientSettings().set_authorities("nonsense")),
            "authorities: no start line: invalid argument");
  EXPECT_EQ(client(tls::ClientSettings().add_protocol("")),
            "a protocol's name has 1 to 255 bytes: invalid argument");
  tls::ClientSettings many;
  for (int i = 0; i < 5; ++i) many.add_protocol("x");
  EXPECT_EQ(client(many), "too many protocols: invalid argument");
}

}  // namespace
}  // namespace net::tests
