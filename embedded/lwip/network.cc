#include "embedded/lwip/network.h"

#include "embedded/lwip/address.h"
#include "embedded/lwip/datagram.h"
#include "embedded/lwip/listener.h"
#include "embedded/lwip/stream.h"

namespace net::lwip {
namespace {

u8_t type_of(Family family) { return family == Family::kV6 ? IPADDR_TYPE_V6 : IPADDR_TYPE_V4; }

}  // namespace

StreamSocket* LwipNetwork::make_stream(Family family, Errc& code) {
  if (family == Family::kNone) {
    code = Errc::not_supported;  // a Unix socket
    return nullptr;
  }
  CoreLock lock;
  auto* stream = new LwipStream(inbox());
  tcp_pcb* pcb = stream != nullptr ? tcp_new_ip_type(type_of(family)) : nullptr;
  if (pcb == nullptr) {
    code = stream != nullptr ? Errc::too_many_open : Errc::no_memory;
    if (stream != nullptr) stream->end(false);
    return nullptr;
  }
  stream->adopt(pcb);
  return stream;
}

ListenerSocket* LwipNetwork::make_listener(const Destination& at, const ListenOptions& options, Errc& code) {
  if (!at.path.empty()) {
    code = Errc::not_supported;
    return nullptr;
  }
  auto* listener = new LwipListener(inbox(), at.endpoint, options);
  if (listener == nullptr) code = Errc::no_memory;
  return listener;
}

DatagramSocket* LwipNetwork::make_datagram(Family family, Errc& code) {
  CoreLock lock;
  udp_pcb* pcb = udp_new_ip_type(family == Family::kV6 ? IPADDR_TYPE_ANY : IPADDR_TYPE_V4);
  if (pcb == nullptr) {
    code = Errc::too_many_open;
    return nullptr;
  }
  auto* socket = new LwipDatagram(inbox(), pcb, family);
  if (socket == nullptr) {
    code = Errc::no_memory;
    udp_remove(pcb);
  }
  return socket;
}

}  // namespace net::lwip
