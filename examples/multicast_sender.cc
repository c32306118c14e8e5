// Sends a message to everybody in a multicast group.
#include "examples/options.h"
#include "examples/say.h"
#include "net/net.h"

using namespace std::chrono_literals;

class Settings {
 public:
  net::Address group = net::Address::v4(239, 192, 0, 1);  // the organisation's own scope (RFC 2365, 6.2)
  std::uint16_t port = 5000;
  std::string_view message = "Hello, world";
  std::uint32_t interface = 0;
  std::uint32_t hops = 1;
  std::uint32_t count = 1;
  net::Duration interval = 5s;
};

// What a socket's setter gave, as an await.
net::Task<> check(net::Result<> done) {
  if (!done) co_await net::fail(done.error());
}

net::Task<> send(const Settings& settings) {
  net::Address any = settings.group.is_v4() ? net::Address::any_v4() : net::Address::any_v6();
  net::UdpSocket socket = co_await net::bind_udp(net::Endpoint(any, 0));
  co_await check(socket.set_multicast_hops(static_cast<int>(settings.hops)));
  if (settings.interface != 0) co_await check(socket.set_multicast_interface(settings.interface));
  net::Endpoint group(settings.group, settings.port);
  for (std::uint32_t done = 0; settings.count == 0 || done != settings.count; ++done) {
    if (done != 0) co_await net::sleep(settings.interval);
    co_await socket.send_to(net::bytes(settings.message), group);
    example::say("sent ", std::uint64_t{settings.message.size()}, " bytes to ", group);
  }
}

int main(int argc, char** argv) {
  Settings settings;
  example::Options options(argc, argv, "Sends a message to everybody in a multicast group.");
  options.add("--group", settings.group, "the group's address");
  options.add("--port", settings.port, "the group's port");
  options.add("--message", settings.message, "what to send");
  options.add("--interface", settings.interface,
              "the index of the interface to send by; 0: the system's choice");
  options.add("--hops", settings.hops, "how many networks far, at most 255; 0: on this host only");
  options.add("--count", settings.count, "how many times; 0: for ever");
  options.add("--interval", settings.interval, "the pause between two times");
  if (!options.parse()) return options.status();
  if (!settings.group.is_multicast()) return options.refuse("--group: not a multicast address");
  return net::run(send, settings);
}
