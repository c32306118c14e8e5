// UvLoop: Loop over libuv.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include <uv.h>

#include "net/core/loop.h"

namespace net::uv {

class UvSocket;

// A poll handle of one descriptor number. It is kept when its socket closes, stopped, and serves the next
// socket that gets the number: libuv checks a descriptor with three system calls when a handle is made.
class PollHandle {
 public:
  uv_poll_t handle;
  UvSocket* owner = nullptr;  // null while the handle is stopped
};

class UvLoop final : public Loop {
 public:
  // Null when libuv cannot make a loop (descriptors or memory).
  static std::unique_ptr<UvLoop> make();
  // Every task has ended and every socket is closed.
  ~UvLoop();

  TimePoint now() override;
  Errc watch(SignalWatch& watch) override;
  void unwatch(SignalWatch& watch) override;

  [[nodiscard]] uv_loop_t* handle() { return &libuv_->loop; }
  // What `read_view` lends. Its content lasts until another task reads into it.
  [[nodiscard]] std::span<std::byte> shared_buffer();
  // What `receive_view` and batched receives use: room for several whole datagrams. Null without memory.
  [[nodiscard]] std::byte* datagram_buffer();
  static constexpr std::size_t kDatagram = 65536;
  static constexpr std::size_t kDatagrams = 16;
  // Whether these bytes lie in one of the two, to be overwritten when another task receives.
  [[nodiscard]] bool lends(std::span<const std::byte> data) const;
  // Whose datagrams wait in that buffer.
  const void* datagram_owner = nullptr;

  // The poll handle for `descriptor`, made at first need; null with the reason in `code`.
  PollHandle* poll_handle(int descriptor, Errc& code);
  // A poll handle was started: libuv registers it with the kernel in its next round.
  void poll_started() { registering_ = true; }
  // Look-ups that libuv has not finished.
  void lookup_started() { ++lookups_; }
  void lookup_ended() { --lookups_; }

 protected:
  TimePoint poll(TimePoint until) override;
  void interrupt() override { uv_async_send(&libuv_->wakeup); }

 private:
  class SignalHandle;
  // libuv's objects, which a look-up that cannot be stopped must be able to outlive the loop in.
  struct Libuv {
    uv_loop_t loop;
    uv_timer_t timer;
    uv_async_t wakeup;
    Libuv* kept_before = nullptr;
  };
  UvLoop() = default;
  TimePoint run_libuv(TimePoint until);
  // This thread's tasks are lent memory of this loop.
  void begin_lending();

  std::unique_ptr<Libuv> libuv_;
  int backend_ = -1;  // libuv's epoll descriptor
  std::uint64_t epoch_ = 0;
  TimePoint timer_until_ = kNever;  // what the timer is set for
  bool registering_ = false;
  std::vector<std::unique_ptr<PollHandle>> polls_;
  std::vector<SignalHandle*> signals_;
  std::unique_ptr<std::byte[]> buffer_;
  std::unique_ptr<std::byte[]> datagrams_;
  int lookups_ = 0;
};

}  // namespace net::uv
