#include "net/http/connection.h"

#include <algorithm>
#include <array>

#include "net/core/deadline.h"
#include "net/core/log.h"
#include "net/core/loop.h"
#include "net/http/server_state.h"
#include "net/http/status.h"

namespace net::http {
namespace {

// What is read at once, and what a block for a head has at first.
constexpr std::size_t kBlock = 4096;
// Of content that nobody reads, before the connection ends instead.
constexpr std::size_t kMostSkipped = 65536;
// Of content that goes out at a time, with `write_time` for each.
constexpr std::size_t kPart = 131072;
// How long a peer may take to notice that the connection ends (RFC 9112, 9.6).
constexpr Duration kLinger = std::chrono::seconds(2);
constexpr std::size_t kMostLingering = 1 << 20;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

// The time in which the loop is, which is near enough for limits of seconds.
TimePoint in(Duration time) {
  TimePoint now = Loop::current().iteration_time();
  return time > kNever - now ? kNever : now + time;
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

Connection::Connection(Server& server, Stream stream)
    : server_(server),
      stream_(std::move(stream)),
      input_(stream_, std::min<std::size_t>(kBlock, server.options().head.bytes), server.options().head.bytes),
      output_(stream_, server.options().output),
      body_(input_),
      parser_(server.options().head) {
  server_.entered(*this);
}

Connection::~Connection() {
  request_.forget();
  server_.left();
}

void Connection::drain() {
  closes_ = true;
  if (timer_.phase() == Phase::kIdle) timer_.expire();
}

// A request that has come whole, and whose answer waits to be sent with others, goes through here without
// waiting and with no frame but the handler's.
Task<> Connection::talk() {
  for (;;) {
    parser_.reset();
    Parse parsed = input_.empty() ? Parse::kMore : parser_.parse(input_.unread());
    if (parsed != Parse::kDone) {
      bool has_request = co_await receive_head(parsed);
      if (!has_request) co_return;
    }
    if (!begin_answer()) co_await fail(Errc::no_memory, "read a request");
    response_.begin();
    answering_ = true;
    co_await server_.handler()(request_, response_);
    if (upgraded_) co_return;
    if (response_.state_ != Response::State::kDone) co_await response_.finish();
    answering_ = false;
    if (!body_.ended()) {
      bool goes_on = co_await drop_body();
      if (!goes_on) co_return;
    }
    request_.forget();
    input_.let_go();
    // Half of the output is for the next answer's header.
    bool full = ++gathered_ >= server_.options().pipelined || output_.room() < output_.size();
    if (closes_ || full) co_await flush();
    if (closes_) co_return;
  }
}

// What has come so far was no whole head. False at the end of the connection.
Task<bool> Connection::receive_head(Parse parsed) {
  const ServerOptions& options = server_.options();
  for (;;) {
    if (parsed == Parse::kRefused) {
      co_await refuse(parser_.refusal(), parser_.reason());
      co_return false;
    }
    if (!output_.empty()) co_await flush();
    if (input_.empty()) {
      input_.release_if_empty();
      output_.release();
      if (server_.draining()) co_return false;
      timer_.enter(Phase::kIdle, in(answered_ == 0 ? options.head_time : options.idle_time));
    } else if (timer_.phase() != Phase::kHead) {
      timer_.enter(Phase::kHead, in(options.head_time));
    }
    Errc room = input_.prepare();
    if (room != Errc::ok) co_await fail(room, "read a request");
    std::span<std::byte> got = co_await input_.receive();
    if (!input_.keep(got)) co_await fail(Errc::no_memory, "read a request");
    if (got.empty()) co_return false;
    parsed = parser_.parse(input_.unread());
    if (parsed == Parse::kDone) co_return true;
  }
}

// False without memory.
bool Connection::begin_answer() {
  const ServerOptions& options = server_.options();
  Framing framing = parser_.framing();
  if (!input_.hold(parser_.size(), framing.kind == Framing::Kind::kChunked)) return false;
  body_.begin(framing, options.body_bytes);
  body_began_ = {};
  continue_ = parser_.expects_continue();
  ++answered_;
  closes_ = !parser_.keeps_alive() || server_.draining() || answered_ >= options.requests;
  timer_.enter(Phase::kHandler);
  ++server_.counters().requests;
  return true;
}

// The handler has left some of the body. False if the connection ends.
Task<bool> Connection::drop_body() {
  // A sender that still waits to be told to go on may never send it.
  bool dropped = !continue_ && !closes_;
  if (dropped) {
    if (input_.empty()) co_await flush();
    timer_.enter(Phase::kBody, in(server_.options().body_time));
    dropped = co_await body_.skip(kMostSkipped);
  }
  if (!dropped) {
    co_await flush();
    co_await linger();
  }
  co_return dropped;
}

Task<> Connection::flush(Bytes data, Bytes tail) {
  gathered_ = 0;
  // A peer that takes its answer slowly has its time for each part.
  do {
    Bytes part = data.first(std::min(data.size(), kPart));
    data = data.subspan(part.size());
    timer_.enter(Phase::kWrite, in(server_.options().write_time));
    co_await output_.flush(part, data.empty() ? tail : Bytes());
  } while (!data.empty());
  timer_.enter(Phase::kHandler);
}

// Sends what comes before the answer that has begun. What there is of that one's header stays: it may still
// change.
Task<> Connection::flush_before() {
  gathered_ = 0;
  timer_.enter(Phase::kWrite, in(server_.options().write_time));
  co_await output_.flush_first(response_.mark_);
  response_.mark_ = 0;
}

Task<std::span<std::byte>> Connection::read_body(std::span<std::byte> buffer) {
  const ServerOptions& options = server_.options();
  if (body_.ended() || buffer.empty()) co_return buffer.first(0);
  if (body_.too_long()) co_await fail(Errc::limit_exceeded, "read a body");
  if (body_began_ == TimePoint()) body_began_ = Loop::current().iteration_time();
  if (std::exchange(continue_, false) && body_.untouched() && !response_.started()) {
    bool fits = output_.replace(response_.mark_, 0, kContinue);
    if (!fits) co_await fail(Errc::no_memory, "let a body come");
    response_.mark_ += kContinue.size();
  }
  // The peer may wait for the answers before it sends more.
  if (input_.empty() && !output_.empty()) {
    if (response_.started()) {
      co_await flush();
    } else if (response_.mark_ != 0) {
      co_await flush_before();
    }
  }
  TimePoint all = body_began_ + options.body_time;
  if (options.body_rate != 0) all += std::chrono::seconds(body_.received() / options.body_rate);
  TimePoint next = in(options.body_time);
  timer_.enter(Phase::kBody, earlier(next, all) ? next : all);
  std::span<std::byte> got = co_await body_.read(buffer);
  timer_.enter(Phase::kHandler);
  co_return got;
}

// What the failure of a request means to its peer; 0: nothing can be said.
int Connection::status_of(const Error& error) const {
  if (answering_ && response_.started()) return 0;
  // What is before the answer was perhaps sent in part.
  if (timer_.phase() == Phase::kWrite) return 0;
  // Whoever has sent nothing is not waiting for an answer (RFC 9110, 15.5.9).
  if (timer_.expired()) return timer_.phase() == Phase::kHead || timer_.phase() == Phase::kBody ? 408 : 0;
  if (!answering_ || upgraded_) return 0;
  if (body_.too_long()) return 413;
  // A peer that resets the connection within its request has gone, and its handler has done nothing wrong.
  if (!body_.ended() && (error == Errc::connection_reset || error == Errc::broken_pipe)) return 0;
  if (!body_.ended() && (error == Errc::protocol_error || error == Errc::end_of_stream)) return 400;
  return error == Errc::no_memory ? 503 : 500;
}

// Answers for a request that failed, where nothing of another answer has been sent. A whole answer stays.
Task<> Connection::recover() {
  Error error = talk_.error();
  int status = status_of(error);
  bool answered = answering_ && response_.state_ == Response::State::kDone && !timer_.expired();
  if (status >= 500 || answered) {
    ++server_.counters().failed;
    net::detail::tell(LogLevel::kWarn, parser_.method(), " ", request_.path(), " failed: ", error);
  }
  if (answered) {
    co_await timeout(server_.options().write_time, flush());
    co_await linger();
    co_return;
  }
  if (status == 0) {
    // Half an answer must not be taken for a whole one.
    if (answering_ && !upgraded_) stream_.abort();
    co_await fail(error);
  }
  if (answering_) output_.truncate(response_.mark_);
  co_await timeout(server_.options().write_time, refuse(status, {}));
}

// Answers what the server itself answers, and ends the connection.
Task<> Connection::refuse(int status, std::string_view reason) {
  if (status < 500) ++server_.counters().refused;
  if (output_.room() < output_.size()) co_await flush();
  std::string_view phrase = reason_phrase(status);
  bool fits =
      output_.append("HTTP/1.1 ") && output_.append(static_cast<std::uint64_t>(status)) &&
      output_.append(" ") && output_.append(phrase) && output_.append("\r\n") &&
      output_.append(server_.date_line()) &&
      output_.append("Content-Type: text/plain; charset=utf-8\r\nConnection: close\r\nContent-Length: ") &&
      output_.append(phrase.size() + (reason.empty() ? 0 : reason.size() + 2) + 1) &&
      output_.append("\r\n\r\n") && output_.append(phrase);
  if (fits && !reason.empty()) fits = output_.append(": ") && output_.append(reason);
  if (!fits || !output_.append("\n")) co_await fail(Errc::no_memory, "refuse a request");
  co_await flush();
  co_await linger();
}

// Ends the sending half and waits for the peer to end its own: closing at once would reset the connection where
// something is unread, and the peer might lose the answer to that (RFC 9112, 9.6).
Task<> Connection::linger() {
  co_await stream_.shutdown();
  co_await timeout(kLinger, drop_input());
}

Task<> Connection::drop_input() {
  std::size_t dropped = 0;
  while (dropped < kMostLingering) {
    std::span<std::byte> got = co_await stream_.read_view();
    if (got.empty()) co_return;
    dropped += got.size();
  }
}

}  // namespace net::http
