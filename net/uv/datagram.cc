#include "net/uv/datagram.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <linux/sock_diag.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "net/uv/errors.h"
#include "net/uv/sockaddr.h"

namespace net::uv {
namespace {

constexpr std::uint8_t kLonely = 8;         // batches of one before plain receives take over
constexpr std::uint8_t kTryAgain = 8 + 32;  // plain receives before a batch is tried again

}  // namespace

struct UvDatagram::Batch : Pooled {
  mmsghdr messages[UvLoop::kDatagrams];
  iovec pieces[UvLoop::kDatagrams];
  sockaddr_storage from[UvLoop::kDatagrams];
  unsigned next = 0;
  unsigned count = 0;
};

UvDatagram::~UvDatagram() {
  if (loop().datagram_owner == this) loop().datagram_owner = nullptr;
  delete batch_;
}

void UvDatagram::ready(unsigned events) {
  if ((events & kReadable) != 0) {
    maybe_readable_ = true;
    if (receiving().pending()) {
      receiving().wake();
    } else {
      disarm(kReadable);
    }
  }
  if ((events & kWritable) != 0) {
    if (sending().pending()) {
      sending().wake();
    } else {
      disarm(kWritable);
    }
  }
}

Progress UvDatagram::wait_to_receive() {
  Errc code = arm(kReadable);
  return code == Errc::ok ? Progress::kPending : receiving().fail(code);
}

Progress UvDatagram::start_receive() {
  bool waiting_here = batch_ != nullptr && batch_->next != batch_->count;
  if ((waiting_here || maybe_readable_) && receive() == Progress::kDone) return Progress::kDone;
  return wait_to_receive();
}

Progress UvDatagram::resume_receive() {
  return receive() == Progress::kDone ? Progress::kDone : wait_to_receive();
}

void UvDatagram::cancel_receive() { receiving().wake(Errc::cancelled); }

Progress UvDatagram::receive() {
  if (batch_ != nullptr && batch_->next != batch_->count) return deliver();
  UvLoop& owner = loop();
  bool buffer_free = owner.datagram_owner == nullptr || owner.datagram_owner == this;
  if (lonely_ < kLonely && buffer_free) return receive_batch();
  if (lonely_ >= kLonely && ++lonely_ >= kTryAgain) lonely_ = kLonely - 1;

  ReceiveOperation& receive = receiving();
  std::span<std::byte> target = receive.buffer;
  if (receive.borrowed) {
    target = owner.shared_buffer();
    if (target.empty()) return receive.fail(Errc::no_memory);
  }
  SocketAddress from;
  iovec piece{target.data(), target.size()};
  msghdr message{};
  message.msg_name = &from.storage;
  message.msg_namelen = sizeof from.storage;
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  for (;;) {
    ssize_t count = ::recvmsg(descriptor(), &message, 0);
    if (count >= 0) {
      // Whether more waits, the poller will tell.
      maybe_readable_ = false;
      receive.datagram.data = target.first(static_cast<std::size_t>(count));
      receive.datagram.from = SocketAddress::from(from.get(), message.msg_namelen);
      receive.datagram.truncated = (message.msg_flags & MSG_TRUNC) != 0;
      return Progress::kDone;
    }
    if (errno == EINTR) continue;
    if (errno == EAGAIN) {
      maybe_readable_ = false;
      return Progress::kPending;
    }
    return receive.fail(from_errno(errno), errno);
  }
}

Progress UvDatagram::receive_batch() {
  ReceiveOperation& receive = receiving();
  std::byte* buffer = loop().datagram_buffer();
  if (batch_ == nullptr) batch_ = new Batch;
  if (buffer == nullptr || batch_ == nullptr) return receive.fail(Errc::no_memory);
  Batch& batch = *batch_;
  for (std::size_t i = 0; i < UvLoop::kDatagrams; ++i) {
    batch.pieces[i] = {buffer + i * UvLoop::kDatagram, UvLoop::kDatagram};
    msghdr& message = batch.messages[i].msg_hdr;
    message = {};
    message.msg_name = &batch.from[i];
    message.msg_namelen = sizeof batch.from[i];
    message.msg_iov = &batch.pieces[i];
    message.msg_iovlen = 1;
  }
  int count = 0;
  do {
    count = ::recvmmsg(descriptor(), batch.messages, UvLoop::kDatagrams, MSG_DONTWAIT, nullptr);
  } while (count < 0 && errno == EINTR);
  if (count < 0) {
    maybe_readable_ = false;
    if (errno == EAGAIN) return Progress::kPending;
    return receive.fail(from_errno(errno), errno);
  }
  maybe_readable_ = count == static_cast<int>(UvLoop::kDatagrams);
  lonely_ = count == 1 ? static_cast<std::uint8_t>(lonely_ + 1) : std::uint8_t{0};
  batch.next = 0;
  batch.count = static_cast<unsigned>(count);
  loop().datagram_owner = this;
  return deliver();
}

Progress UvDatagram::deliver() {
  ReceiveOperation& receive = receiving();
  Batch& batch = *batch_;
  unsigned i = batch.next++;
  if (batch.next == batch.count) loop().datagram_owner = nullptr;
  const msghdr& message = batch.messages[i].msg_hdr;
  std::span<std::byte> data(static_cast<std::byte*>(batch.pieces[i].iov_base), batch.messages[i].msg_len);
  receive.datagram.from = SocketAddress::from(static_cast<sockaddr*>(message.msg_name), message.msg_namelen);
  receive.datagram.truncated = (message.msg_flags & MSG_TRUNC) != 0;
  if (!receive.borrowed) {
    std::size_t size = std::min(data.size(), receive.buffer.size());
    if (size < data.size()) receive.datagram.truncated = true;
    if (size != 0) std::memcpy(receive.buffer.data(), data.data(), size);
    data = receive.buffer.first(size);
  }
  receive.datagram.data = data;
  return Progress::kDone;
}

Progress UvDatagram::start_send() {
  SendOperation& send = sending();
  switch (send.kind) {
    case SendOperation::Kind::kSend: return this->send();
    case SendOperation::Kind::kJoin:
    case SendOperation::Kind::kLeave: return join_or_leave();
    case SendOperation::Kind::kBind:
    case SendOperation::Kind::kConnect: break;
  }
  SocketAddress address(send.to, family_);
  bool binding = send.kind == SendOperation::Kind::kBind;
  int result = binding ? ::bind(descriptor(), address.get(), address.length)
                       : ::connect(descriptor(), address.get(), address.length);
  return result == 0 ? Progress::kDone : send.fail(from_errno(errno), errno);
}

Progress UvDatagram::resume_send() { return send(); }

void UvDatagram::cancel_send() {
  disarm(kWritable);
  kept_.drop();
  sending().wake(Errc::cancelled);
}

Progress UvDatagram::send() {
  SendOperation& send = sending();
  SocketAddress to(send.to, family_);
  if (send.to.valid() && to.length == 0) return send.fail(Errc::invalid_argument);
  for (;;) {
    ssize_t sent = ::sendto(descriptor(), send.data.data(), send.data.size(), MSG_NOSIGNAL,
                            to.length != 0 ? to.get() : nullptr, to.length);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EAGAIN) {
      if (!kept_.keep(loop(), send.data)) return send.fail(Errc::no_memory);
      Errc code = arm(kWritable);
      return code == Errc::ok ? Progress::kPending : send.fail(code);
    }
    int number = sent < 0 ? errno : 0;
    if (send.woken()) disarm(kWritable);
    kept_.drop();
    return number == 0 ? Progress::kDone : send.fail(from_errno(number), number);
  }
}

Progress UvDatagram::join_or_leave() {
  SendOperation& send = sending();
  const Address& group = send.to.address();
  if (!group.is_multicast()) return send.fail(Errc::invalid_argument);
  bool joining = send.kind == SendOperation::Kind::kJoin;
  int result = 0;
  if (group.is_v4()) {
    ip_mreqn request{};
    std::memcpy(&request.imr_multiaddr, group.bytes().data(), 4);
    request.imr_ifindex = static_cast<int>(send.interface);
    result = set(descriptor(), IPPROTO_IP, joining ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP, request);
  } else {
    ipv6_mreq request{};
    std::memcpy(&request.ipv6mr_multiaddr, group.bytes().data(), 16);
    request.ipv6mr_interface = send.interface;
    result = set(descriptor(), IPPROTO_IPV6, joining ? IPV6_JOIN_GROUP : IPV6_LEAVE_GROUP, request);
  }
  return result == 0 ? Progress::kDone : send.fail(from_errno(errno), errno);
}

Endpoint UvDatagram::local() const {
  SocketAddress address;
  address.length = sizeof address.storage;
  if (::getsockname(descriptor(), address.get(), &address.length) != 0) return {};
  return address.endpoint();
}

Endpoint UvDatagram::peer() const {
  SocketAddress address;
  address.length = sizeof address.storage;
  if (::getpeername(descriptor(), address.get(), &address.length) != 0) return {};
  return address.endpoint();
}

Errc UvDatagram::set_option(DatagramOption option, int value) {
  int fd = descriptor();
  bool v6 = family_ == Family::kV6;
  int result = 0;
  switch (option) {
    case DatagramOption::kBroadcast: result = set(fd, SOL_SOCKET, SO_BROADCAST, value); break;
    // A dual-stack socket sends both kinds, so both are set; an IPv6-only system may refuse the IPv4 one.
    case DatagramOption::kMulticastLoop:
      result = set(fd, IPPROTO_IP, IP_MULTICAST_LOOP, value);
      if (v6) result = set(fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, value);
      break;
    case DatagramOption::kMulticastHops:
      result = set(fd, IPPROTO_IP, IP_MULTICAST_TTL, value);
      if (v6) result = set(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, value);
      break;
    case DatagramOption::kMulticastInterface: {
      ip_mreqn request{};
      request.imr_ifindex = value;
      result = set(fd, IPPROTO_IP, IP_MULTICAST_IF, request);
      if (v6) result = set(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, value);
      break;
    }
    case DatagramOption::kReusePort:
      result = set(fd, SOL_SOCKET, SO_REUSEADDR, value);
      if (result == 0) result = set(fd, SOL_SOCKET, SO_REUSEPORT, value);
      break;
    case DatagramOption::kReceiveBuffer: result = set(fd, SOL_SOCKET, SO_RCVBUF, value); break;
    case DatagramOption::kSendBuffer: result = set(fd, SOL_SOCKET, SO_SNDBUF, value); break;
  }
  return result == 0 ? Errc::ok : from_errno(errno);
}

std::uint64_t UvDatagram::dropped() const {
  std::uint32_t figures[SK_MEMINFO_VARS] = {};
  socklen_t size = sizeof figures;
  if (::getsockopt(descriptor(), SOL_SOCKET, SO_MEMINFO, figures, &size) != 0) return 0;
  return figures[SK_MEMINFO_DROPS];
}

}  // namespace net::uv
