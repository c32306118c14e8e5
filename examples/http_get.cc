// Gets a page by HTTP/1.0 over a bare TCP stream and prints the answer, header and all.
#include <array>
#include <cstdio>

#include "examples/options.h"
#include "net/net.h"

using namespace std::chrono_literals;

class Settings {
 public:
  std::string_view host = "wifitest.adafruit.com";
  std::uint16_t port = 80;
  std::string_view path = "/testwifi/index.html";
  net::Duration timeout = 5s;
};

net::Task<> get(const Settings& settings) {
  net::Stream server = co_await net::timeout(settings.timeout, net::connect(settings.host, settings.port));
  const std::array<net::Bytes, 5> request = {net::bytes("GET "), net::bytes(settings.path),
                                             net::bytes(" HTTP/1.0\r\nHost: "), net::bytes(settings.host),
                                             net::bytes("\r\n\r\n")};
  co_await net::timeout(settings.timeout, server.write(std::span<const net::Bytes>(request)));
  std::array<std::byte, 1024> buffer;
  for (bool answered = false;; answered = true) {
    std::span<std::byte> received = co_await net::timeout(settings.timeout, server.read(buffer));
    if (received.empty() && !answered) co_await net::fail(net::Errc::end_of_stream, "answer of the server");
    if (received.empty()) break;  // the server ends the stream after the page (RFC 1945, 1.3)
    std::fwrite(received.data(), 1, received.size(), stdout);
  }
  bool written = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
  if (!written) co_await net::fail(net::Errc::io_error, "write to standard output");
}

int main(int argc, char** argv) {
  Settings settings;
  example::Options options(argc, argv, "Gets a page by HTTP/1.0 and prints it.");
  options.add("--host", settings.host, "the server's name or address");
  options.add("--port", settings.port, "the server's port");
  options.add("--path", settings.path, "the page");
  options.add("--timeout", settings.timeout, "the deadline for connecting, and for each part of the answer");
  if (!options.parse()) return options.status();
  if (settings.path.find_first_of(" \r\n") != std::string_view::npos) {
    return options.refuse("--path: spaces and line ends are written %20, %0D, %0A");
  }
  return net::run(get, settings);
}
