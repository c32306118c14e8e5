// Asks a name server by DNS and prints what it says: look_up SERVER HOST [4|6]
#include "net/dns/look_up.h"

#include <cstdio>
#include <optional>
#include <random>
#include <string_view>

#include "net/net.h"

namespace {

class OneServer final : public net::NameServers {
 public:
  explicit OneServer(const net::Endpoint& server) : server_(server) {}
  [[nodiscard]] net::Endpoint at(std::size_t place) const override {
    return place == 0 ? server_ : net::Endpoint();
  }
  void set(std::size_t, const net::Endpoint&) override {}
  std::uint32_t random() override { return random_(); }

 private:
  net::Endpoint server_;
  std::random_device random_;
};

net::Task<> look_up(net::Endpoint server, std::string_view host, net::Family family) {
  OneServer servers(server);
  net::Addresses found;
  co_await net::dns::look_up(servers, host, family, found);
  for (const net::Address& each : found) std::printf("%s\n", each.to_string().c_str());
}

}  // namespace

int main(int argc, char** argv) {
  std::optional<net::Endpoint> server = argc >= 3 ? net::Endpoint::parse(argv[1]) : std::nullopt;
  if (!server) {
    std::fputs("error: look_up SERVER HOST [4|6]\n", stderr);
    return 2;
  }
  net::Family family = net::Family::kNone;
  if (argc == 4) family = argv[3][0] == '6' ? net::Family::kV6 : net::Family::kV4;
  return net::run(look_up, *server, std::string_view(argv[2]), family);
}
