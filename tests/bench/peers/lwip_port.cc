#include "tests/bench/peers/lwip_port.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <span>

#include <lwip/dhcp.h>
#include <lwip/etharp.h>
#include <lwip/ethip6.h>
#include <lwip/init.h>
#include <lwip/netif.h>
#include <netif/ethernet.h>

#include "embedded/boards/board.h"

namespace {

using net::lwip::Link;
namespace board = net::board;

constexpr std::size_t kPieces = 8;  // of a frame that is sent; more than lwIP makes of one

netif interface;

// lwIP's clock, read once a turn.
std::uint32_t clock_milliseconds = 0;
net::TimePoint clock_read_at{};

void read_clock() {
  constexpr std::uint32_t kTick = 1'000'000;  // nanoseconds
  auto passed = static_cast<std::uint64_t>((board::now() - clock_read_at).count());
  auto ticks = passed >> 32 == 0 ? static_cast<std::uint32_t>(passed) / kTick
                                 : static_cast<std::uint32_t>(passed / kTick);
  clock_milliseconds += ticks;
  clock_read_at += net::Duration(std::int64_t{ticks} * kTick);
}

err_t send(netif*, pbuf* frame) {
  std::array<std::span<const std::byte>, kPieces> pieces;
  std::size_t count = 0;
  for (pbuf* piece = frame; piece != nullptr; piece = piece->next) {
    if (count == kPieces) return ERR_BUF;
    pieces[count++] = {static_cast<const std::byte*>(piece->payload), piece->len};
  }
  return board::link().send({pieces.data(), count}) ? ERR_OK : ERR_BUF;
}

err_t initialise(netif*) {
  interface.name[0] = 'e';
  interface.name[1] = 'n';
  interface.mtu = 1500;
  std::array<std::uint8_t, 6> address = board::link().address();
  interface.hwaddr_len = address.size();
  std::copy(address.begin(), address.end(), interface.hwaddr);
  interface.flags =
      NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET | NETIF_FLAG_IGMP | NETIF_FLAG_MLD6;
  interface.output = etharp_output;
  interface.output_ip6 = ethip6_output;
  interface.linkoutput = send;
  return ERR_OK;
}

void watch_carrier(Link& link) {
  bool carrier = link.up();
  if (carrier == (netif_is_link_up(&interface) != 0)) return;
  if (carrier) {
    netif_set_link_up(&interface);
  } else {
    netif_set_link_down(&interface);
  }
}

}  // namespace

extern "C" {

void port_begin() {
  lwip_init();
  netif_add_noaddr(&interface, nullptr, initialise, ethernet_input);
  netif_set_hostname(&interface, "plain");
  netif_create_ip6_linklocal_address(&interface, 1);
  netif_set_ip6_autoconfig_enabled(&interface, 1);
  netif_set_default(&interface);
  netif_set_up(&interface);
  dhcp_start(&interface);
}

bool port_has_address() { return !ip4_addr_isany(netif_ip4_addr(&interface)); }

void port_rest(std::uint32_t milliseconds) {
  if (milliseconds != 0) board::rest(clock_read_at + std::chrono::milliseconds(milliseconds));
  read_clock();
}

void port_receive() {
  Link& link = board::link();
  watch_carrier(link);
  while (std::size_t length = link.next()) {
    pbuf* frame = pbuf_alloc(PBUF_RAW, static_cast<u16_t>(length), PBUF_POOL);
    if (frame == nullptr) continue;
    for (pbuf* piece = frame; piece != nullptr; piece = piece->next) {
      link.read({static_cast<std::byte*>(piece->payload), piece->len});
    }
    if (interface.input(frame, &interface) != ERR_OK) pbuf_free(frame);
  }
  link.listen();
}

void port_print(const char* text) { board::write(text); }

std::uint32_t sys_now() { return clock_milliseconds; }

// Name servers that the host is told of: nobody asks them.
void dns_setserver(u8_t, const ip_addr_t*) {}
const ip_addr_t* dns_getserver(u8_t) { return IP_ADDR_ANY; }

unsigned int net_lwip_random() { return board::random(); }

[[noreturn]] void net_lwip_failed(const char* message, const char*, int) {
  board::write(message);
  board::stop(70);
}
}
