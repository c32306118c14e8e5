// Tells the time by NTP: this computer's, or that of another server, asked now and then.
#include "examples/host.h"
#include "examples/options.h"
#include "examples/say.h"
#include "net/net.h"
#include "net/ntp/client.h"
#include "net/ntp/server.h"

using namespace std::chrono_literals;

struct Settings {
  std::string_view host;
  std::uint16_t port = net::ntp::kPort;
  std::string_view upstream;
  std::uint16_t upstream_port = net::ntp::kPort;
  net::Duration interval = 64s;
  net::Duration timeout = 5s;
};

net::Task<net::ntp::Sample> ask(const Settings& settings) {
  net::Endpoint server = co_await example::find(settings.upstream, settings.upstream_port);
  net::ntp::QueryOptions options;
  options.set_timeout(settings.timeout);
  net::ntp::Sample sample = co_await net::ntp::query(server, options);
  co_return sample;
}

// Keeps the clock right; where the upstream server does not answer, it goes on as it is.
net::Task<> follow(const Settings& settings, net::ntp::SampledClock& clock) {
  for (;;) {
    co_await net::sleep(settings.interval);
    net::Result<net::ntp::Sample> sample = co_await net::result(ask(settings));
    if (sample) {
      clock.set(*sample);
      continue;
    }
    net::log(net::LogLevel::kWarn, settings.upstream, ": ", net::describe(sample.error().code()));
    // It wants no more questions (RFC 5905, 7.4).
    if (sample.error() == net::Errc::permission_denied) co_await net::fail(sample.error());
  }
}

net::Task<> serve(const Settings& settings) {
  net::UdpSocket socket = co_await example::bind_udp(settings.host, settings.port);
  if (settings.upstream.empty()) {
    net::ntp::SystemClock clock;
    example::say("listening on ", socket.local());
    co_await net::ntp::serve(socket, clock);
  }
  net::ntp::Sample sample = co_await ask(settings);
  net::ntp::SampledClock clock(sample);
  example::say("listening on ", socket.local());
  co_await net::all(net::ntp::serve(socket, clock), follow(settings, clock));
}

int main(int argc, char** argv) {
  Settings settings;
  // A device has no clock that it could tell.
  if (!net::ntp::SystemClock::exists()) settings.upstream = "pool.ntp.org";
  example::Options options(argc, argv, "Tells the time by NTP.");
  options.add("--host", settings.host, "the address to receive on; all if empty");
  options.add("--port", settings.port, "the port; 0: any free one");
  options.add("--upstream", settings.upstream,
              "a server to have the time from; this computer's clock if empty");
  options.add("--upstream-port", settings.upstream_port, "that server's port");
  options.add("--interval", settings.interval, "how often that server is asked");
  options.add("--timeout", settings.timeout, "the deadline for its answer");
  if (!options.parse()) return options.status();
  return net::run(serve, std::cref(settings));
}
