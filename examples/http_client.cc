// An HTTP client: gets, posts, downloads to a file with a bar of progress.
#include <array>

#include "examples/options.h"
#include "examples/output_file.h"
#include "examples/say.h"
#include "examples/secure_client.h"
#include "net/http/client.h"
#include "net/net.h"

using namespace std::chrono_literals;

class Settings {
 public:
  std::string_view url = "http://127.0.0.1:8080/";
  std::string_view method;
  std::string_view data;
  std::string_view type = "text/plain; charset=utf-8";
  std::string_view user;
  std::string_view bearer;
  std::string_view proxy;
  std::string_view authorities;
  std::string_view output;
  bool header = false;
  net::Duration timeout = 30s;
};

// Draws itself anew when a fortieth more has come, over what it drew before. Its line ends with it, so that
// what is wrong with the rest has a line of its own.
class ProgressBar {
 public:
  explicit ProgressBar(std::uint64_t total) : total_(total) {}
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar() {
    if (drawn_ >= 0) example::say();
  }
  void show(std::uint64_t done) {
    constexpr int kWidth = 40;
    bool known = total_ != net::http::ClientResponse::kUnknown;
    auto width = static_cast<int>(known ? done * kWidth / (total_ == 0 ? 1 : total_) : done >> 16);
    if (width == drawn_) return;
    drawn_ = width;
    net::Text<80> line;
    line << '\r';
    if (known) {
      line << '[';
      for (int i = 0; i != kWidth; ++i) line << (i < width ? '#' : ' ');
      line << "] " << done * 100 / (total_ == 0 ? 1 : total_) << '%';
    } else {
      line << done / 1024 << " KiB";
    }
    example::write_all(line.text());
  }

 private:
  std::uint64_t total_;
  int drawn_ = -1;
};

net::Task<> must(net::Result<> done) {
  if (!done) co_await net::fail(done.error());
}

// Gives how much has come.
net::Task<std::uint64_t> receive(net::http::ClientResponse& response, example::OutputFile& file) {
  ProgressBar bar(response.length());
  std::array<std::byte, 4096> buffer;
  std::uint64_t size = 0;
  for (;;) {
    std::span<std::byte> part = co_await response.read(buffer);
    if (part.empty()) co_return size;
    co_await must(file.write(part));
    size += part.size();
    bar.show(size);
  }
}

net::Task<> download(net::http::ClientResponse& response, std::string_view path) {
  example::OutputFile file;
  co_await must(file.open(path));
  std::uint64_t size = co_await receive(response, file);
  co_await must(file.finish());
  example::say(size, " bytes in ", path);
}

net::Task<> print(net::http::ClientResponse& response) {
  std::array<std::byte, 1024> buffer;
  for (;;) {
    std::span<std::byte> part = co_await response.read(buffer);
    if (part.empty()) co_return;
    example::write_all(net::text(part));
  }
}

// Gives the program's status.
net::Task<int> run_request(const Settings& settings) {
  net::http::ClientOptions options;
  options.set_proxy(settings.proxy).set_connect_time(settings.timeout).set_head_time(settings.timeout);
  options.set_body_time(settings.timeout).set_send_time(settings.timeout);
  example::SecureClient secure;
  co_await must(secure.set_up(options, settings.authorities));
  net::http::Client client(std::move(options));
  std::string_view method = settings.data.empty() ? "GET" : "POST";
  net::http::ClientRequest request(settings.method.empty() ? method : settings.method, settings.url);
  if (!settings.data.empty()) request.body(settings.data, settings.type);
  std::size_t colon = settings.user.find(':');
  if (colon != std::string_view::npos)
    request.basic(settings.user.substr(0, colon), settings.user.substr(colon + 1));
  if (!settings.bearer.empty()) request.bearer(settings.bearer);
  net::Result<net::http::ClientResponse> answer = co_await net::result(client.send(request));
  if (!answer) {
    // An error has room for a part of a long reason only.
    if (answer.error() == net::Errc::cancelled || request.failure().empty()) co_await net::fail(answer.error());
    example::complain(request.failure());
    co_return 1;
  }
  net::http::ClientResponse& response = *answer;
  if (settings.header || !response.ok()) {
    example::say("HTTP/1.", response.minor_version(), ' ', response.status(), ' ', response.reason_phrase());
  }
  if (settings.header) {
    for (net::http::Field field : response.fields()) example::say(field.name, ": ", field.value);
    example::say();
  }
  // What a server says instead of the file is for the user.
  if (settings.output.empty() || !response.ok()) {
    co_await print(response);
  } else {
    co_await download(response, settings.output);
  }
  co_return response.ok() ? 0 : 1;
}

// An exchange that the user interrupts has not been done, unlike a server that is ended.
net::Task<int> run_to_end(const Settings& settings) {
  net::Result<int> status = co_await net::result(run_request(settings));
  if (status) co_return *status;
  if (status.error() != net::Errc::cancelled) co_await net::fail(status.error());
  example::complain("interrupted");
  co_return 1;
}

int main(int argc, char** argv) {
  Settings settings;
  example::Options options(argc, argv,
                           "Asks a server by HTTP and prints the answer's body, or keeps it in a file.");
  options.add("--url", settings.url, "what to ask for");
  options.add("--method", settings.method, "GET, or POST where there is --data, unless it is given");
  options.add("--data", settings.data, "what to send along");
  options.add("--type", settings.type, "what that is");
  options.add("--user", settings.user, "user:password");
  options.add("--bearer", settings.bearer, "a token");
  options.add("--proxy", settings.proxy, "the URL of a proxy");
  options.add("--authorities", settings.authorities,
              "a PEM file with those to trust instead of the system's; on a device its text");
  options.add("--output", settings.output, "the file that gets the body");
  options.add("--header", settings.header, "prints the answer's header too");
  options.add("--timeout", settings.timeout, "for connecting, and for each part of the answer");
  if (!options.parse()) return options.status();
  if (!settings.user.empty() && settings.user.find(':') == std::string_view::npos)
    return options.refuse("--user: not user:password");
  return net::run(run_to_end, settings);
}
