// TLS on either side, for other people's programs on the other; files are PEM:
//   tls_echo server CHAIN KEY [client authorities]   one line "listening on …"; echoes; ALPN "echo"
//   tls_echo client HOST PORT AUTHORITIES [CHAIN KEY]   sends a line, prints what it agreed on and what comes
//   back
// EDDY_TLS=1.2 or 1.3 allows that version alone.
#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "net/net.h"
#include "net/tls/tls.h"

namespace {

namespace tls = net::tls;

std::string read_file(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

template <class Settings>
void choose_versions(Settings& settings) {
  const char* only = std::getenv("EDDY_TLS");
  if (only == nullptr) return;
  tls::Version version = std::string_view(only) == "1.2" ? tls::Version::kTls12 : tls::Version::kTls13;
  settings.set_versions(version, version);
}

void tell(const net::Stream& peer) {
  const tls::Session& session = *tls::session_of(peer);
  net::Text<64> subject;
  session.write_peer_subject(subject);
  std::string name(session.server_name());
  std::string protocol(session.protocol());
  std::printf("%s name=%s protocol=%s resumed=%d verified=%d peer=%.*s\n",
              session.version() == tls::Version::kTls13 ? "1.3" : "1.2", name.c_str(), protocol.c_str(),
              session.resumed() ? 1 : 0, session.peer_verified() ? 1 : 0,
              static_cast<int>(subject.text().size()), subject.text().data());
  std::fflush(stdout);
}

net::Task<> echo(net::Stream peer) {
  tell(peer);
  for (;;) {
    std::span<std::byte> received = co_await peer.read_view();
    if (received.empty()) co_return;
    co_await peer.write(received);
  }
}

net::Task<> serve(tls::ServerContext& context) {
  net::Listener listener = co_await net::listen(net::Endpoint(net::Address::loopback_v4(), 0));
  std::printf("listening on %s\n", listener.local().to_string().c_str());
  std::fflush(stdout);
  co_await net::serve(listener, tls::over(context, echo));
}

net::Task<> talk(tls::ClientContext& context, std::string_view host, std::uint16_t port) {
  for (int i = 0; i < 2; ++i) {
    net::Stream plain = co_await net::connect(net::Endpoint(net::Address::loopback_v4(), port));
    net::Stream peer = co_await tls::connect(std::move(plain), host, context);
    co_await peer.write("Hello, world\n");
    std::array<std::byte, 64> buffer;
    std::span<std::byte> got = co_await peer.read(buffer);
    tell(peer);
    std::string answer(net::text(got));
    std::printf("%s", answer.c_str());
  }
}

int tell_failure(const net::Error& error) {
  std::fprintf(stderr, "error: %s\n", error.message().c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() >= 3 && arguments[0] == "server") {
    std::string chain = read_file(argv[2]);
    std::string key = read_file(argv[3]);
    std::string authorities = argc > 4 ? read_file(argv[4]) : "";
    tls::ServerSettings settings;
    settings.add_identity({chain, key}).add_protocol("echo");
    if (argc > 4) settings.set_clients(tls::ClientCertificates::kRequired, authorities);
    choose_versions(settings);
    auto context = tls::ServerContext::make(settings);
    if (!context) return tell_failure(context.error());
    return net::run(serve, std::ref(*context));
  }
  if (arguments.size() >= 4 && arguments[0] == "client") {
    std::uint16_t port = 0;
    std::from_chars(arguments[2].data(), arguments[2].data() + arguments[2].size(), port);
    std::string authorities = read_file(argv[4]);
    tls::ClientSettings settings;
    settings.set_authorities(authorities).add_protocol("echo");
    std::string chain = argc > 6 ? read_file(argv[5]) : "";
    std::string key = argc > 6 ? read_file(argv[6]) : "";
    if (argc > 6) settings.set_identity({chain, key});
    choose_versions(settings);
    auto context = tls::ClientContext::make(settings);
    if (!context) return tell_failure(context.error());
    return net::run(talk, std::ref(*context), std::string_view(arguments[1]), port);
  }
  std::fputs("error: tls_echo server CHAIN KEY [AUTHORITIES] | client HOST PORT AUTHORITIES [CHAIN KEY]\n",
             stderr);
  return 2;
}
