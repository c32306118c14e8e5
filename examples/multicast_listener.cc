// Prints what is sent to a multicast group.
#include <array>

#include "examples/options.h"
#include "examples/say.h"
#include "net/net.h"

class Settings {
 public:
  net::Address group = net::Address::v4(239, 192, 0, 1);  // the organisation's own scope (RFC 2365, 6.2)
  std::uint16_t port = 5000;
  std::uint32_t interface = 0;
  std::uint32_t count = 0;
};

net::Task<> listen(const Settings& settings) {
  net::Address any = settings.group.is_v4() ? net::Address::any_v4() : net::Address::any_v6();
  // Other listeners on this host share the port, and each gets every message.
  net::UdpSocket socket = co_await net::bind_udp(net::Endpoint(any, settings.port), true);
  co_await socket.join(settings.group, settings.interface);
  example::say("listening on ", net::Endpoint(settings.group, socket.local().port()));
  std::array<std::byte, 256> buffer;
  for (std::uint32_t done = 0; settings.count == 0 || done != settings.count; ++done) {
    net::Datagram received = co_await socket.receive(buffer);
    example::say("received ", std::uint64_t{received.data.size()}, " bytes from ", received.from, ": ",
                 net::text(received.data));
  }
  co_await socket.leave(settings.group, settings.interface);
}

int main(int argc, char** argv) {
  Settings settings;
  example::Options options(argc, argv, "Prints what is sent to a multicast group.");
  options.add("--group", settings.group, "the group's address");
  options.add("--port", settings.port, "the group's port; 0: any free one");
  options.add("--interface", settings.interface,
              "the index of the interface to join on; 0: the system's choice");
  options.add("--count", settings.count, "how many messages; 0: for ever");
  if (!options.parse()) return options.status();
  return net::run(listen, settings);
}
