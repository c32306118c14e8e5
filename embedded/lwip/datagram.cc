#include "embedded/lwip/datagram.h"

#include <algorithm>
#include <cstring>

#include <lwip/igmp.h>
#include <lwip/ip.h>
#include <lwip/mld6.h>
#include <lwip/netif.h>

#include "embedded/lwip/address.h"
#include "embedded/lwip/network.h"
#include "embedded/lwip/ports.h"
#include "net/core/log.h"
#include "net/io/parts.h"

namespace net::lwip {
namespace {

constexpr std::size_t kLargest = 65507;  // what fits an IPv4 packet with its headers (RFC 768)

err_t change_membership(const ip_addr_t& group, netif* interface, bool joins) {
  if (IP_IS_V4_VAL(group)) {
    return joins ? igmp_joingroup_netif(interface, ip_2_ip4(&group))
                 : igmp_leavegroup_netif(interface, ip_2_ip4(&group));
  }
  return joins ? mld6_joingroup_netif(interface, ip_2_ip6(&group))
               : mld6_leavegroup_netif(interface, ip_2_ip6(&group));
}

}  // namespace

// lwIP counts the members of a group on each interface; this is one of them.
struct LwipDatagram::Membership : ListNode, Pooled {
  ip_addr_t group{};
  netif* interface = nullptr;
};

LwipDatagram::LwipDatagram(InboxOf inbox, udp_pcb* pcb, Family family)
    : Notifier(inbox), pcb_(pcb), family_(family) {
  udp_recv(pcb, on_receive, this);
  udp_set_flags(pcb, UDP_FLAGS_MULTICAST_LOOP);  // as other stacks do by default
}

void LwipDatagram::close() {
  CoreLock lock;
  udp_remove(pcb_);
  if (lent_ != nullptr) pbuf_free(lent_);
  for (; queued_ != 0; --queued_) {
    pbuf_free(queue_[first_].data);
    first_ = (first_ + 1) % queue_.size();
  }
  while (Membership* membership = memberships_.pop_front()) {
    change_membership(membership->group, membership->interface, false);
    delete membership;
  }
  delete this;
}

// lwIP gives a group's datagrams to whoever has the port; only those who joined it want them.
bool LwipDatagram::wants(const ip_addr_t& to) const {
  if (!ip_addr_ismulticast(&to)) return true;
  auto& memberships = const_cast<LwipDatagram&>(*this).memberships_;
  for (Membership* each = memberships.front(); each != nullptr; each = memberships.next(*each)) {
    if (ip_addr_cmp_zoneless(&each->group, &to)) return true;
  }
  return false;
}

void LwipDatagram::on_receive(void* self, udp_pcb*, pbuf* data, const ip_addr_t* from, u16_t port) {
  auto& socket = *static_cast<LwipDatagram*>(self);
  if (!socket.wants(*ip_current_dest_addr())) {
    pbuf_free(data);
    return;
  }
  if (socket.queued_ == socket.queue_.size()) {
    ++socket.dropped_;
    pbuf_free(data);
    return;
  }
  Waiting& waiting = socket.queue_[(socket.first_ + socket.queued_++) % socket.queue_.size()];
  waiting.data = data;
  waiting.from = Endpoint(from_lwip(*from), port);
  socket.notify(News{1});
}

Progress LwipDatagram::start_receive() {
  CoreLock lock;
  if (lent_ != nullptr) pbuf_free(std::exchange(lent_, nullptr));
  return deliver() ? Progress::kDone : Progress::kPending;
}

Progress LwipDatagram::resume_receive() {
  CoreLock lock;
  return deliver() ? Progress::kDone : Progress::kPending;
}

bool LwipDatagram::deliver() {
  ReceiveOperation& receive = receiving();
  if (queued_ == 0) return false;
  Waiting& waiting = queue_[first_];
  if (receive.borrowed && waiting.data->next != nullptr) {
    // Lent bytes lie in a row.
    pbuf* whole = pbuf_clone(PBUF_RAW, PBUF_RAM, waiting.data);
    if (whole == nullptr) {
      receive.fail(Errc::no_memory);
      return true;
    }
    pbuf_free(std::exchange(waiting.data, whole));
  }
  pbuf* data = waiting.data;
  receive.datagram.from = waiting.from;
  first_ = (first_ + 1) % queue_.size();
  --queued_;
  if (receive.borrowed) {
    lent_ = data;
    receive.datagram.data = {static_cast<std::byte*>(data->payload), data->tot_len};
    receive.datagram.truncated = false;
    return true;
  }
  std::size_t size = std::min<std::size_t>(receive.buffer.size(), data->tot_len);
  pbuf_copy_partial(data, receive.buffer.data(), static_cast<u16_t>(size), 0);
  receive.datagram.data = receive.buffer.first(size);
  receive.datagram.truncated = size < data->tot_len;
  pbuf_free(data);
  return true;
}

Progress LwipDatagram::start_send() {
  SendOperation& operation = sending();
  Progress progress = act();
  bool bound = operation.kind == SendOperation::Kind::kBind && !operation.failed();
  if (bound && operation.to.port() != 0) detail::announce("UDP port", operation.to.port());
  return progress;
}

Progress LwipDatagram::act() {
  CoreLock lock;
  switch (sending().kind) {
    case SendOperation::Kind::kBind: return bind();
    case SendOperation::Kind::kConnect: return connect();
    case SendOperation::Kind::kSend: return send();
    case SendOperation::Kind::kJoin:
    case SendOperation::Kind::kLeave: return join_or_leave();
  }
  return Progress::kDone;
}

Progress LwipDatagram::bind() {
  SendOperation& operation = sending();
  const Address& at = operation.to.address();
  if (!at.is_multicast() && !is_local(at)) return operation.fail(Errc::address_not_available);
  ip_addr_t address = to_lwip(at);
  if (at.is_v6() && at.is_any()) address = *IP_ANY_TYPE;
  std::uint16_t port = operation.to.port();
  err_t error = port != 0 ? udp_bind(pcb_, &address, port) : bind_anywhere<udp_bind>(pcb_, &address);
  if (error != ERR_OK) return operation.fail(from_err(error), error);
  return Progress::kDone;
}

Progress LwipDatagram::connect() {
  SendOperation& operation = sending();
  ip_addr_t address = to_lwip(operation.to.address());
  netif* interface = route_to(pcb_->local_ip, address);
  if (interface == nullptr) return operation.fail(Errc::unreachable, ERR_RTE);
  if (pcb_->local_port == 0) {
    // lwIP would leave the source to each packet; a connected socket has one.
    err_t bound = bind_anywhere<udp_bind>(pcb_, ip_netif_get_local_ip(interface, &address));
    if (bound != ERR_OK) return operation.fail(from_err(bound), bound);
  }
  err_t error = udp_connect(pcb_, &address, operation.to.port());
  return error == ERR_OK ? Progress::kDone : operation.fail(from_err(error), error);
}

Progress LwipDatagram::send() {
  SendOperation& operation = sending();
  bool connected = (pcb_->flags & UDP_FLAGS_CONNECTED) != 0;
  if (!operation.to.valid() && !connected) return operation.fail(Errc::not_connected);
  ip_addr_t to = operation.to.valid() ? to_lwip(operation.to.address()) : pcb_->remote_ip;
  u16_t port = operation.to.valid() ? operation.to.port() : pcb_->remote_port;
  if (family_ == Family::kV4 && !IP_IS_V4_VAL(to)) return operation.fail(Errc::invalid_argument);
  if (operation.data.size() > kLargest) return operation.fail(Errc::message_too_long);
  auto size = static_cast<u16_t>(operation.data.size());
  pbuf* packet = pbuf_alloc(PBUF_TRANSPORT, size, PBUF_RAM);
  if (packet == nullptr) return operation.fail(Errc::no_memory, ERR_MEM);
  if (size != 0) pbuf_take(packet, operation.data.data(), size);
  err_t error = udp_sendto(pcb_, packet, &to, port);
  pbuf_free(packet);
  if (error == ERR_OK) return Progress::kDone;
  // lwIP's word for a broadcast that was not allowed.
  bool broadcast = error == ERR_VAL && IP_IS_V4_VAL(to);
  return operation.fail(broadcast ? Errc::permission_denied : from_err(error), error);
}

Progress LwipDatagram::join_or_leave() {
  SendOperation& operation = sending();
  const Address& address = operation.to.address();
  if (!address.is_multicast()) return operation.fail(Errc::invalid_argument);
  ip_addr_t group = to_lwip(address);
  netif* interface = nullptr;
  if (operation.interface == 0) {
    interface = ip_route(&pcb_->local_ip, &group);
    if (interface == nullptr) return operation.fail(Errc::address_not_available);
  } else {
    if (operation.interface <= 255) interface = netif_get_by_index(static_cast<u8_t>(operation.interface));
    if (interface == nullptr) return operation.fail(Errc::invalid_argument);
  }
  Membership* found = memberships_.front();
  while (found != nullptr && !(found->interface == interface && ip_addr_cmp_zoneless(&found->group, &group)))
    found = memberships_.next(*found);
  if (operation.kind == SendOperation::Kind::kLeave) {
    if (found == nullptr) return operation.fail(Errc::address_not_available);
    change_membership(group, interface, false);
    found->unlink();
    delete found;
    return Progress::kDone;
  }
  if (found != nullptr) return operation.fail(Errc::address_in_use);
  auto* joined = new Membership;
  if (joined == nullptr) return operation.fail(Errc::no_memory);
  err_t error = change_membership(group, interface, true);
  if (error != ERR_OK) {
    delete joined;
    return operation.fail(from_err(error), error);
  }
  joined->group = group;
  joined->interface = interface;
  memberships_.push_back(*joined);
  return Progress::kDone;
}

Endpoint LwipDatagram::local() const {
  CoreLock lock;
  if (pcb_->local_port == 0) return {};
  Address address = from_lwip(pcb_->local_ip);
  if (family_ == Family::kV6 && address.is_any()) address = Address::any_v6();
  return Endpoint(address, pcb_->local_port);
}

Endpoint LwipDatagram::peer() const {
  CoreLock lock;
  if ((pcb_->flags & UDP_FLAGS_CONNECTED) == 0) return {};
  return Endpoint(from_lwip(pcb_->remote_ip), pcb_->remote_port);
}

std::uint64_t LwipDatagram::dropped() const {
  CoreLock lock;
  return dropped_;
}

Errc LwipDatagram::set_option(DatagramOption option, int value) {
  CoreLock lock;
  switch (option) {
    case DatagramOption::kBroadcast:
      if (value != 0) {
        ip_set_option(pcb_, SOF_BROADCAST);
      } else {
        ip_reset_option(pcb_, SOF_BROADCAST);
      }
      return Errc::ok;
    case DatagramOption::kMulticastLoop:
      if (value != 0) {
        udp_set_flags(pcb_, UDP_FLAGS_MULTICAST_LOOP);
      } else {
        udp_clear_flags(pcb_, UDP_FLAGS_MULTICAST_LOOP);
      }
      return Errc::ok;
    case DatagramOption::kMulticastHops:
      if (value < 0 || value > 255) return Errc::invalid_argument;
      udp_set_multicast_ttl(pcb_, static_cast<u8_t>(value));
      return Errc::ok;
    case DatagramOption::kMulticastInterface:
      if (value != 0 && (value < 0 || value > 255 || netif_get_by_index(static_cast<u8_t>(value)) == nullptr))
        return Errc::address_not_available;
      udp_set_multicast_netif_index(pcb_, static_cast<u8_t>(value));
      return Errc::ok;
    case DatagramOption::kReusePort:
      if (value != 0) {
        ip_set_option(pcb_, SOF_REUSEADDR);
      } else {
        ip_reset_option(pcb_, SOF_REUSEADDR);
      }
      return Errc::ok;
    case DatagramOption::kReceiveBuffer:
    case DatagramOption::kSendBuffer: return Errc::not_supported;  // build settings
  }
  return Errc::not_supported;
}

// Linked only into programs that use datagrams: net/io/parts.h.
DatagramSocket* LwipNetwork::make_lwip_datagram(LwipNetwork& network, Family family, Errc& code) {
  CoreLock lock;
  udp_pcb* pcb = udp_new_ip_type(family == Family::kV6 ? IPADDR_TYPE_ANY : IPADDR_TYPE_V4);
  if (pcb == nullptr) {
    code = Errc::too_many_open;
    return nullptr;
  }
  auto* socket = new LwipDatagram(network.inbox(), pcb, family);
  if (socket == nullptr) {
    code = Errc::no_memory;
    udp_remove(pcb);
  }
  return socket;
}

void LwipNetwork::use_datagrams() {
  datagram_maker = make_lwip_datagram;
  detail::use(net_use_loopback);
}

}  // namespace net::lwip

extern "C" void net_use_datagrams() { net::lwip::LwipNetwork::use_datagrams(); }
