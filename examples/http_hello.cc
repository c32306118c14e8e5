#include "net/http/server.h"
#include "net/net.h"

net::Task<> hello(net::http::Request& request, net::http::Response& response) {
  std::string_view name = request.parameter("name");
  co_await response.send(name.empty() ? "Hello, world\n" : name);
}

net::Task<> serve() {
  net::http::Router router;
  router.get("/", hello).get("/hello/{name}", hello);
  net::Listener listener = co_await net::listen(8080);
  co_await net::http::serve(listener, router);
}

int main() { return net::run(serve); }  // SIGINT/SIGTERM cancel it, and it drains
