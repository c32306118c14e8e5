// Connections that are made from here: linked only into programs that make some (net/io/parts.h).
#include "embedded/lwip/address.h"
#include "embedded/lwip/network.h"
#include "embedded/lwip/ports.h"
#include "embedded/lwip/stream.h"
#include "net/io/parts.h"

namespace net::lwip {

StreamSocket* LwipNetwork::make_lwip_stream(LwipNetwork& network, Family family, Errc& code) {
  if (family == Family::kNone) {
    code = Errc::not_supported;  // a Unix socket
    return nullptr;
  }
  CoreLock lock;
  auto* stream = LwipStream::make(network.inbox());
  u8_t type = family == Family::kV6 ? IPADDR_TYPE_V6 : IPADDR_TYPE_V4;
  tcp_pcb* pcb = stream != nullptr ? tcp_new_ip_type(type) : nullptr;
  if (pcb == nullptr) {
    code = stream != nullptr ? Errc::too_many_open : Errc::no_memory;
    if (stream != nullptr) stream->end(false);
    return nullptr;
  }
  stream->adopt(pcb);
  return stream;
}

void LwipNetwork::use_streams() {
  stream_maker = make_lwip_stream;
  LwipStream::connector = LwipStream::connect;
  detail::use(net_use_loopback);
}

err_t LwipStream::on_connected(void* self, tcp_pcb*, err_t) {
  auto& stream = *static_cast<LwipStream*>(self);
  stream.connected_ = true;
  stream.notify(kWrite);
  return ERR_OK;
}

Progress LwipStream::connect(LwipStream& stream, bool begins) {
  WriteOperation& write = stream.writing();
  if (!begins) {
    if (stream.failure_ != Errc::ok) return write.fail(stream.failure_, stream.native_);
    return stream.connected_ ? Progress::kDone : Progress::kPending;
  }
  const Endpoint& to = write.destination->endpoint;
  if (!to.valid()) return write.fail(Errc::not_supported);  // a path
  ip_addr_t address = to_lwip(to.address());
  stream.peer_ = {address, to.port()};
  bool routed = !ip_addr_ismulticast(&address) && route_to(stream.pcb_->local_ip, address) != nullptr;
  if (!routed) return write.fail(Errc::unreachable, ERR_RTE);
#ifndef TCP_ENSURE_LOCAL_PORT_RANGE
  // As lwIP is by itself, its own ports begin by chance, perhaps at 65535; then the next is 0, and this would
  // fail. config/lwipopts.h keeps clear of that.
  if (err_t bound = bind_anywhere<tcp_bind>(stream.pcb_, &stream.pcb_->local_ip); bound != ERR_OK)
    return write.fail(from_err(bound), bound);
#endif
  err_t error = tcp_connect(stream.pcb_, &address, to.port(), on_connected);
  return error == ERR_OK ? Progress::kPending : write.fail(from_err(error), error);
}

}  // namespace net::lwip

extern "C" void net_use_streams() { net::lwip::LwipNetwork::use_streams(); }
