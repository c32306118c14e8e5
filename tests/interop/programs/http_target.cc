// What the tests of hostile HTTP clients aim at. Answers every request with what it understood of it, and
// prints the targets that a proxy in front is to keep away: http_target --host HOST --port PORT
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>

#include "net/http/server.h"
#include "net/net.h"

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
net::Task<> serve(net::Endpoint at) {
  net::Listener listener = co_await net::listen(at, net::ListenOptions().set_backlog(1024));
  std::printf("listening on %s\n", listener.local().to_string().c_str());
  std::fflush(stdout);
  net::http::ServerOptions options;
  options.set_head_time(5s).set_idle_time(5s).set_body_time(5s).set_write_time(5s);
  co_await net::http::serve(listener, answer, std::move(options));
}

}  // namespace

int main(int argc, char** argv) {
  std::optional<net::Address> host = argc == 5 ? net::Address::parse(argv[2]) : std::nullopt;
  if (!host) {
    std::fputs("error: http_target --host HOST --port PORT\n", stderr);
    return 2;
  }
  return net::run(serve, net::Endpoint(*host, static_cast<std::uint16_t>(std::atoi(argv[4]))));
}
