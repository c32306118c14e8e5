#include "embedded/lwip/interface.h"

#include <algorithm>

#include <lwip/dhcp.h>
#include <lwip/etharp.h>
#include <lwip/ethip6.h>
#include <netif/ethernet.h>

#include "embedded/lwip/address.h"

namespace net::lwip {
namespace {

// More pieces than a frame has, of which headers and a few buffers with data are.
constexpr std::size_t kPieces = 8;

ip4_addr_t v4(const Address& address) {
  ip_addr_t out = to_lwip(address);
  return *ip_2_ip4(&out);
}

}  // namespace

LwipInterface::LwipInterface(Link& link, LwipNetwork& network, const std::optional<StaticAddress>& given,
                             const char* host_name)
    : link_(link), network_(network) {
  netif_add_noaddr(&netif_, this, initialise, ethernet_input);
  netif_set_hostname(&netif_, host_name);
  netif_create_ip6_linklocal_address(&netif_, 1);
  netif_set_ip6_autoconfig_enabled(&netif_, 1);
  netif_set_status_callback(&netif_, changed);
  netif_set_link_callback(&netif_, changed);
  netif_set_default(&netif_);
  network_.set_up(false);
  netif_set_up(&netif_);
  if (given) set(*given);
  // DHCP waits for the carrier by itself.
  if (!given || !given->v4.is_v4()) dhcp_start(&netif_);
}

LwipInterface::~LwipInterface() {
  dhcp_stop(&netif_);
  dhcp_cleanup(&netif_);
  netif_remove(&netif_);
}

void LwipInterface::set(const StaticAddress& given) {
  if (given.v4.is_v4()) {
    ip4_addr_t own = v4(given.v4);
    ip4_addr_t gateway = v4(given.gateway);
    std::uint32_t bits = given.v4_prefix == 0 ? 0 : ~std::uint32_t{0} << (32 - given.v4_prefix);
    ip4_addr_t mask;
    ip4_addr_set_u32(&mask, lwip_htonl(bits));
    netif_set_addr(&netif_, &own, &mask, &gateway);
  }
  if (given.v6.is_v6()) {
    ip_addr_t own = to_lwip(given.v6);
    s8_t index = -1;
    netif_add_ip6_address(&netif_, ip_2_ip6(&own), &index);
    if (given.v6_alone && index >= 0) netif_ip6_addr_set_state(&netif_, index, IP6_ADDR_PREFERRED);
  }
  for (std::size_t place = 0; place != NameServers::kPlaces; ++place) {
    if (given.name_servers[place].valid()) name_servers().set(place, given.name_servers[place]);
  }
}

err_t LwipInterface::initialise(netif* interface) {
  auto& self = *static_cast<LwipInterface*>(interface->state);
  interface->name[0] = 'e';
  interface->name[1] = 'n';
  interface->mtu = 1500;
  std::array<std::uint8_t, 6> address = self.link_.address();
  interface->hwaddr_len = address.size();
  std::copy(address.begin(), address.end(), interface->hwaddr);
  interface->flags =
      NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET | NETIF_FLAG_IGMP | NETIF_FLAG_MLD6;
  interface->output = etharp_output;
  interface->output_ip6 = ethip6_output;
  interface->linkoutput = send;
  return ERR_OK;
}

Address LwipInterface::address() const { return global_address(netif_); }

void LwipInterface::changed(netif* interface) { static_cast<LwipInterface*>(interface->state)->check(); }

void LwipInterface::check() {
  bool is_up = netif_is_link_up(&netif_) && address() != Address();
  if (is_up == is_up_) return;
  is_up_ = is_up;
  network_.set_up(is_up);
}

void LwipInterface::receive() {
  if (bool carrier = link_.up(); carrier != (netif_is_link_up(&netif_) != 0)) {
    if (carrier) {
      netif_set_link_up(&netif_);
    } else {
      netif_set_link_down(&netif_);
    }
  }
  while (std::size_t length = link_.next()) take_frame(length);
  link_.listen();
}

void LwipInterface::take_frame(std::size_t length) {
  pbuf* frame = pbuf_alloc(PBUF_RAW, static_cast<u16_t>(length), PBUF_POOL);
  if (frame == nullptr) {
    // What came out of order may be in the way of what all wait for.
    PBUF_CHECK_FREE_OOSEQ();
    frame = pbuf_alloc(PBUF_RAW, static_cast<u16_t>(length), PBUF_POOL);
  }
  if (frame == nullptr) return;  // it is lost, as if on its way
  for (pbuf* piece = frame; piece != nullptr; piece = piece->next) {
    link_.read({static_cast<std::byte*>(piece->payload), piece->len});
  }
  if (netif_.input(frame, &netif_) != ERR_OK) pbuf_free(frame);
}

err_t LwipInterface::send(netif* interface, pbuf* frame) {
  auto& self = *static_cast<LwipInterface*>(interface->state);
  if (pbuf_clen(frame) > kPieces) {
    pbuf* whole = pbuf_clone(PBUF_RAW, PBUF_RAM, frame);
    if (whole == nullptr) return ERR_MEM;
    err_t error = send(interface, whole);
    pbuf_free(whole);
    return error;
  }
  std::array<std::span<const std::byte>, kPieces> pieces;
  std::size_t count = 0;
  for (pbuf* piece = frame; piece != nullptr; piece = piece->next) {
    pieces[count++] = {static_cast<const std::byte*>(piece->payload), piece->len};
  }
  return self.link_.send({pieces.data(), count}) ? ERR_OK : ERR_BUF;
}

}  // namespace net::lwip
