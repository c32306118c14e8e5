// UvSocket: a non-blocking descriptor and its readiness.
//
// All system calls on sockets are in this folder's stream, listener and datagram files.
#pragma once

#include "net/core/error.h"
#include "net/uv/loop.h"

namespace net::uv {

class UvSocket {
 public:
  explicit UvSocket(UvLoop& loop) : loop_(loop) {}
  UvSocket(const UvSocket&) = delete;
  UvSocket& operator=(const UvSocket&) = delete;

  // For the loop: epoll has reported `events` (of epoll) for an active handle.
  static void tell(PollHandle& poll, unsigned events);

 protected:
  ~UvSocket() { close_descriptor(); }

  enum : unsigned { kReadable = UV_READABLE, kWritable = UV_WRITABLE };
  // Readiness, or an error that the next call on the descriptor will report.
  virtual void ready(unsigned events) = 0;

  // Watches for more events, or fewer. Watching goes on until `disarm`, whoever waits: stopping and starting
  // for each operation would cost two system calls.
  Errc arm(unsigned events);
  void disarm(unsigned events);
  void close_descriptor();

  [[nodiscard]] int descriptor() const { return descriptor_; }
  void set_descriptor(int descriptor) { descriptor_ = descriptor; }
  [[nodiscard]] UvLoop& loop() const { return loop_; }

 private:
  static void on_poll(uv_poll_t* handle, int status, int events);

  UvLoop& loop_;
  int descriptor_ = -1;
  unsigned armed_ = 0;
};

}  // namespace net::uv
