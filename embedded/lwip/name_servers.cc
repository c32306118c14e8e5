#include "embedded/lwip/name_servers.h"

#include <array>

#include <lwip/dns.h>

#include "embedded/lwip/address.h"
#include "embedded/lwip/core.h"

#if !LWIP_DNS && defined(LWIP_HOOK_FILENAME)
#include <arch/name_servers.h>
#endif

namespace net::lwip {
namespace {

[[maybe_unused]] Endpoint server_at(const ip_addr_t* address) {
  if (address == nullptr || ip_addr_isany(address)) return {};
  return Endpoint(from_lwip(*address), NameServers::kPort);
}

class LwipNameServers final : public NameServers {
 public:
  constexpr LwipNameServers() = default;

  [[nodiscard]] Endpoint at(std::size_t place) const override {
    CoreLock lock;
#if LWIP_DNS
    // An lwIP with a DNS client of its own keeps there what it is told.
    if (!all_[place].valid()) return server_at(dns_getserver(static_cast<u8_t>(place)));
#endif
    return all_[place];
  }
  void set(std::size_t place, const Endpoint& server) override {
    CoreLock lock;
    tell(place, server);
  }
  std::uint32_t random() override {
    CoreLock lock;
    return LWIP_RAND();
  }

  // With the lock held.
  void tell(std::size_t place, const Endpoint& server) { all_[place] = server; }
  [[nodiscard]] const Endpoint& told(std::size_t place) const { return all_[place]; }

 private:
  std::array<Endpoint, kPlaces> all_{};
};

constinit LwipNameServers all;

}  // namespace

NameServers& name_servers() { return all; }

}  // namespace net::lwip

#if !LWIP_DNS && defined(LWIP_HOOK_FILENAME)

namespace {

constexpr std::size_t kOfRouter = 2;

}  // namespace

extern "C" void dns_setserver(u8_t place, const ip_addr_t* server) {
  bool of_router = server == nullptr || IP_IS_V6(server);
  if (of_router && place != 0) return;  // it has one place
  net::lwip::all.tell(of_router ? kOfRouter : place, net::lwip::server_at(server));
}

extern "C" const ip_addr_t* dns_getserver(u8_t place) {
  static ip_addr_t server;
  server = net::lwip::to_lwip(place == 0 ? net::lwip::all.told(kOfRouter).address() : net::Address());
  return &server;
}

#endif
