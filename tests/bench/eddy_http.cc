// HTTP/1.1 as a user of the library writes it: the router, the strict parser, and every limit as it is at
// first. `eddy_http FILE [CERTIFICATES KEY]` serves the file's folder too.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include "net/http/files.h"
#include "net/http/server.h"
#include "net/net.h"
#include "net/tls/tls.h"

namespace {

net::Task<> plaintext(net::http::Request&, net::http::Response& response) {
  response.header("Content-Type", "text/plain");
  co_await response.send("Hello, World!");
}

net::Task<> json(net::http::Request&, net::http::Response& response) {
  response.header("Content-Type", "application/json");
  co_await response.send(R"({"message":"Hello, World!"})");
}

std::string content_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

net::Task<> serve(std::string path, std::string certificates, std::string key) {
  std::size_t slash = path.rfind('/');
  auto folder = net::http::Files::open(path.substr(0, slash));
  if (!folder) co_await net::fail(folder.error());
  net::http::Router router;
  router.get("/plaintext", plaintext).get("/json", json);
  router.get("/{path...}", *folder);
  net::http::ServerOptions options;
  std::optional<net::tls::ServerContext> context;
  if (!certificates.empty()) {
    std::string chain = content_of(certificates);
    std::string secret = content_of(key);
    net::tls::ServerSettings settings;
    settings.add_identity(net::tls::Identity(chain, secret));
    auto made = net::tls::ServerContext::make(settings);
    if (!made) co_await net::fail(made.error());
    context.emplace(std::move(*made));
    options.secure = [&context](net::Stream stream) -> net::Task<net::Stream> {
      net::Stream secure = co_await net::tls::accept(std::move(stream), *context);
      co_return std::move(secure);
    };
  }
  net::Endpoint any_port(net::Address::loopback_v4(), 0);
  net::Listener listener = co_await net::listen(any_port, net::ListenOptions().set_backlog(4096));
  std::printf("port %d\n", listener.local().port());
  std::fflush(stdout);
  co_await net::http::serve(listener, router, std::move(options));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 && argc != 4) return 1;
  std::string certificates = argc == 4 ? argv[2] : "";
  std::string key = argc == 4 ? argv[3] : "";
  return net::run(serve, std::string(argv[1]), certificates, key);
}
