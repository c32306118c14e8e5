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
  if (socket_->number() == kBadDescriptor && open_) {
    network_.reset();
    return;
  }
  switch (command) {
    case Command::kBind: bound(); break;
    case Command::kPoll: readable_ = socket_->value != 0; break;
    case Command::kReceiveFrom: received(); break;
    case Command::kSendTo:
      // Else it is one that was cancelled.
      if (!std::exchange(sending_, false)) break;
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
  open_ = sending_ = receiving_ = readable_ = false;
  if (cancels_) end_receive(Errc::cancelled);
  end_leave();
}

void NinaDatagram::end_leave() {
  if (sends_ && sending().kind == SendOperation::Kind::kLeave && !network_.stops(leaving_)) end_send(Errc::ok);
}

// After the module was reset it is opened again, and whoever waits goes on.
void NinaDatagram::available() {
  end_leave();
  if (socket_ != nullptr || armed()) return;
  Errc code = Errc::ok;
  socket_ = network_.take(this, code);
  if (socket_ != nullptr && held_port != 0) socket_->open(true, held_port, shares_port);
}

void NinaDatagram::pump() {
  if (!open_ || socket_->busy()) return;
  if (sends_ && sending().kind == SendOperation::Kind::kSend) {
    SendOperation& operation = sending();
    const Endpoint& to = operation.to.valid() ? operation.to : peer_;
    socket_->ip = offload::to_ip(to.address());
    socket_->port = to.port();
    socket_->data = operation.data;
    sending_ = true;
    socket_->begin(Command::kSendTo);
  } else if (receives_ && readable_) {
    receive();
  } else {
    socket_->watch(receives_ ? kReadable : 0);
  }
}

Progress NinaDatagram::start_receive() {
  receives_ = true;
  pump();
  return Progress::kPending;
}

void NinaDatagram::receive() {
  ReceiveOperation& operation = receiving();
  std::span<std::byte> target = operation.buffer;
  if (operation.borrowed) {
    target = view_.lend(kLargestDatagram);
    if (target.empty()) return end_receive(Errc::no_memory);
  }
  socket_->into = target;
  receiving_ = true;
  socket_->begin(Command::kReceiveFrom);
}

void NinaDatagram::received() {
  std::span<std::byte> into = std::exchange(socket_->into, {});
  bool cancelled = std::exchange(cancels_, false);
  receiving_ = false;
  readable_ = socket_->number() == 0;
  if (!receives_) return;
  Endpoint from(offload::from_ip(socket_->ip), socket_->port);
  if (readable_ && (!peer_.valid() || from == peer_)) {
    Datagram& datagram = receiving().datagram;
    datagram.from = from;
    datagram.data = into.first(std::min(socket_->size, into.size()));
    datagram.truncated = datagram.data.size() < socket_->size;
    end_receive(Errc::ok);
  } else if (cancelled) {
    end_receive(Errc::cancelled);
  }
}

void NinaDatagram::end_receive(Errc code) {
  if (!std::exchange(receives_, false)) return;
  cancels_ = false;
  if (code == Errc::ok) {
    receiving().wake();
  } else {
    receiving().wake(code);
  }
}

// RECVFROM that is under way cannot be prevented: what it brings is the result.
void NinaDatagram::cancel_receive() {
  if (!receives_) return;
  if (receiving_ && !socket_->withdraw()) {
    cancels_ = true;
    return;
  }
  if (receiving_) socket_->into = {};
  receiving_ = false;
  end_receive(Errc::cancelled);
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
  if (held_port != 0) return operation.fail(Errc::invalid_argument);
  if (!network_.is_local(at.address())) return operation.fail(Errc::address_not_available);
  any_port_ = at.port() == 0;
  std::uint16_t port = any_port_ ? network_.any_port() : at.port();
  if (network_.is_used(port, true, shares_port)) return operation.fail(Errc::address_in_use);
  if (socket_ == nullptr) return operation.fail(Errc::network_down);
  held_port = port;
  local_ = Endpoint(at.address(), port);
  sends_ = true;
  socket_->open(true, port, shares_port);
  return Progress::kPending;
}

void NinaDatagram::bound() {
  std::uint8_t number = socket_->number();
  if (number != 0) {
    if (bound_) network_.loop().timers().start(*this, network_.loop().now() + kUntilNextTry);
    // It is told of sockets that are free, and is to take none before this is over.
    socket_->release();
    socket_ = nullptr;
    if (bound_) return;
    Errc code = Errc::ok;
    socket_ = network_.take(this, code);
    if (number == kInUse && any_port_ && socket_ != nullptr) {
      held_port = network_.any_port();
      local_.set_port(held_port);
      socket_->open(true, held_port, shares_port);
      return;
    }
    held_port = 0;
    end_send(to_errc(number), number);
    return;
  }
  open_ = true;
  if (!std::exchange(bound_, true) && !any_port_) detail::announce("UDP port", held_port);
  if (!sends_ || sending().kind == SendOperation::Kind::kSend) return;
  if (sending().kind == SendOperation::Kind::kConnect) peer_ = sending().to;
  end_send(Errc::ok);
}

Progress NinaDatagram::connect() {
  SendOperation& operation = sending();
  if (!operation.to.address().is_v4()) return operation.fail(Errc::invalid_argument);
  if (!network_.is_up()) return operation.fail(Errc::unreachable);
  if (!bound_) return bind(Endpoint(network_.address(), 0));
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
  if (!bound_) return bind(Endpoint(Address::any_v4(), 0));
  sends_ = true;
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
  if (!bound_) return operation.fail(Errc::invalid_argument);
  if (!network_.take_slot()) return operation.fail(Errc::too_many_open);
  auto* joined = new Membership(*this, network_, group);
  if (joined == nullptr) {
    network_.leave_slot();
    return operation.fail(Errc::no_memory);
  }
  joined->next = memberships_;
  memberships_ = joined;
  sends_ = true;
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
  leaving_ = found->leave();
  if (!network_.stops(leaving_)) return Progress::kDone;
  sends_ = true;
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
  if (!std::exchange(sends_, false)) return;
  kept_.drop();
  if (code == Errc::ok) {
    sending().wake();
  } else {
    sending().wake(code, kNative | number);
  }
}

void NinaDatagram::cancel_send() {
  if (!sends_) return;
  if (!bound_) {
    // It was to have a port: it has none.
    held_port = 0;
    if (socket_ != nullptr) socket_->release();
    Errc code = Errc::ok;
    socket_ = network_.take(this, code);
  } else if (sending().kind == SendOperation::Kind::kJoin) {
    Membership& joining = *find(sending().to.address());
    forget(joining);
    joining.leave();
  } else if (sending_ && !socket_->withdraw()) {
    socket_->port = 0;  // should it not have gone out yet, then to nobody
  }
  sending_ = false;
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
