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

// How many frames are taken before all else has a turn.
constexpr int kAtOnce = 16;

// ARP, or a segment of TCP that carries nothing: an acknowledgement, a beginning or an end.
// What is behind the frame's end may be of an earlier one: lwIP refuses a frame that is not whole.
bool is_control(const SpareBuffer& frame) {
  auto byte = [&](std::size_t at) { return std::to_integer<unsigned>(frame.memory[at]); };
  auto word = [&](std::size_t at) { return byte(at) << 8 | byte(at + 1); };
  constexpr std::size_t kIp = SIZEOF_ETH_HDR;
  constexpr std::size_t kDataOffset = 12;     // where a segment tells of its header's length (RFC 9293, 3.1)
  constexpr std::size_t kLongestHeader = 60;  // of IPv4
  static_assert(sizeof(SpareBuffer::memory) > kIp + kLongestHeader + kDataOffset);
  switch (word(12)) {
    case ETHTYPE_ARP: return true;
    case ETHTYPE_IP: {
      unsigned header = (byte(kIp) & 0xF) * 4;
      return byte(kIp + 9) == IP_PROTO_TCP &&
             word(kIp + 2) == header + (byte(kIp + header + kDataOffset) >> 4) * 4;
    }
    case ETHTYPE_IPV6:
      return byte(kIp + 6) == IP_PROTO_TCP && word(kIp + 4) == (byte(kIp + IP6_HLEN + kDataOffset) >> 4) * 4;
    default: return false;
  }
}

pbuf* take_control(Link& link, SpareBuffer& spare, std::size_t length) {
  if (spare.used || length > spare.memory.size()) return nullptr;
  link.read({spare.memory.data(), length});
  if (!is_control(spare)) return nullptr;
  spare.used = true;
  spare.custom_free_function = [](pbuf* frame) {
    // lwIP has made the pbuf the first member.
    static_cast<SpareBuffer*>(reinterpret_cast<pbuf_custom*>(frame))->used = false;
  };
  return pbuf_alloced_custom(PBUF_RAW, static_cast<u16_t>(length), PBUF_REF, &spare, spare.memory.data(),
                             static_cast<u16_t>(length));
}

// Null: it is lost, as if on its way.
pbuf* take_frame(Link& link, SpareBuffer& spare, std::size_t length) {
  pbuf* frame = pbuf_alloc(PBUF_RAW, static_cast<u16_t>(length), PBUF_POOL);
  if (frame == nullptr) {
    // What came out of order may be in the way of what all wait for.
    PBUF_CHECK_FREE_OOSEQ();
    frame = pbuf_alloc(PBUF_RAW, static_cast<u16_t>(length), PBUF_POOL);
  }
  if (frame == nullptr) return take_control(link, spare, length);
  for (pbuf* piece = frame; piece != nullptr; piece = piece->next) {
    link.read({static_cast<std::byte*>(piece->payload), piece->len});
  }
  return frame;
}

// The first is made of the link's own number.
constexpr s8_t kGivenV6 = 1;

ip_addr_t v6(const std::uint32_t (&words)[4]) { return IPADDR6_INIT(words[0], words[1], words[2], words[3]); }

}  // namespace

LwipInterface::LwipInterface(Link& link, LwipNetwork& network) : link_(link), network_(network) {
  begin();
  // It waits for the carrier by itself.
  dhcp_start(&netif_);
}

LwipInterface::LwipInterface(Link& link, LwipNetwork& network, const StaticAddress& given)
    : link_(link), network_(network) {
  begin();
  set(given);
  if (ip4_addr_isany_val(given.v4)) dhcp_start(&netif_);
}

void LwipInterface::begin() {
  netif_add_noaddr(&netif_, this, initialise, ethernet_input);
  netif_set_hostname(&netif_, "eddy");
  netif_create_ip6_linklocal_address(&netif_, 1);
  netif_set_ip6_autoconfig_enabled(&netif_, 1);
  netif_set_status_callback(&netif_, changed);
  netif_set_link_callback(&netif_, changed);
  netif_set_default(&netif_);
  netif_set_up(&netif_);  // tells the network that it is down
}

LwipInterface::~LwipInterface() {
  dhcp_stop(&netif_);
  dhcp_cleanup(&netif_);
  netif_remove(&netif_);
}

void LwipInterface::set(const StaticAddress& given) {
  if (!ip4_addr_isany_val(given.v4)) netif_set_addr(&netif_, &given.v4, &given.v4_mask, &given.gateway);
  if (ip_addr_t own = v6(given.v6); !ip_addr_isany_val(own)) {
    netif_.ip6_addr[kGivenV6] = own;
    netif_ip6_addr_set_state(&netif_, kGivenV6, given.v6_alone ? IP6_ADDR_PREFERRED : IP6_ADDR_TENTATIVE);
  }
  std::size_t place = 0;
  for (const StaticAddress::Server& each : given.name_servers) {
    ip_addr_t address = v6(each.address);
    if (each.family == 4) IP_SET_TYPE_VAL(address, IPADDR_TYPE_V4);
    tell_name_server(place++, address, lwip_ntohs(each.port));
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

Address LwipInterface::address() const {
  const ip_addr_t* address = global_address(netif_);
  return address != nullptr ? from_lwip(*address) : Address();
}

void LwipInterface::changed(netif* interface) { static_cast<LwipInterface*>(interface->state)->check(); }

void LwipInterface::check() {
  bool is_up = netif_is_link_up(&netif_) && global_address(netif_) != nullptr;
  if (is_up == is_up_) return;
  is_up_ = is_up;
  network_.set_up(is_up);
}

bool LwipInterface::receive() {
  if (bool carrier = link_.up(); carrier != (netif_is_link_up(&netif_) != 0)) {
    if (carrier) {
      netif_set_link_up(&netif_);
    } else {
      netif_set_link_down(&netif_);
    }
  }
  for (int taken = 0; taken != kAtOnce; ++taken) {
    std::size_t length = link_.next();
    if (length == 0) {
      link_.listen();
      return false;
    }
    pbuf* frame = take_frame(link_, spare_, length);
    if (frame != nullptr && netif_.input(frame, &netif_) != ERR_OK) pbuf_free(frame);
  }
  return true;
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
