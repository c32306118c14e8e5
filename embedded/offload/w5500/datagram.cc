#include "embedded/offload/w5500/datagram.h"

#include <algorithm>
#include <array>
#include <utility>

#include "net/core/log.h"
#include "net/io/parts.h"

namespace net::w5500 {
namespace {

// Before each datagram in the receive buffer: its sender's address and port, and its length.
constexpr std::size_t kHeader = 8;

// Of a group (RFC 1112, 6.4).
std::array<std::byte, 6> hardware_address_of(const Ip& group) {
  return {std::byte{0x01}, std::byte{0x00}, std::byte{0x5E}, group[1] & std::byte{0x7F}, group[2], group[3]};
}

}  // namespace

struct W5500Datagram::Membership : ListNode, Pooled {
  explicit Membership(const Address& of) : group(of) {}
  Address group;
  ChipSocket* socket = nullptr;
};

DatagramSocket* W5500Network::make_w5500_datagram(W5500Network& network, Family family, Errc& code) {
  if (family != Family::kV4) {
    code = family == Family::kV6 ? Errc::not_supported : Errc::invalid_argument;
    return nullptr;
  }
  auto* socket = new W5500Datagram(network);
  if (socket == nullptr) {
    code = Errc::no_memory;
    return nullptr;
  }
  socket->socket_ = network.take(*socket, code);
  if (socket->socket_ == nullptr) {
    delete socket;
    return nullptr;
  }
  return socket;
}

void W5500Network::use_datagrams() { datagram_maker = make_w5500_datagram; }

void W5500Datagram::close() {
  held_port = 0;
  if (socket_ != nullptr) socket_->release();
  while (Membership* each = memberships_.pop_front()) {
    if (each->socket != nullptr) each->socket->release();
    delete each;
  }
  delete this;
}

void W5500Datagram::changed(ChipSocket& socket, std::uint8_t interrupts) {
  if (socket.status() != kIsUdp && held_port != 0) network_.suspect();
  // Page 38: nobody has answered to ARP.
  if ((interrupts & kTimedOut) != 0) fail_next(Errc::unreachable, interrupts);
  if ((interrupts & (kSent | kTimedOut)) != 0 && sending().pending()) sending().wake();
  if ((interrupts & kReceived) != 0 && receiving().pending()) receiving().wake();
}

void W5500Datagram::refused(std::span<const std::byte, 6> peer) {
  if (!peer_.valid()) return;
  auto own = to_peer(to_ip(peer_.address()), peer_.port());
  if (std::equal(own.begin(), own.end(), peer.begin())) fail_next(Errc::connection_refused, 0);
}

void W5500Datagram::fail_next(Errc code, std::uint8_t interrupts) {
  if (!peer_.valid()) return;
  failure_ = code;
  interrupts_ = interrupts;
  if (receiving().pending()) receiving().wake();
}

template <class O>
bool W5500Datagram::fails(O& operation) {
  if (failure_ == Errc::ok) return false;
  operation.fail(std::exchange(failure_, Errc::ok), kNative | interrupts_);
  return true;
}

void W5500Datagram::lost() {
  socket_ = nullptr;
  hops_ = kUsualHops;
  for (Membership* each = memberships_.front(); each != nullptr; each = memberships_.next(*each)) {
    each->socket = nullptr;
  }
}

// After the chip was lost the sockets are opened again.
void W5500Datagram::available() {
  Errc code = Errc::ok;
  if (socket_ == nullptr) {
    socket_ = network_.take(*this, code);
    if (socket_ == nullptr) return;
    if (held_port != 0) socket_->open(kUdp, held_port);
    if (sending().pending()) sending().wake();
  }
  for (Membership* each = memberships_.front(); each != nullptr; each = memberships_.next(*each)) {
    if (each->socket == nullptr && !open(*each)) return;
  }
}

bool W5500Datagram::deliver() {
  if (fails(receiving())) return true;
  if (deliver(socket_)) return true;
  for (Membership* each = memberships_.front(); each != nullptr; each = memberships_.next(*each)) {
    if (deliver(each->socket)) return true;
  }
  return false;
}

bool W5500Datagram::deliver(ChipSocket* socket) {
  if (socket == nullptr || held_port == 0) return false;
  ReceiveOperation& receive = receiving();
  while (std::size_t there = socket->received()) {
    auto header = socket->peek_header();
    std::size_t length = word_of(std::span(header).subspan<6>());
    if (there < kHeader + length || length > kLargestDatagram) {
      network_.suspect();
      socket->drop(there);
      continue;
    }
    Endpoint from = from_peer(std::span(header).first<6>());
    if (peer_.valid() && from != peer_) {
      socket->drop(kHeader + length);
      continue;
    }
    std::span<std::byte> target = receive.buffer;
    if (receive.borrowed) {
      target = view_.lend(kLargestDatagram);
      if (target.empty()) {
        receive.fail(Errc::no_memory);
        return true;
      }
    }
    receive.datagram.from = from;
    receive.datagram.data = target.first(std::min(length, target.size()));
    receive.datagram.truncated = receive.datagram.data.size() < length;
    socket->peek(kHeader, receive.datagram.data);
    socket->drop(kHeader + length);
    return true;
  }
  return false;
}

Progress W5500Datagram::start_send() {
  SendOperation& operation = sending();
  kept_.drop();  // of a send that was cancelled
  switch (operation.kind) {
    case SendOperation::Kind::kBind: {
      Progress progress = bind(operation.to);
      if (!operation.failed() && operation.to.port() != 0) detail::announce("UDP port", operation.to.port());
      return progress;
    }
    case SendOperation::Kind::kConnect: return connect();
    case SendOperation::Kind::kSend: return send();
    case SendOperation::Kind::kJoin: return join();
    case SendOperation::Kind::kLeave: return leave();
  }
  return Progress::kDone;
}

Progress W5500Datagram::bind(const Endpoint& at) {
  SendOperation& operation = sending();
  if (held_port != 0) return operation.fail(Errc::invalid_argument);
  if (!network_.is_local(at.address())) return operation.fail(Errc::address_not_available);
  std::uint16_t port = at.port() != 0 ? at.port() : network_.any_port();
  if (network_.is_used(port, true, shares_port)) return operation.fail(Errc::address_in_use);
  if (socket_ == nullptr || !socket_->open(kUdp, port)) return operation.fail(Errc::network_down);
  held_port = port;
  local_ = Endpoint(at.address(), port);
  return Progress::kDone;
}

Progress W5500Datagram::connect() {
  SendOperation& operation = sending();
  if (!operation.to.address().is_v4()) return operation.fail(Errc::invalid_argument);
  if (!network_.is_up()) return operation.fail(Errc::unreachable);
  if (held_port == 0) bind(Endpoint(from_ip(network_.settings().address), 0));
  if (!operation.failed()) peer_ = operation.to;
  return Progress::kDone;
}

Progress W5500Datagram::send() {
  SendOperation& operation = sending();
  if (fails(operation)) return Progress::kDone;
  const Endpoint& to = operation.to.valid() ? operation.to : peer_;
  if (!to.valid()) return operation.fail(Errc::not_connected);
  if (!to.address().is_v4()) return operation.fail(Errc::invalid_argument);
  if (operation.data.size() > kLargestDatagram) return operation.fail(Errc::message_too_long);
  // What SEND does with nothing the datasheet does not say.
  if (operation.data.empty()) return operation.fail(Errc::not_supported);
  Ip ip = to_ip(to.address());
  if (network_.is_broadcast(ip) && !broadcasts_) return operation.fail(Errc::permission_denied);
  if (!network_.is_up() || to.address().is_any()) return operation.fail(Errc::unreachable);
  if (held_port == 0) {
    bind(Endpoint(Address::any_v4(), 0));
    if (operation.failed()) return Progress::kDone;
  }
  if (socket_ == nullptr || socket_->sending()) {
    return kept_.keep(network_.loop(), operation.data) ? Progress::kPending : operation.fail(Errc::no_memory);
  }
  bool to_group = to.address().is_multicast();
  std::uint8_t hops = to_group ? group_hops_ : kUsualHops;
  if (hops != hops_) socket_->set(kHops, hops_ = hops);
  socket_->aim(ip, to.port());
  // To groups nobody answers who is asked for by ARP.
  if (to_group) socket_->set(kPeerHardwareAddress, hardware_address_of(ip));
  socket_->put(operation.data);
  socket_->send(to_group ? kSendTo : Command::kSend);
  kept_.drop();
  return Progress::kDone;
}

W5500Datagram::Membership* W5500Datagram::find(const Address& group) {
  Membership* found = memberships_.front();
  while (found != nullptr && found->group != group) found = memberships_.next(*found);
  return found;
}

// Sn_MR: what a socket with MULTI hears is said before OPEN, which sends the join.
bool W5500Datagram::open(Membership& membership) {
  Errc code = Errc::ok;
  membership.socket = network_.take(*this, code);
  if (membership.socket == nullptr) return false;
  Ip group = to_ip(membership.group);
  membership.socket->set(kPeerHardwareAddress, hardware_address_of(group));
  membership.socket->aim(group, held_port);
  if (membership.socket->open(kUdp | kMulticast | kBlocksUnicast | kBlocksBroadcast, held_port)) return true;
  std::exchange(membership.socket, nullptr)->release();
  return false;
}

Progress W5500Datagram::join() {
  SendOperation& operation = sending();
  const Address& group = operation.to.address();
  if (!group.is_v4() || !group.is_multicast() || operation.interface > 1) {
    return operation.fail(group.is_v6() && group.is_multicast() ? Errc::not_supported : Errc::invalid_argument);
  }
  if (find(group) != nullptr) return operation.fail(Errc::address_in_use);
  if (held_port == 0) {
    bind(Endpoint(Address::any_v4(), 0));
    if (operation.failed()) return Progress::kDone;
  }
  auto* joined = new Membership(group);
  if (joined == nullptr) return operation.fail(Errc::no_memory);
  if (!open(*joined)) {
    delete joined;
    return operation.fail(Errc::too_many_open);
  }
  memberships_.push_back(*joined);
  return Progress::kDone;
}

Progress W5500Datagram::leave() {
  SendOperation& operation = sending();
  if (!operation.to.address().is_multicast()) return operation.fail(Errc::invalid_argument);
  Membership* found = find(operation.to.address());
  if (found == nullptr) return operation.fail(Errc::address_not_available);
  if (found->socket != nullptr) found->socket->release();
  found->unlink();
  delete found;
  return Progress::kDone;
}

Errc W5500Datagram::set_option(DatagramOption option, int value) {
  switch (option) {
    case DatagramOption::kBroadcast: broadcasts_ = value != 0; return Errc::ok;
    // The chip does not hear itself.
    case DatagramOption::kMulticastLoop: return value == 0 ? Errc::ok : Errc::not_supported;
    case DatagramOption::kMulticastHops:
      if (value < 0 || value > 255) return Errc::invalid_argument;
      group_hops_ = static_cast<std::uint8_t>(value);
      return Errc::ok;
    case DatagramOption::kMulticastInterface:
      return value == 0 || value == 1 ? Errc::ok : Errc::address_not_available;
    case DatagramOption::kReusePort: shares_port = value != 0; return Errc::ok;
    case DatagramOption::kReceiveBuffer:
    case DatagramOption::kSendBuffer:
      return Errc::not_supported;  // the chip's, while it is closed: Sn_RXBUF_SIZE
  }
  return Errc::not_supported;
}

}  // namespace net::w5500

extern "C" void net_use_datagrams() { net::w5500::W5500Network::use_datagrams(); }
