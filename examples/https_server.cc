// HTTPS: a page that tells how it was asked for, over TLS. SIGHUP reads the certificate anew; connections that
// there are go on with the old one. Desktop only.
#include <cerrno>
#include <csignal>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>
#include <type_traits>

#include "examples/host.h"
#include "examples/options.h"
#include "examples/say.h"
#include "net/http/server.h"
#include "net/net.h"
#include "net/tls/tls.h"

namespace http = net::http;
namespace tls = net::tls;

// A certificate's and its key's files, read.
class Files {
 public:
  Files(std::string_view certificate, std::string_view key) : certificate_(certificate), key_(key) {}

  // Gives `use` what a server needs to know of them now. An error is a person's words.
  template <class Use>
  auto read(Use&& use) const {
    using Made = typename std::invoke_result_t<Use, const tls::ServerSettings&>::value_type;
    using Result = tl::expected<Made, std::string>;
    std::string certificates = content(certificate_);
    if (certificates.empty()) return Result(tl::unexpect, unread(certificate_));
    std::string key = content(key_);
    if (key.empty()) return Result(tl::unexpect, unread(key_));
    tls::ServerSettings settings;
    settings.add_identity(tls::Identity(certificates, key)).add_protocol("http/1.1");
    return Result(use(settings).map_error([](const net::Error& error) { return error.message(); }));
  }

 private:
  static std::string content(const std::string& path) {
    errno = 0;
    std::ifstream file(path);
    std::ostringstream read;
    read << file.rdbuf();
    return read.str();
  }
  static std::string unread(const std::string& path) {
    int error = errno;
    return "read " + path + ": " + (error == 0 ? "it is empty" : std::generic_category().message(error));
  }
  std::string certificate_;
  std::string key_;
};

net::Task<> hello(http::Request& request, http::Response& response) {
  net::Text<256> text;
  text << "Hello, " << request.peer() << ", over TLS\n";
  co_await response.send(text.text());
}

net::Task<> reload(tls::ServerContext& context, const Files& files) {
  for (;;) {
    co_await net::signal(SIGHUP);
    auto reloaded =
        files.read([&context](const tls::ServerSettings& settings) { return context.reload(settings); });
    if (reloaded) {
      example::say("the certificate was read anew");
    } else {
      example::say("the certificate stays as it was: ", reloaded.error());
    }
  }
}

// Gives the program's status.
net::Task<int> serve(const Files& files, std::string_view host, std::uint16_t port) {
  auto context = files.read(tls::ServerContext::make);
  if (!context) {
    example::complain(context.error());
    co_return 1;
  }
  http::Router router;
  router.get("/", hello);
  http::ServerOptions options;
  options.secure = [&context](net::Stream stream) -> net::Task<net::Stream> {
    net::Stream secure = co_await tls::accept(std::move(stream), *context);
    co_return std::move(secure);
  };
  net::Listener listener = co_await example::listen(host, port);
  example::say("listening on ", listener.local());
  net::Task<> serving = http::serve(listener, router, std::move(options));
  co_await net::all(std::move(serving), reload(*context, files));
  co_return 0;
}

int main(int argc, char** argv) {
  std::string_view certificate = "certificate.pem";
  std::string_view key = "key.pem";
  std::string_view host;
  std::uint16_t port = 8443;
  example::Options options(argc, argv, "A page over HTTPS.");
  options.add("--certificate", certificate, "the server's certificate and those above it, PEM");
  options.add("--key", key, "its private key, PEM");
  options.add("--host", host, "the address to listen on; all if empty");
  options.add("--port", port, "the port; 0: any free one");
  if (!options.parse()) return options.status();
  Files files(certificate, key);
  return net::run(serve, std::cref(files), host, port);
}
