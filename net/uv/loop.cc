#include "net/uv/loop.h"

#ifdef __linux__
#include <sys/epoll.h>
#endif

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <new>

#include <fcntl.h>
#include <unistd.h>

#include "net/uv/errors.h"
#include "net/uv/socket.h"

namespace net::uv {
namespace {

constexpr std::size_t kSharedBuffer = 65536;
constexpr int kEvents = 1024;             // taken from the kernel at a time
constexpr int kLongestWait = 86'400'000;  // milliseconds

template <class Handle>
uv_handle_t* as_handle(Handle* handle) {
  return reinterpret_cast<uv_handle_t*>(handle);
}

// A write to a pipe whose reader has gone gives broken_pipe instead of ending the process. (Sockets have
// MSG_NOSIGNAL; pipes have nothing of the kind.) A handler of the program's own stays.
void ignore_sigpipe() {
  struct sigaction now{};
  if (::sigaction(SIGPIPE, nullptr, &now) == 0 && now.sa_handler == SIG_DFL) std::signal(SIGPIPE, SIG_IGN);
}

// A program that was started without standard input, output or error would get the loop's own descriptors under
// their numbers: what it prints would go there, and libuv ends the program when it closes such a one.
void fill_standard_descriptors() {
  int opened = 0;
  do {
    opened = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  } while (opened >= 0 && opened <= STDERR_FILENO);
  if (opened >= 0) ::close(opened);
}

// A look-up that cannot be stopped outlives its loop.
std::atomic<bool> lookup_stays{false};

// libuv, when it is unloaded, waits for its threads and so for such a look-up (uv_library_shutdown). Then the
// program ends here, after everything else that it does at its end: the first function registered is the last
// called.
[[gnu::constructor(101)]] void end_without_libuv() {
  ::on_exit(
      [](int status, void*) {
        if (!lookup_stays) return;
        std::fflush(nullptr);
        ::_exit(status);
      },
      nullptr);
}

}  // namespace

// Several may watch one signal; libuv tells each.
class UvLoop::SignalHandle {
 public:
  uv_signal_t handle;
  SignalWatch* watch = nullptr;
};

std::unique_ptr<UvLoop> UvLoop::make() {
  ignore_sigpipe();
  fill_standard_descriptors();
  std::unique_ptr<UvLoop> loop(new UvLoop);
  auto libuv = std::make_unique<Libuv>();
  if (uv_loop_init(&libuv->loop) != 0) return nullptr;
  uv_timer_init(&libuv->loop, &libuv->timer);
  if (uv_async_init(&libuv->loop, &libuv->wakeup, [](uv_async_t*) {}) != 0) {
    uv_close(as_handle(&libuv->timer), nullptr);
    uv_run(&libuv->loop, UV_RUN_DEFAULT);
    uv_loop_close(&libuv->loop);
    return nullptr;
  }
  libuv->timer.data = loop.get();
  loop->libuv_ = std::move(libuv);
  loop->backend_ = uv_backend_fd(loop->handle());
  loop->epoch_ = uv_hrtime();
  return loop;
}

UvLoop::~UvLoop() {
  if (libuv_ == nullptr) return;
  for (std::unique_ptr<PollHandle>& poll : polls_) {
    if (poll != nullptr) uv_close(as_handle(&poll->handle), nullptr);
  }
  uv_close(as_handle(&libuv_->timer), nullptr);
  // The wake-up goes last: a post from another thread that is still under way finds it open (libuv#2226).
  uv_close(as_handle(&libuv_->wakeup), nullptr);
  while (uv_run(&libuv_->loop, UV_RUN_NOWAIT) != 0 && lookups_ == 0) {
  }
  if (lookups_ != 0) {
    // A name server keeps the system's resolver waiting, which cannot be stopped (libuv#2481). Its result will
    // be written into this memory, so it stays.
    static std::atomic<Libuv*> kept{nullptr};
    Libuv* stays = libuv_.release();
    stays->kept_before = kept.exchange(stays);
    lookup_stays = true;
    return;
  }
  uv_loop_close(&libuv_->loop);
}

TimePoint UvLoop::now() { return TimePoint(Duration(static_cast<std::int64_t>(uv_hrtime() - epoch_))); }

// One round of libuv's loop: waits, and calls back whatever has happened.
TimePoint UvLoop::run_libuv(TimePoint until) {
  registering_ = false;
  if (until <= iteration_time()) {
    uv_run(handle(), UV_RUN_NOWAIT);
    return now();
  }
  if (until != timer_until_) {
    timer_until_ = until;
    if (until == kNever) {
      uv_timer_stop(&libuv_->timer);
    } else {
      uv_update_time(handle());
      auto wait = std::chrono::ceil<std::chrono::milliseconds>(until - now()).count();
      uv_timer_start(
          &libuv_->timer,
          [](uv_timer_t* timer) {
            static_cast<UvLoop*>(timer->data)->timer_until_ = kNever;
            uv_stop(timer->loop);  // libuv looks at timers before it polls, and would then poll for ever
          },
          static_cast<std::uint64_t>(std::max<std::int64_t>(wait, 0)), 0);
    }
  }
  uv_run(handle(), UV_RUN_ONCE);
  return now();
}

#ifdef __linux__
// Waits on libuv's descriptor itself and tells our own sockets, which saves half of what a round costs. libuv's
// other handles (wake-up, signals, look-ups, a program's own) are left to its next round: epoll reports what
// nobody has dealt with again. Where libuv has work of its own, only such a round does it.
TimePoint UvLoop::poll(TimePoint until) {
  if (registering_) return run_libuv(until);
  if (timer_until_ != kNever) {
    uv_timer_stop(&libuv_->timer);
    timer_until_ = kNever;
  }
  int libuv_wait = uv_backend_timeout(handle());
  if (libuv_wait > 0) {
    uv_update_time(handle());
    libuv_wait = uv_backend_timeout(handle());
  }
  if (libuv_wait == 0) return run_libuv(until);
  int wait = libuv_wait;
  if (until != kNever) {
    auto ours = std::chrono::ceil<std::chrono::milliseconds>(until - now()).count();
    ours = std::clamp<std::int64_t>(ours, 0, kLongestWait);
    wait = wait < 0 ? static_cast<int>(ours) : std::min(wait, static_cast<int>(ours));
  }
  epoll_event events[kEvents];
  int count = ::epoll_wait(backend_, events, kEvents, wait);
  bool for_libuv = count <= 0 && libuv_wait > 0;
  for (int i = 0; i < count; ++i) {
    auto descriptor = static_cast<std::size_t>(events[i].data.fd);
    PollHandle* poll = descriptor < polls_.size() ? polls_[descriptor].get() : nullptr;
    if (poll == nullptr || poll->owner == nullptr) {
      for_libuv = true;
    } else {
      UvSocket::tell(*poll, events[i].events);
    }
  }
  if (for_libuv) uv_run(handle(), UV_RUN_NOWAIT);
  if (until != kNever || for_libuv) return now();
  // Only for noting the time, which a coarse clock will do for. It is behind the other by up to a tick, and the
  // loop's time neither goes back nor begins before zero.
  timespec coarse;
  ::clock_gettime(CLOCK_MONOTONIC_COARSE, &coarse);
  auto time =
      static_cast<std::uint64_t>(coarse.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(coarse.tv_nsec);
  return std::max(iteration_time(), TimePoint(Duration(static_cast<std::int64_t>(time - epoch_))));
}
#else
TimePoint UvLoop::poll(TimePoint until) { return run_libuv(until); }
#endif

void UvLoop::begin_lending() {
  static NET_THREAD_LOCAL const UvLoop* lending = nullptr;  // compared only, where it may have gone
  lending = this;
  lender_.store([](const Loop& loop,
                   std::span<const std::byte> data) { return &loop == lending && lending->lends(data); },
                std::memory_order_relaxed);
}

std::span<std::byte> UvLoop::shared_buffer() {
  if (buffer_ == nullptr) buffer_.reset(new (std::nothrow) std::byte[kSharedBuffer]);
  begin_lending();
  return {buffer_.get(), buffer_ == nullptr ? 0 : kSharedBuffer};
}

std::byte* UvLoop::datagram_buffer() {
  if (datagrams_ == nullptr) datagrams_.reset(new (std::nothrow) std::byte[kDatagram * kDatagrams]);
  begin_lending();
  return datagrams_.get();
}

bool UvLoop::lends(std::span<const std::byte> data) const {
  auto within = [&](const std::byte* begin, std::size_t size) {
    return begin != nullptr && data.data() >= begin && data.data() < begin + size;
  };
  return within(buffer_.get(), kSharedBuffer) || within(datagrams_.get(), kDatagram * kDatagrams);
}

PollHandle* UvLoop::poll_handle(int descriptor, Errc& code) {
  auto index = static_cast<std::size_t>(descriptor);
  if (index >= polls_.size()) polls_.resize(std::max(index + 1, polls_.size() * 2));
  std::unique_ptr<PollHandle>& poll = polls_[index];
  if (poll == nullptr) {
    auto made = std::make_unique<PollHandle>();
    int status = uv_poll_init(handle(), &made->handle, descriptor);
    if (status != 0) {
      code = from_status(status);
      return nullptr;
    }
    poll = std::move(made);
  }
  return poll.get();
}

Errc UvLoop::watch(SignalWatch& watch) {
  auto signal = std::make_unique<SignalHandle>();
  int status = uv_signal_init(handle(), &signal->handle);
  if (status != 0) return from_status(status);
  SignalHandle* kept = signal.release();
  kept->handle.data = kept;
  kept->watch = &watch;
  signals_.push_back(kept);
  status = uv_signal_start(
      &kept->handle,
      [](uv_signal_t* arrived, int) { static_cast<SignalHandle*>(arrived->data)->watch->arrived(); },
      watch.number());
  if (status == 0) return Errc::ok;
  unwatch(watch);
  return from_status(status);
}

void UvLoop::unwatch(SignalWatch& watch) {
  auto found =
      std::find_if(signals_.begin(), signals_.end(), [&](SignalHandle* s) { return s->watch == &watch; });
  if (found == signals_.end()) return;
  SignalHandle* signal = *found;
  signals_.erase(found);
  uv_close(as_handle(&signal->handle),
           [](uv_handle_t* closed) { delete static_cast<SignalHandle*>(closed->data); });
}

}  // namespace net::uv
