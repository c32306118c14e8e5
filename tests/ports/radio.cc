#include "tests/ports/radio.h"

#include <deque>
#include <utility>

#include <lwip/ip.h>
#include <lwip/netif.h>
#include <lwip/pbuf.h>

namespace net::ports {
namespace {

netif station;
std::deque<pbuf*>& on_air = *new std::deque<pbuf*>;  // the thread goes on when the program ends
void (*tell)() = nullptr;
bool wanted = false;
bool in_reach = true;

err_t send(pbuf* packet) {
  pbuf* copy = pbuf_clone(PBUF_LINK, PBUF_RAM, packet);
  if (copy == nullptr) return ERR_MEM;
  on_air.push_back(copy);
  tell();
  return ERR_OK;
}

err_t initialise(netif* interface) {
  interface->name[0] = 'w';
  interface->name[1] = 'l';
  interface->mtu = 1500;
  interface->output = [](netif*, pbuf* packet, const ip4_addr_t*) { return send(packet); };
  interface->output_ip6 = [](netif*, pbuf* packet, const ip6_addr_t*) { return send(packet); };
  return ERR_OK;
}

void set_address(unsigned last) {
  ip4_addr_t address;
  ip4_addr_t mask;
  ip4_addr_t gateway;
  IP4_ADDR(&address, 192, 168, 4, last);
  IP4_ADDR(&mask, 255, 255, 255, 0);
  IP4_ADDR(&gateway, 192, 168, 4, 1);
  if (last == 0) ip4_addr_set_any(&address);
  netif_set_addr(&station, &address, &mask, &gateway);
}

}  // namespace

void radio_begin(void (*sent)()) {
  tell = sent;
  netif_add_noaddr(&station, nullptr, initialise, ip_input);
  netif_set_up(&station);
}

void radio_turn() {
  for (std::deque<pbuf*> heard = std::exchange(on_air, {}); pbuf * each : heard) {
    if (station.input(each, &station) != ERR_OK) pbuf_free(each);
  }
}

void radio_join() {
  wanted = true;
  if (!in_reach) return;
  netif_set_link_up(&station);
  set_address(2);
}

void radio_return() {
  in_reach = true;
  if (wanted) radio_join();
}

void radio_leave() {
  wanted = false;
  in_reach = false;
  netif_set_link_down(&station);
  set_address(0);
}

}  // namespace net::ports
