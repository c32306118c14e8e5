#include "net/http/connection.h"

#include "net/core/deadline.h"
#include "net/core/log.h"
#include "net/core/loop.h"
#include "net/core/sleep.h"
#include "net/http/burst.h"
#include "net/http/server_state.h"

namespace net::http {
namespace {

// How long a peer may take to notice that the connection ends (RFC 9112, 9.6).
constexpr Duration kLinger = std::chrono::seconds(2);
constexpr std::size_t kMostLingering = 1 << 20;
// A request counts as so many operations: sixteen that came together are one turn.
constexpr int kRequestCost = 7;

Task<> drop_input(Stream& stream) {
  std::size_t dropped = 0;
  while (dropped < kMostLingering) {
    std::span<std::byte> got = co_await stream.read_view();
    if (got.empty()) co_return;
    dropped += got.size();
  }
}

}  // namespace

void PhaseTimer::enter(Phase phase, TimePoint until) {
  phase_ = phase;
  until_ = until;
  if (!earlier(until, fires_)) return;
  fires_ = until;
  Timers::stop(*this);
  Loop::current().timers().start(*this, until);
}

void PhaseTimer::enter_for(Phase phase, Duration time) {
  enter(phase, later(Loop::current().iteration_time(), time));
}

void PhaseTimer::expire() {
  expired_ = true;
  Timers::stop(*this);
  group_.cancel();
}

void PhaseTimer::fire(Timer& timer) {
  auto& self = static_cast<PhaseTimer&>(timer);
  self.fires_ = kNever;
  if (self.until_ == kNever) return;
  if (earlier(Loop::current().now(), self.until_)) {
    self.enter(self.phase_, self.until_);
  } else {
    self.expire();
  }
}

void Talk::start(Task<> task) {
  auto* promise = task.release();
  if (promise == nullptr) {
    code_ = Errc::no_memory;
    return;
  }
  set_first(*promise);
  group_.start(*this);
}

void Talk::ended(Frame* first, const Error* error) {
  if (error != nullptr) {
    code_ = error->code();
    group_.fail(*error);
    return;
  }
  auto& promise = *static_cast<Promise<void>*>(first);
  if (promise.threw) {
    code_ = Errc::io_error;
    net::detail::tell(LogLevel::kError, "a handler ended by an exception: ", promise.thrown().what());
  }
  promise.handle().destroy();
}

Error Talk::error() const {
  const Error* told = group_.error();
  return told != nullptr ? *told : Error(code_, "handle a request");
}

Connection::Connection(Server& server, Stream stream) : server_(server), stream_(std::move(stream)) {
  server_.entered(*this);
}

Connection::~Connection() {
  end_burst();
  server_.left();
}

void Connection::drain() {
  closes_ = true;
  if (timer_.phase() == Phase::kIdle) timer_.expire();
  if (burst_ != nullptr) burst_->part();
}

// A handler that the server ended may have taken it for an ordinary end.
bool Connection::failed() const { return talk_.failed() || (burst_ != nullptr && burst_->parted()); }

bool Connection::begin_burst(std::span<std::byte> got) {
  burst_ = new Burst(*this);
  return burst_ != nullptr && burst_->keep(got);
}

void Connection::end_burst() { delete std::exchange(burst_, nullptr); }

// A request that has come whole, and whose answer waits to be sent with others, goes through here without
// waiting and with no frame but the handler's.
Task<> Connection::talk() {
  for (;;) {
    if (burst_ == nullptr) {
      if (server_.draining()) co_return;
      const ServerOptions& options = server_.options();
      timer_.enter_for(Phase::kIdle, answered_ == 0 ? options.head_time : options.idle_time);
      // Waits in memory that the loop lends.
      std::span<std::byte> got = co_await stream_.read_view(Burst::first_read(options));
      if (got.empty()) co_return;
      if (!begin_burst(got)) co_await fail(Errc::no_memory, "read a request");
    }
    Parse parsed = burst_->next_head();
    if (parsed == Parse::kMore && burst_->idle()) {
      if (burst_->has_output()) co_await burst_->send();
      end_burst();
      continue;
    }
    if (parsed != Parse::kDone) {
      bool has_request = co_await burst_->receive_head(parsed);
      if (!has_request) co_return;
    }
    if (!burst_->begin_answer()) co_await fail(Errc::no_memory, "read a request");
    co_await server_.handler()(burst_->request(), burst_->response());
    if (burst_->left()) co_return;
    if (!burst_->answer_ended()) co_await burst_->finish_answer();
    if (!burst_->body_ended()) {
      bool goes_on = co_await burst_->drop_body();
      if (!goes_on) co_return;
    }
    bool sends = burst_->end_answer();
    if (closes_ || sends) co_await burst_->send();
    if (!closes_) {
      if (spend(kRequestCost) && !burst_->idle()) co_await yield();
      continue;
    }
    end_burst();
    co_await linger();
    co_return;
  }
}

Task<> Connection::recover() {
  Error error = talk_.error();
  if (burst_ == nullptr) co_await fail(error);
  co_await burst_->recover(error);
}

// Ends the sending half and waits for the peer to end its own: closing at once would reset the connection where
// something is unread, and the peer might lose the answer to that (RFC 9112, 9.6).
Task<> Connection::linger() {
  timer_.enter(Phase::kIdle);
  co_await stream_.shutdown();
  // Nothing is left to be done about a peer that resets the connection, or that stays.
  Task<> dropping = drop_input(stream_);
  co_await result(timeout(kLinger, std::move(dropping)));
}

}  // namespace net::http
