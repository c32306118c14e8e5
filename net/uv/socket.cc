#include "net/uv/socket.h"

#include <utility>

#include <sys/epoll.h>

#include <unistd.h>

#include "net/uv/errors.h"

namespace net::uv {

Errc UvSocket::arm(unsigned events) {
  unsigned wanted = armed_ | events;
  if (wanted == armed_) return Errc::ok;
  Errc code = Errc::ok;
  PollHandle* poll = loop_.poll_handle(descriptor_, code);
  if (poll == nullptr) return code;
  poll->owner = this;
  int status = uv_poll_start(&poll->handle, static_cast<int>(wanted), on_poll);
  if (status != 0) return from_status(status);
  armed_ = wanted;
  loop_.poll_started();
  return Errc::ok;
}

void UvSocket::tell(PollHandle& poll, unsigned events) {
  // An error or a hang-up is for whoever waits, whichever way.
  unsigned ready = 0;
  if ((events & ~static_cast<unsigned>(EPOLLOUT)) != 0) ready |= kReadable;
  if ((events & ~static_cast<unsigned>(EPOLLIN)) != 0) ready |= kWritable;
  poll.owner->ready(ready);
}

void UvSocket::disarm(unsigned events) {
  unsigned wanted = armed_ & ~events;
  if (wanted == armed_) return;
  Errc code = Errc::ok;
  PollHandle* poll = loop_.poll_handle(descriptor_, code);
  if (wanted == 0) {
    uv_poll_stop(&poll->handle);
    poll->owner = nullptr;
  } else {
    uv_poll_start(&poll->handle, static_cast<int>(wanted), on_poll);
    loop_.poll_started();
  }
  armed_ = wanted;
}

void UvSocket::close_descriptor() {
  if (descriptor_ < 0) return;
  disarm(armed_);
  ::close(std::exchange(descriptor_, -1));
}

void UvSocket::on_poll(uv_poll_t* handle, int status, int events) {
  UvSocket& socket = *reinterpret_cast<PollHandle*>(handle)->owner;
  if (status < 0) {
    // An error condition: libuv has stopped the handle and says only that. The next call on the descriptor
    // has the real error, so whoever waits must try.
    socket.armed_ = 0;
    reinterpret_cast<PollHandle*>(handle)->owner = nullptr;
    socket.ready(kReadable | kWritable);
    return;
  }
  socket.ready(static_cast<unsigned>(events));
}

}  // namespace net::uv
