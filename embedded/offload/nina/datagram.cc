#include "embedded/offload/nina/datagram.h"

#include <algorithm>
#include <utility>

#include "net/core/log.h"
#include "net/io/parts.h"

namespace net::nina {

DatagramSocket* NinaNetwork::make_nina_datagram(NinaNetwork& network, Family family, Errc& code) {
  if (family != Family::kV4) {
    code = family == Family::kV6 ? Errc::not_supported : Errc::invalid_argument;
    return nullptr;
  }
  auto* socket = new NinaDatagram(network);
  if (socket == nullptr) {
    code = Errc::no_memory;
    return nullptr;
  }
  socket->socket_ = network.take(socket, code);
  if (socket->socket_ == nullptr) {
    delete socket;
    return nullptr;
  }
  return socket;
}

void NinaNetwork::use_datagrams() { datagram_maker = make_nina_datagram; }

void NinaDatagram::close() {
  held_port = 0;
  if (socket_ != nullptr) socket_->release();
  while (Membership* each = memberships_) {
    forget(*each);
    each->leave();
  }
  delete this;
}

void NinaDatagram::done(Command command) {
  if (socket_->number() == kBadDescriptor && bound_ == Bound::kOpen) {
    network_.reset();
    return;
  }
  switch (command) {
    case Command::kBind: bound(); break;
    case Command::kPoll: readable_ = socket_->value != 0; break;
    case Command::kReceiveFrom: received(); break;
    case Command::kSendTo:
      // Else it is one that was cancelled.
      if (!std::exchange(sends_, false)) break;
      // Of what has got no answer nobody knows: as it is with datagrams.
      if (socket_->number() == 0 || socket_->number() == kNoAnswer) {
        end_send(Errc::ok);
      } else {
        end_send(to_errc(socket_->number()), socket_->number());
      }
      break;
    default: break;
  }
  pump();
}

void NinaDatagram::lost() {
  Timers::stop(*this);
  socket_ = nullptr;
  sends_ = readable_ = false;
  if (bound_ == Bound::kOpen) bound_ = Bound::kLost;
  end_leave();
}

void NinaDatagram::end_leave() {
  if (leaving_ != kNoSlot && !network_.stops(leaving_)) end_send(Errc::ok);
}

// After the module was reset it is opened again, and whoever waits goes on.
void NinaDatagram::available() {
  end_leave();
  if (socket_ != nullptr || armed()) return;
  Errc code = Errc::ok;
  socket_ = network_.take(this, code);
  if (socket_ != nullptr && bound_ != Bound::kNowhere) socket_->open(true, held_port, shares_port);
}

void NinaDatagram::pump() {
  if (bound_ != Bound::kOpen || socket_->busy()) return;
  bool receives = receiving().pending();
  if (sending().pending() && sending().kind == SendOperation::Kind::kSend) {
    SendOperation& operation = sending();
    const Endpoint& to = operation.to.valid() ? operation.to : peer_;
    socket_->ip = offload::to_ip(to.address());
    socket_->port = to.port();
    socket_->data = operation.data;
    sends_ = true;
    socket_->begin(Command::kSendTo);
  } else if (receives && readable_) {
    receive();
  } else {
    socket_->watch(receives ? kReadable : 0);
  }
}

Progress NinaDatagram::start_receive() {
  if (came_) return take();
  pump();
  return Progress::kPending;
}

void NinaDatagram::receive() {
  socket_->into = view_.lend(kLargestDatagram);
  if (socket_->into.empty()) return receiving().wake(Errc::no_memory);
  socket_->begin(Command::kReceiveFrom);
}

void NinaDatagram::received() {
  socket_->into = {};
  readable_ = socket_->number() == 0;
  if (!readable_) return;
  from_ = Endpoint(offload::from_ip(socket_->ip), socket_->port);
  if (peer_.valid() && from_ != peer_) return;
  size_ = socket_->size;
  came_ = true;
  receiving().wake();
}

Progress NinaDatagram::take() {
  came_ = false;
  ReceiveOperation& operation = receiving();
  std::span<std::byte> came = view_.lend(size_);
  std::span<std::byte> taken = came;
  if (!operation.borrowed) {
    taken = operation.buffer.first(std::min(came.size(), operation.buffer.size()));
    std::copy_n(came.begin(), taken.size(), taken.begin());
  }
  operation.datagram.from = from_;
  operation.datagram.data = taken;
  operation.datagram.truncated = taken.size() < size_;
  return Progress::kDone;
}

// A datagram that is there, or about to be, is for the next one.
void NinaDatagram::cancel_receive() {
  receiving().wake(Errc::cancelled);
  pump();
}

Progress NinaDatagram::start_send() {
  kept_.drop();  // of a send that was cancelled
  switch (sending().kind) {
    case SendOperation::Kind::kBind: return bind(sending().to);
    case SendOperation::Kind::kConnect: return connect();
    case SendOperation::Kind::kSend: return send();
    case SendOperation::Kind::kJoin: return join();
    case SendOperation::Kind::kLeave: return leave();
  }
  return Progress::kDone;
}

// For this, or for what needs it.
Progress NinaDatagram::bind(const Endpoint& at) {
  SendOperation& operation = sending();
  if (bound_ != Bound::kNowhere) return operation.fail(Errc::invalid_argument);
  if (!network_.is_local(at.address())) return operation.fail(Errc::address_not_available);
  bool used = at.port() != 0 && network_.is_used(at.port(), true, shares_port);
  if (used) return operation.fail(Errc::address_in_use);
  if (socket_ == nullptr) return operation.fail(Errc::network_down);
  held_port = at.port();
  local_ = at;
  bound_ = Bound::kSoon;
  socket_->open(true, held_port, shares_port);
  return Progress::kPending;
}

void NinaDatagram::bound() {
  std::uint8_t number = socket_->number();
  bool first = bound_ == Bound::kSoon;
  if (number != 0) {
    if (!first) network_.loop().timers().start(*this, network_.loop().now() + kUntilNextTry);
    // It is told of sockets that are free, and is to take none before this is over.
    socket_->release();
    socket_ = nullptr;
    if (first) give_up_port();
    if (first) end_send(to_errc(number), number);
    return;
  }
  bound_ = Bound::kOpen;
  if (!first) return;
  held_port = socket_->local_port();
  local_.set_port(held_port);
  const SendOperation& operation = sending();
  if (operation.kind == SendOperation::Kind::kSend) return;
  bool chosen = operation.kind == SendOperation::Kind::kBind && operation.to.port() != 0;
  if (chosen) detail::announce("UDP port", held_port);
  if (operation.kind == SendOperation::Kind::kConnect) peer_ = operation.to;
  end_send(Errc::ok);
}

// It was to have one, and may have another.
void NinaDatagram::give_up_port() {
  bound_ = Bound::kNowhere;
  held_port = 0;
  Errc code = Errc::ok;
  socket_ = network_.take(this, code);
}

Progress NinaDatagram::connect() {
  SendOperation& operation = sending();
  if (!operation.to.address().is_v4()) return operation.fail(Errc::invalid_argument);
  if (!network_.is_up()) return operation.fail(Errc::unreachable);
  if (!has_port()) return bind(Endpoint(network_.address(), 0));
  peer_ = operation.to;
  return Progress::kDone;
}

Progress NinaDatagram::send() {
  SendOperation& operation = sending();
  const Endpoint& to = operation.to.valid() ? operation.to : peer_;
  if (!to.valid()) return operation.fail(Errc::not_connected);
  if (!to.address().is_v4()) return operation.fail(Errc::invalid_argument);
  if (operation.data.size() > kLargestDatagram) return operation.fail(Errc::message_too_long);
  if (network_.is_broadcast(offload::to_ip(to.address())) && !broadcasts_) {
    return operation.fail(Errc::permission_denied);
  }
  if (!network_.is_up() || to.address().is_any()) return operation.fail(Errc::unreachable);
  if (!kept_.keep(network_.loop(), operation.data)) return operation.fail(Errc::no_memory);
  if (!has_port()) return bind(Endpoint(Address::any_v4(), 0));
  pump();
  return Progress::kPending;
}

Progress NinaDatagram::join() {
  SendOperation& operation = sending();
  const Address& group = operation.to.address();
  if (!group.is_v4() || !group.is_multicast() || operation.interface > 1) {
    return operation.fail(group.is_v6() && group.is_multicast() ? Errc::not_supported : Errc::invalid_argument);
  }
  if (find(group) != nullptr) return operation.fail(Errc::address_in_use);
  if (socket_ == nullptr) return operation.fail(Errc::network_down);
  if (!has_port()) return operation.fail(Errc::invalid_argument);
  if (!network_.take_slot()) return operation.fail(Errc::too_many_open);
  auto* joined = new Membership(*this, network_, group);
  if (joined == nullptr) {
    network_.leave_slot();
    return operation.fail(Errc::no_memory);
  }
  joined->next = memberships_;
  memberships_ = joined;
  joined->begin();
  return Progress::kPending;
}

// Of the group comes nothing more once it is done, but what is with the module already.
Progress NinaDatagram::leave() {
  SendOperation& operation = sending();
  if (!operation.to.address().is_multicast()) return operation.fail(Errc::invalid_argument);
  Membership* found = find(operation.to.address());
  if (found == nullptr) return operation.fail(Errc::address_not_available);
  forget(*found);
  std::uint8_t slot = found->leave();
  if (!network_.stops(slot)) return Progress::kDone;
  leaving_ = slot;
  return Progress::kPending;
}

Membership* NinaDatagram::find(const Address& group) {
  Membership* found = memberships_;
  while (found != nullptr && found->group() != group) found = found->next;
  return found;
}

void NinaDatagram::forget(Membership& membership) {
  Membership** at = &memberships_;
  while (*at != &membership) at = &(*at)->next;
  *at = membership.next;
}

void NinaDatagram::end_send(Errc code, std::uint8_t number) {
  if (socket_ != nullptr) socket_->data = {};
  leaving_ = kNoSlot;
  if (!sending().pending()) return;
  kept_.drop();
  if (code == Errc::ok) {
    sending().wake();
  } else {
    sending().wake(code, kNative | number);
  }
}

void NinaDatagram::cancel_send() {
  if (!sending().pending()) return;
  if (bound_ == Bound::kSoon) {
    if (socket_ != nullptr) socket_->release();
    give_up_port();
  } else if (sending().kind == SendOperation::Kind::kJoin) {
    Membership& joining = *find(sending().to.address());
    forget(joining);
    joining.leave();
  } else if (sends_ && !socket_->withdraw()) {
    socket_->port = 0;  // should it not have gone out yet, then to nobody
  }
  sends_ = false;
  end_send(Errc::cancelled);
  pump();
}

Errc NinaDatagram::set_option(DatagramOption option, int value) {
  switch (option) {
    case DatagramOption::kBroadcast: broadcasts_ = value != 0; return Errc::ok;
    case DatagramOption::kReusePort: shares_port = value != 0; return Errc::ok;
    // lwIP does not hear itself unless it is asked to.
    case DatagramOption::kMulticastLoop: return value == 0 ? Errc::ok : Errc::not_supported;
    case DatagramOption::kMulticastInterface:
      return value == 0 || value == 1 ? Errc::ok : Errc::address_not_available;
    default: return Errc::not_supported;  // SETSOCKOPT knows SOL_SOCKET only
  }
}

}  // namespace net::nina

extern "C" void net_use_datagrams() { net::nina::NinaNetwork::use_datagrams(); }
