// Serves the files of a folder.
#include <string>
#include <system_error>

#include "examples/host.h"
#include "examples/options.h"
#include "examples/say.h"
#include "net/http/files.h"
#include "net/http/hosts.h"
#include "net/http/server.h"
#include "net/net.h"

// A line for each request, after its answer.
net::Task<> note(net::http::Request& request, net::http::Response& response, net::http::Next next) {
  co_await next(request, response);
  example::say(request.peer(), " ", request.method(), " ", request.path(), ": ", response.status());
}

// Gives the program's status.
net::Task<int> serve(std::string_view folder, std::string_view host, std::uint16_t port) {
  net::Result<net::http::Files> files = net::http::Files::open(std::string(folder));
  if (!files) {
    // The library's codes are about sockets; the system's own says more of a folder.
    std::string why = std::generic_category().message(files.error().native());
    example::complain("open " + std::string(folder) + ": " + why);
    co_return 1;
  }
  net::http::Router router;
  router.use(note);
  // No page of another site is to read what this computer shows to itself.
  if (!host.empty()) router.use(net::http::Hosts({&host, 1}));
  router.get("/{path...}", *files);
  net::Listener listener = co_await example::listen(host, port);
  example::say("listening on ", listener.local());
  co_await net::http::serve(listener, router);
  co_return 0;
}

int main(int argc, char** argv) {
  std::string_view folder = ".";
  std::string_view host = "127.0.0.1";
  std::uint16_t port = 8080;
  example::Options options(argc, argv, "Serves the files of a folder by HTTP.");
  options.add("--folder", folder, "the folder");
  options.add("--host", host, "the address to listen on; all if empty");
  options.add("--port", port, "the port; 0: any free one");
  if (!options.parse()) return options.status();
  return net::run(serve, folder, host, port);
}
