#include "embedded/lwip/name_servers.h"

#include <array>

#include <lwip/dns.h>

#include "embedded/lwip/address.h"
#include "embedded/lwip/core.h"
#include "embedded/lwip/network.h"
#include "net/io/parts.h"

#if !LWIP_DNS && defined(LWIP_HOOK_FILENAME)
#include <arch/name_servers.h>
#endif

namespace net::lwip {
namespace {

// As lwIP tells of them: what turns them into endpoints is linked only into programs that look names up.
struct Told {
  ip_addr_t address;
  u16_t port;
};
constinit std::array<Told, NameServers::kPlaces> all{};  // any address: there is none

class LwipNameServers final : public NameServers {
 public:
  constexpr LwipNameServers() = default;

  [[nodiscard]] Endpoint at(std::size_t place) const override {
    CoreLock lock;
    Told told = all[place];
#if LWIP_DNS
    // An lwIP with a DNS client of its own keeps there what it is told.
    const ip_addr_t* server = dns_getserver(static_cast<u8_t>(place));
    if (ip_addr_isany(&told.address) && server != nullptr) told = {*server, kPort};
#endif
    return ip_addr_isany(&told.address) ? Endpoint() : Endpoint(from_lwip(told.address), told.port);
  }
  void set(std::size_t place, const Endpoint& server) override {
    CoreLock lock;
    tell_name_server(place, to_lwip(server.address()), server.port());
  }
  std::uint32_t random() override {
    CoreLock lock;
    return LWIP_RAND();
  }
};

constinit LwipNameServers servers;

}  // namespace

void tell_name_server(std::size_t place, const ip_addr_t& address, std::uint16_t port) {
  Told& told = all[place];
  told.address = address;
  told.port = port;
}

NameServers& name_servers() { return servers; }

void LwipNetwork::use_names() { names = &servers; }

}  // namespace net::lwip

extern "C" void net_use_names() { net::lwip::LwipNetwork::use_names(); }

#if !LWIP_DNS && defined(LWIP_HOOK_FILENAME)

namespace {

constexpr std::size_t kOfRouter = 2;

}  // namespace

extern "C" void dns_setserver(u8_t place, const ip_addr_t* server) {
  bool of_router = server == nullptr || IP_IS_V6(server);
  if (of_router && place != 0) return;  // it has one place
  net::lwip::tell_name_server(of_router ? kOfRouter : place, server != nullptr ? *server : *IP_ANY_TYPE,
                              net::NameServers::kPort);
}

extern "C" const ip_addr_t* dns_getserver(u8_t place) {
  return place == 0 ? &net::lwip::all[kOfRouter].address : IP_ANY_TYPE;
}

#endif
