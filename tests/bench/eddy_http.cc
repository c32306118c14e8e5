// HTTP/1.1 as a user of the library writes it: the router, the strict parser, and every limit as it is at
// first. `eddy_http FILE`.
#include <cstdio>
#include <string>

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

std::string content_of(const char* path) {
  std::string content;
  std::FILE* file = std::fopen(path, "rb");
  if (file == nullptr) return content;
  char part[4096];
  for (std::size_t size = 0; (size = std::fread(part, 1, sizeof part, file)) != 0;) content.append(part, size);
  std::fclose(file);
  return content;
}

net::Task<> serve(const char* path) {
  std::string file = content_of(path);
  net::http::Router router;
  router.get("/plaintext", plaintext).get("/json", json);
  router.get("/file", [&file](net::http::Request&, net::http::Response& response) -> net::Task<> {
    response.header("Content-Type", "application/octet-stream");
    co_await response.send(net::bytes(file));
  });
  net::Endpoint any_port(net::Address::loopback_v4(), 0);
  net::Listener listener = co_await net::listen(any_port, net::ListenOptions().set_backlog(4096));
  std::printf("port %d\n", listener.local().port());
  std::fflush(stdout);
  co_await net::http::serve(listener, router);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 1;
  return net::run(serve, static_cast<const char*>(argv[1]));
}
