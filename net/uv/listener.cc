#include "net/uv/listener.h"

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <memory>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <unistd.h>

#include "net/uv/errors.h"
#include "net/uv/sockaddr.h"
#include "net/uv/stream.h"

namespace net::uv {
namespace {

// Failures of accept that concern the connection, which is gone, not the listener (accept(2), "Error
// handling").
bool concerns_connection(int number) {
  switch (number) {
    case EINTR:
    case ECONNABORTED:
    case EPROTO:
    case EPERM:
    case ENETDOWN:
    case ENOPROTOOPT:
    case EHOSTDOWN:
    case ENONET:
    case EHOSTUNREACH:
    case EOPNOTSUPP:
    case ENETUNREACH: return true;
    default: return false;
  }
}

}  // namespace

UvListener::UvListener(UvLoop& loop, const Destination& at, const ListenOptions& options)
    : UvSocket(loop), local_(at.endpoint), path_(at.path), options_(options), or_v4_(at.or_v4) {}

UvListener::~UvListener() {
  if (bound_path_) ::unlink(path_.c_str());
}

void UvListener::describe_local(TextBuffer& out) const {
  if (path_.empty()) {
    out << local_;
  } else {
    out << path_;
  }
}

void UvListener::ready(unsigned) {
  maybe_more_ = true;
  if (accepting().pending()) {
    accepting().wake();
  } else {
    disarm(kReadable);
  }
}

Progress UvListener::start_accept() {
  if (accepting().kind == AcceptOperation::Kind::kListen) return listen();
  if (maybe_more_ && accept(true) == Progress::kDone) return Progress::kDone;
  Errc code = arm(kReadable);
  return code == Errc::ok ? Progress::kPending : accepting().fail(code);
}

Progress UvListener::resume_accept() {
  if (accept(false) == Progress::kDone) return Progress::kDone;
  Errc code = arm(kReadable);
  return code == Errc::ok ? Progress::kPending : accepting().fail(code);
}

void UvListener::cancel_accept() { accepting().wake(Errc::cancelled); }

Progress UvListener::listen() {
  int number = try_listen();
  if (or_v4_ && (number == EAFNOSUPPORT || number == EADDRNOTAVAIL)) {
    local_ = Endpoint(Address::any_v4(), local_.port());
    number = try_listen();
  }
  if (number == 0) return Progress::kDone;
  close_descriptor();
  // Of a path to bind to, ENOENT means that its directory is not there.
  bool no_place = number == ENOENT || number == ENOTDIR;
  return accepting().fail(no_place ? Errc::address_not_available : from_errno(number), number);
}

int UvListener::try_listen() {
  bool unix_socket = !path_.empty();
  Family family = local_.address().family();
  int domain = unix_socket ? AF_UNIX : family == Family::kV6 ? AF_INET6 : AF_INET;
  close_descriptor();
  set_descriptor(::socket(domain, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (descriptor() < 0) return errno;
  SocketAddress address(local_, family);
  if (unix_socket) {
    address = SocketAddress(path_);
    if (address.length == 0) return ENAMETOOLONG;
  } else {
    // Without it a restarted server waits out its old connections' TIME_WAIT. Accepted sockets inherit
    // no-delay.
    set(descriptor(), SOL_SOCKET, SO_REUSEADDR, 1);
    set(descriptor(), IPPROTO_TCP, TCP_NODELAY, 1);
    if (family == Family::kV6) set(descriptor(), IPPROTO_IPV6, IPV6_V6ONLY, options_.dual_stack ? 0 : 1);
    if (options_.reuse_port && set(descriptor(), SOL_SOCKET, SO_REUSEPORT, 1) != 0) return errno;
  }
  if (::bind(descriptor(), address.get(), address.length) != 0) return errno;
  bound_path_ = unix_socket;
  if (::listen(descriptor(), options_.backlog) != 0) return errno;
  address.length = sizeof address.storage;
  ::getsockname(descriptor(), address.get(), &address.length);
  local_ = address.endpoint();
  return 0;
}

// `trying`: nobody has said that a connection waits. The system looks for a descriptor first, and for want of
// one would fail although there is nothing to accept.
Progress UvListener::accept(bool trying) {
  // Memory first: a connection that was taken from the queue could not be put back.
  auto* stream = new UvStream(loop(), UvStream::Type::kSocket);
  if (stream == nullptr) return accepting().fail(Errc::no_memory);
  for (;;) {
    SocketAddress peer;
    peer.length = sizeof peer.storage;
    int accepted = ::accept4(descriptor(), peer.get(), &peer.length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (accepted >= 0) {
      stream->adopt(accepted, peer.endpoint());
      accepting().accepted = stream;
      maybe_more_ = true;
      return Progress::kDone;
    }
    if (concerns_connection(errno)) continue;
    int number = errno;
    stream->close(false);
    if (number == EAGAIN || (trying && (number == EMFILE || number == ENFILE))) {
      maybe_more_ = false;
      return Progress::kPending;
    }
    return accepting().fail(from_errno(number), number);
  }
}

}  // namespace net::uv
