#include "embedded/lwip/network.h"

#include <cstring>

#include <lwip/dns.h>

#include "embedded/lwip/address.h"
#include "embedded/lwip/datagram.h"
#include "embedded/lwip/listener.h"
#include "embedded/lwip/stream.h"

namespace net::lwip {
namespace {

u8_t type_of(Family family) { return family == Family::kV6 ? IPADDR_TYPE_V6 : IPADDR_TYPE_V4; }

// One look-up. lwIP cannot stop it, so it outlives its operation when that is cancelled.
struct Lookup : Pooled {
  ResolveOperation* operation = nullptr;

  // Of both families lwIP asks for IPv6 first, and for IPv4 if there is none.
  static u8_t type_for(Family family) {
    if (family == Family::kV4) return LWIP_DNS_ADDRTYPE_IPV4;
    return family == Family::kV6 ? LWIP_DNS_ADDRTYPE_IPV6 : LWIP_DNS_ADDRTYPE_IPV6_IPV4;
  }
  static void on_found(const char*, const ip_addr_t* found, void* self) {
    auto* lookup = static_cast<Lookup*>(self);
    if (ResolveOperation* operation = lookup->operation) {
      operation->state = nullptr;
      if (found != nullptr) {
        operation->addresses[operation->count++] = from_lwip(*found);
        operation->wake();
      } else {
        operation->wake(Errc::host_not_found);
      }
    }
    delete lookup;
  }
};

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

Progress LwipNetwork::start_resolve(ResolveOperation& operation) {
  char name[DNS_MAX_NAME_LENGTH];
  if (operation.host.size() >= sizeof name || operation.host.empty() ||
      operation.host.find('\0') != std::string_view::npos)
    return operation.fail(Errc::host_not_found);
  std::memcpy(name, operation.host.data(), operation.host.size());
  name[operation.host.size()] = '\0';
  auto* lookup = new Lookup;
  if (lookup == nullptr) return operation.fail(Errc::no_memory);
  lookup->operation = &operation;
  ip_addr_t found;
  err_t error =
      dns_gethostbyname_addrtype(name, &found, Lookup::on_found, lookup, Lookup::type_for(operation.family));
  if (error == ERR_INPROGRESS) {
    operation.state = lookup;
    return Progress::kPending;
  }
  delete lookup;
  if (error == ERR_OK) {
    operation.addresses[operation.count++] = from_lwip(found);
    return Progress::kDone;
  }
  // ERR_VAL: no server is known.
  return operation.fail(error == ERR_ARG ? Errc::host_not_found : Errc::resolver_failed, error);
}

void LwipNetwork::cancel_resolve(ResolveOperation& operation) {
  auto* lookup = static_cast<Lookup*>(operation.state);
  if (lookup == nullptr) return;  // the answer is here
  operation.state = nullptr;
  lookup->operation = nullptr;
  operation.wake(Errc::cancelled);
}

}  // namespace net::lwip
