// The radio of the SDKs' stand-ins (tests/ports/radio.h), on an Ethernet that is a Unix socket: each frame goes
// behind its length. EDDY_WIRE has the socket's path; embedded/emulator/user_network.py is at the other end.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include <sys/socket.h>
#include <sys/un.h>

#include <lwip/etharp.h>
#include <lwip/ethip6.h>
#include <lwip/netif.h>
#include <lwip/pbuf.h>
#include <netif/ethernet.h>
#include <unistd.h>

#include "tests/ports/radio.h"
#include "tests/ports/sdk.h"

namespace net::ports {
namespace {

using Frame = std::vector<std::uint8_t>;

constexpr std::size_t kLongest = 65536;

netif station;
int wire = -1;
// The thread that reads goes on when the program ends.
std::mutex& mutex = *new std::mutex;
std::deque<Frame>& heard = *new std::deque<Frame>;
bool told = false;

[[noreturn]] void give_up(const char* what) {
  std::perror(what);
  std::_Exit(1);
}

bool read_all(std::uint8_t* to, std::size_t size) {
  while (size != 0) {
    ssize_t got = ::read(wire, to, size);
    if (got <= 0) return false;
    to += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

void listen(void (*sent)()) {
  std::uint8_t length[4];
  while (read_all(length, sizeof length)) {
    Frame frame(std::size_t{length[0]} << 24 | length[1] << 16 | length[2] << 8 | length[3]);
    if (frame.size() > kLongest || !read_all(frame.data(), frame.size())) break;
    bool tell = false;
    {
      std::lock_guard lock(mutex);
      heard.push_back(std::move(frame));
      tell = !std::exchange(told, true);
    }
    if (tell) sent();
  }
}

err_t send(netif*, pbuf* packet) {
  std::uint32_t size = packet->tot_len;
  Frame out(4 + size);
  for (unsigned i = 0; i != 4; ++i) out[i] = static_cast<std::uint8_t>(size >> (24 - 8 * i));
  pbuf_copy_partial(packet, out.data() + 4, packet->tot_len, 0);
  for (std::size_t done = 0; done != out.size();) {
    ssize_t written = ::send(wire, out.data() + done, out.size() - done, MSG_NOSIGNAL);
    if (written <= 0) return ERR_IF;  // the network has ended
    done += static_cast<std::size_t>(written);
  }
  return ERR_OK;
}

err_t initialise(netif* interface) {
  interface->name[0] = 'w';
  interface->name[1] = 'l';
  interface->mtu = 1500;
  interface->hwaddr_len = ETH_HWADDR_LEN;
  const std::uint8_t address[ETH_HWADDR_LEN] = {0x02, 0, 0, 0, 0, 0x0f};
  std::memcpy(interface->hwaddr, address, sizeof address);
  interface->flags =
      NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET | NETIF_FLAG_IGMP | NETIF_FLAG_MLD6;
  interface->output = etharp_output;
  interface->output_ip6 = ethip6_output;
  interface->linkoutput = send;
  return ERR_OK;
}

void connect_wire() {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  const char* path = std::getenv("EDDY_WIRE");
  if (path == nullptr || std::strlen(path) >= sizeof name.sun_path) give_up("EDDY_WIRE");
  std::memcpy(name.sun_path, path, std::strlen(path));
  wire = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (wire < 0 || ::connect(wire, reinterpret_cast<sockaddr*>(&name), sizeof name) != 0) give_up(path);
}

// What that network's DHCP would give.
void set_address(bool own) {
  ip4_addr_t address;
  ip4_addr_t mask;
  ip4_addr_t gateway;
  IP4_ADDR(&address, 10, 0, 2, 15);
  IP4_ADDR(&mask, 255, 255, 255, 0);
  IP4_ADDR(&gateway, 10, 0, 2, 2);
  if (!own) ip4_addr_set_any(&address);
  netif_set_addr(&station, &address, &mask, &gateway);
}

}  // namespace

void radio_begin(void (*sent)()) {
  connect_wire();
  netif_add_noaddr(&station, nullptr, initialise, ethernet_input);
  netif_set_default(&station);
  netif_set_up(&station);
  std::thread(listen, sent).detach();
}

void radio_turn() {
  std::deque<Frame> frames;
  {
    std::lock_guard lock(mutex);
    frames = std::exchange(heard, {});
    told = false;
  }
  for (const Frame& frame : frames) {
    pbuf* packet = pbuf_alloc(PBUF_RAW, static_cast<u16_t>(frame.size()), PBUF_POOL);
    if (packet == nullptr) continue;  // lost, as on any way
    pbuf_take(packet, frame.data(), static_cast<u16_t>(frame.size()));
    if (station.input(packet, &station) != ERR_OK) pbuf_free(packet);
  }
}

void radio_join() {
  netif_set_link_up(&station);
  set_address(true);
}

void radio_return() { radio_join(); }

void radio_leave() {
  netif_set_link_down(&station);
  set_address(false);
}

}  // namespace net::ports
