// HTTP/1.1 as a user of the library writes it: the router, the strict parser, and every limit as it is at
// first. `eddy_http FILE` serves the file's folder too.
#include <cstdio>
#include <string>

#include "net/http/files.h"
#include "net/http/server.h"
#include "net/net.h"

namespace {

net::Task<> plaintext(net::http::Request&, net::http::Response& response) {
  response.header("Content-Type", "text/plain");
  co_await response.send("Hello, World!");
}

net::Task<> json(net::http::Request&, net::http::Response& response) {
  response.header("Content-Type", "application/json");
  co_await response.send(R"({"message":"Hello, World!"})");
}

net::Task<> serve(std::string path) {
  std::size_t slash = path.rfind('/');
  auto folder = net::http::Files::open(path.substr(0, slash));
  if (!folder) co_await net::fail(folder.error());
  net::http::Router router;
  router.get("/plaintext", plaintext).get("/json", json);
  router.get("/{path...}", *folder);
  net::Endpoint any_port(net::Address::loopback_v4(), 0);
  net::Listener listener = co_await net::listen(any_port, net::ListenOptions().set_backlog(4096));
  std::printf("port %d\n", listener.local().port());
  std::fflush(stdout);
  co_await net::http::serve(listener, router);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 1;
  return net::run(serve, std::string(argv[1]));
}
