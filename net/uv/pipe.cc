#include "net/uv/pipe.h"

#include <cerrno>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <unistd.h>

#include "net/uv/errors.h"
#include "net/uv/sockaddr.h"
#include "net/uv/stream.h"

namespace net::uv {
namespace {

UvStream* make_stream(int descriptor, UvStream::Type type) {
  auto* stream = new UvStream(static_cast<UvLoop&>(Loop::current()), type);
  if (stream == nullptr) {
    ::close(descriptor);
    return nullptr;
  }
  stream->adopt(descriptor, Endpoint());
  return stream;
}

// Neither files nor some devices, such as /dev/null, can.
bool can_be_waited_for(int descriptor) {
  int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  epoll_event nothing{};
  bool can = ::epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &nothing) == 0 || errno != EPERM;
  ::close(epoll);
  return can;
}

}  // namespace

Result<std::pair<Stream, Stream>> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0) return failure(from_errno(errno), "make a pipe", errno);
  std::pair<Stream, Stream> streams(Stream(make_stream(ends[0], UvStream::Type::kPipe)),
                                    Stream(make_stream(ends[1], UvStream::Type::kPipe)));
  if (!streams.first || !streams.second) return failure(Errc::no_memory, "make a pipe");
  return streams;
}

Result<Stream> adopt(int descriptor) {
  struct stat about{};
  int flags = ::fcntl(descriptor, F_GETFL);
  if (flags < 0 || ::fstat(descriptor, &about) != 0)
    return failure(Errc::invalid_argument, "adopt a descriptor", errno);
  bool socket = S_ISSOCK(about.st_mode);
  if (!can_be_waited_for(descriptor)) {
    ::close(descriptor);
    return failure(Errc::not_supported, "adopt a descriptor");
  }
  ::fcntl(descriptor, F_SETFL, flags | O_NONBLOCK);
  UvStream* stream = make_stream(descriptor, socket ? UvStream::Type::kSocket : UvStream::Type::kPipe);
  if (stream == nullptr) return failure(Errc::no_memory, "adopt a descriptor");
  SocketAddress peer;
  peer.length = sizeof peer.storage;
  if (socket && ::getpeername(descriptor, peer.get(), &peer.length) == 0)
    stream->adopt(descriptor, peer.endpoint());
  return Stream(stream);
}

}  // namespace net::uv
