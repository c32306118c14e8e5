// Exchanges many bytes both ways at once with a server, and says what came of it.
#include "examples/host.h"
#include "examples/options.h"
#include "net/net.h"
#include "tests/interop/matrix/programs/exchange.h"

using namespace std::chrono_literals;

namespace {

class Settings {
 public:
  std::string_view host = "127.0.0.1";
  std::uint16_t port = 5000;
  bool udp = false;
  std::uint32_t cell = 0;
  std::uint32_t bytes = 1'000'000;
  net::Duration timeout = 60s;
};

net::Task<interop::Outcome> exchange(const Settings& settings) {
  net::Endpoint server = co_await example::find(settings.host, settings.port);
  if (settings.udp) {
    net::UdpSocket socket = co_await net::connect_udp(server);
    interop::Outcome outcome = co_await interop::call(socket, settings.cell, settings.bytes);
    co_return outcome;
  }
  net::Stream peer = co_await net::connect(server);
  interop::Outcome outcome = co_await interop::call(peer, settings.cell, settings.bytes);
  co_return outcome;
}

net::Task<int> client(const Settings& settings) {
  interop::Outcome outcome = co_await net::timeout(settings.timeout, exchange(settings));
  interop::say(outcome);
  co_return outcome.whole() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  example::Options options(argc, argv, "Exchanges many bytes both ways at once with a server.");
  options.add("--host", settings.host, "the server's name or address");
  options.add("--port", settings.port, "the server's port");
  options.add("--udp", settings.udp, "by datagrams");
  options.add("--cell", settings.cell, "the exchange's number");
  options.add("--bytes", settings.bytes, "how many each way");
  options.add("--timeout", settings.timeout, "the deadline for all of it");
  if (!options.parse()) return options.status();
  return net::run(client, settings);
}
