// What the tests of hostile HTTP clients aim at. Answers every request with what it understood of it, and
// prints the targets that a proxy in front is to keep away: http_target --host HOST --port PORT [CHAIN KEY]
// With a certificate and its key, PEM files, over TLS.
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include "net/http/server.h"
#include "net/net.h"
#include "net/tls/tls.h"

namespace {

using namespace std::chrono_literals;

net::Task<> answer(net::http::Request& request, net::http::Response& response) {
  if (request.path().find("/admin") != std::string_view::npos) {
    std::printf("%s %s\n", std::string(request.method()).c_str(), std::string(request.target()).c_str());
    std::fflush(stdout);
  }
  std::size_t length = 0;
  std::array<std::byte, 4096> buffer;
  for (;;) {
    std::span<std::byte> part = co_await request.read(buffer);
    if (part.empty()) break;
    length += part.size();
  }
  // More than the buffers on the way take, for who reads slowly.
  if (request.path() == "/large") {
    std::string part(65536, 'x');
    for (int i = 0; i != 200; ++i) co_await response.write(part);
    co_return;
  }
  std::string text(request.method());
  text.append(" ").append(request.target()).append(" ").append(std::to_string(length));
  co_await response.send(text);
}

// Impatient, so that the tests are short.
net::Task<> serve(net::Endpoint at, net::tls::ServerContext* context) {
  net::Listener listener = co_await net::listen(at, net::ListenOptions().set_backlog(1024));
  std::printf("listening on %s\n", listener.local().to_string().c_str());
  std::fflush(stdout);
  net::http::ServerOptions options;
  options.set_head_time(5s).set_idle_time(5s).set_body_time(5s).set_write_time(5s);
  if (context != nullptr) {
    options.set_connections(400);
    options.secure = [context](net::Stream stream) -> net::Task<net::Stream> {
      net::Stream secure = co_await net::tls::accept(std::move(stream), *context);
      co_return std::move(secure);
    };
  }
  co_await net::http::serve(listener, answer, std::move(options));
}

std::string read_file(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

int main(int argc, char** argv) {
  std::optional<net::Address> host = argc == 5 || argc == 7 ? net::Address::parse(argv[2]) : std::nullopt;
  if (!host) {
    std::fputs("error: http_target --host HOST --port PORT [CHAIN KEY]\n", stderr);
    return 2;
  }
  net::Endpoint at(*host, static_cast<std::uint16_t>(std::atoi(argv[4])));
  net::tls::ServerContext* plain = nullptr;
  if (argc == 5) return net::run(serve, at, plain);
  std::string chain = read_file(argv[5]);
  std::string key = read_file(argv[6]);
  net::tls::ServerSettings settings;
  settings.add_identity({chain, key}).add_protocol("http/1.1").set_handshake_time(2s);
  auto context = net::tls::ServerContext::make(settings);
  if (!context) {
    std::fprintf(stderr, "error: %s\n", context.error().message().c_str());
    return 1;
  }
  return net::run(serve, at, &*context);
}
