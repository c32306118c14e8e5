#include "net/uv/network.h"

#include <cerrno>
#include <memory>
#include <string>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <netdb.h>
#include <unistd.h>

#include "net/core/fatal.h"
#include "net/uv/datagram.h"
#include "net/uv/errors.h"
#include "net/uv/listener.h"
#include "net/uv/sockaddr.h"
#include "net/uv/stream.h"

namespace net::uv {
namespace {

int domain_of(Family family) {
  return family == Family::kV6 ? AF_INET6 : family == Family::kV4 ? AF_INET : AF_UNIX;
}

int make_socket(Family family, int type, Errc& code) {
  int descriptor = ::socket(domain_of(family), type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) code = from_errno(errno);
  return descriptor;
}

}  // namespace

StreamSocket* UvNetwork::make_stream(Family family, Errc& code) {
  auto* stream = new UvStream(loop_, UvStream::Type::kSocket);
  if (stream == nullptr) {
    code = Errc::no_memory;
    return nullptr;
  }
  int descriptor = make_socket(family, SOCK_STREAM, code);
  if (descriptor < 0) {
    stream->close(false);
    return nullptr;
  }
  if (family != Family::kNone) {
    int on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  stream->adopt(descriptor, Endpoint());
  stream->set_family(family);
  return stream;
}

ListenerSocket* UvNetwork::make_listener(const Destination& at, const ListenOptions& options, Errc& code) {
  auto* listener = new UvListener(loop_, at, options);
  if (listener == nullptr) code = Errc::no_memory;
  return listener;
}

DatagramSocket* UvNetwork::make_datagram(Family family, Errc& code) {
  int descriptor = make_socket(family, SOCK_DGRAM, code);
  if (descriptor < 0) return nullptr;
  // Only groups that this very socket joined, not those of others on the host (ip(7), IP_MULTICAST_ALL).
  int off = 0;
  ::setsockopt(descriptor, IPPROTO_IP, IP_MULTICAST_ALL, &off, sizeof off);
  if (family == Family::kV6) {
    ::setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    ::setsockopt(descriptor, IPPROTO_IPV6, IPV6_MULTICAST_ALL, &off, sizeof off);
  }
  auto* socket = new UvDatagram(loop_, descriptor, family);
  if (socket == nullptr) {
    code = Errc::no_memory;
    ::close(descriptor);
  }
  return socket;
}

std::uint32_t UvNetwork::random() {
  if (left_ == 0) {
    if (uv_random(nullptr, nullptr, numbers_.data(), sizeof numbers_, 0, nullptr) != 0)
      detail::fatal("the system has no random numbers");
    left_ = numbers_.size();
  }
  return std::exchange(numbers_[--left_], 0);
}

// One look-up. It outlives its operation when that is cancelled, as getaddrinfo cannot be stopped.
struct Lookup {
  uv_getaddrinfo_t request;
  UvLoop* loop;
  ResolveOperation* operation;
  std::string host;

  static void on_done(uv_getaddrinfo_t* request, int status, addrinfo* found) {
    std::unique_ptr<Lookup> self(static_cast<Lookup*>(request->data));
    if (self->loop != nullptr) self->loop->lookup_ended();
    if (ResolveOperation* operation = self->operation) {
      operation->state = nullptr;
      for (addrinfo* each = found; each != nullptr; each = each->ai_next) {
        operation->found.push_back(SocketAddress::from(each->ai_addr, each->ai_addrlen).address());
      }
      if (status == 0 && !operation->found.empty()) {
        operation->wake();
      } else {
        operation->wake(status == 0 ? Errc::host_not_found : from_status(status), status);
      }
    }
    uv_freeaddrinfo(found);
  }
};

Progress UvNetwork::start_resolve(ResolveOperation& operation) {
  auto lookup = std::make_unique<Lookup>();
  lookup->loop = &loop_;
  lookup->operation = &operation;
  lookup->host = operation.host;
  lookup->request.data = lookup.get();
  addrinfo hints{};
  hints.ai_family = operation.family == Family::kNone ? AF_UNSPEC : domain_of(operation.family);
  hints.ai_socktype = SOCK_STREAM;  // each address once, not once for each type
  int status =
      uv_getaddrinfo(loop_.handle(), &lookup->request, Lookup::on_done, lookup->host.c_str(), nullptr, &hints);
  // A name that is too long or not a name at all is refused here.
  if (status != 0) return operation.fail(status == UV_ENOMEM ? Errc::no_memory : Errc::host_not_found, status);
  loop_.lookup_started();
  operation.state = lookup.release();
  return Progress::kPending;
}

Progress UvNetwork::resume_resolve(ResolveOperation&) { return Progress::kDone; }

void UvNetwork::cancel_resolve(ResolveOperation& operation) {
  auto* lookup = static_cast<Lookup*>(operation.state);
  if (lookup == nullptr) return;  // the answer is here
  operation.state = nullptr;
  lookup->operation = nullptr;
  uv_cancel(reinterpret_cast<uv_req_t*>(&lookup->request));  // succeeds while it is queued
  operation.wake(Errc::cancelled);
}

}  // namespace net::uv
