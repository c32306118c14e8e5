#include "net/http/burst.h"

#include <algorithm>
#include <utility>

#include "net/core/deadline.h"
#include "net/core/log.h"
#include "net/core/loop.h"
#include "net/http/connection.h"
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
// Of content that waits where it is, to go out with what comes behind it.
constexpr std::size_t kMostShared = 2 * kPart;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

// Breaks the stream if the scope is left before all has been sent: nothing may follow half an answer, whatever
// a handler does after its write has failed.
class Sending {
 public:
  explicit Sending(Stream& stream) : stream_(stream) {}
  Sending(const Sending&) = delete;
  Sending& operator=(const Sending&) = delete;
  ~Sending() {
    if (!done_) stream_.abort();
  }
  void done() { done_ = true; }

 private:
  Stream& stream_;
  bool done_ = false;
};

}  // namespace

Burst::Burst(Connection& connection)
    : connection_(connection),
      input_(connection.stream_, first_read(options()), options().head.bytes),
      output_(connection.stream_, options().output),
      body_(input_),
      parser_(options().head, &seen_) {}

std::size_t Burst::first_read(const ServerOptions& options) {
  return std::min<std::size_t>(kBlock, options.head.bytes);
}

const ServerOptions& Burst::options() const { return connection_.server_.options(); }

Task<bool> Burst::receive_head(Parse parsed) {
  PhaseTimer& timer = connection_.timer_;
  for (;;) {
    if (parsed == Parse::kRefused) {
      co_await refuse(parser_.refusal(), parser_.reason());
      co_return false;
    }
    if (!output_.empty()) co_await flush();
    if (timer.phase() != Phase::kHead) timer.enter_for(Phase::kHead, options().head_time);
    bool more = co_await input_.fill();
    if (!more) co_return false;
    parsed = parser_.parse(input_.unread());
    if (parsed == Parse::kDone) co_return true;
  }
}

bool Burst::begin_answer() {
  Framing framing = parser_.framing();
  response_.begin();
  answering_ = true;
  const char* head = input_.hold(parser_.size(), framing.kind == Framing::Kind::kChunked);
  if (head == nullptr) return false;
  parser_.moved_to(head);
  body_.begin(framing, options().body_bytes);
  body_began_ = {};
  continue_ = parser_.expects_continue();
  Server& server = connection_.server_;
  std::uint64_t answered = ++connection_.answered_;
  connection_.closes_ = !parser_.keeps_alive() || server.draining() || answered >= options().requests;
  connection_.timer_.enter(Phase::kHandler);
  ++server.counters().requests;
  return true;
}

bool Burst::can_drop_body() const {
  return !waits_to_send() && !body_.too_long() && body_.can_skip(kMostSkipped);
}

Task<bool> Burst::drop_body() {
  answering_ = false;
  bool dropped = !connection_.closes_ && can_drop_body();
  if (dropped) {
    if (!body_.has_come()) co_await flush();
    connection_.timer_.enter_for(Phase::kBody, options().body_time);
    dropped = co_await body_.skip(kMostSkipped);
  }
  if (!dropped) {
    co_await flush();
    co_await connection_.linger();
  }
  co_return dropped;
}

bool Burst::end_answer() {
  answering_ = false;
  request_.forget();
  input_.let_go();
  // Half of the output is for the next answer's header.
  return ++gathered_ >= options().pipelined || output_.room() < output_.size();
}

bool Burst::share(Bytes content, std::shared_ptr<const void>&& owner) {
  bool waits = !idle() && !connection_.closes_ && output_.shared_size() + content.size() <= kMostShared;
  return waits && output_.share(content, std::move(owner));
}

Duration Burst::write_time() const {
  return options().write_time * static_cast<int>(1 + output_.shared_size() / kPart);
}

Op<void> Burst::send() {
  gathered_ = 0;
  connection_.timer_.enter_for(Phase::kWrite, write_time());
  return output_.send();
}

Task<> Burst::flush(Bytes data, Bytes tail) {
  // What is cancelled before it begins has sent nothing, and loses nothing.
  if (context.fiber->cancelled()) co_await fail(Errc::cancelled);
  Sending sending(connection_.stream_);
  gathered_ = 0;
  do {
    Bytes part = data.first(std::min(data.size(), kPart));
    data = data.subspan(part.size());
    connection_.timer_.enter_for(Phase::kWrite, write_time());
    co_await output_.flush(part, data.empty() ? tail : Bytes());
  } while (!data.empty());
  sending.done();
  connection_.timer_.enter(Phase::kHandler);
  if (response_.endless_) part();
}

// Sends what comes before the answer that has begun. What there is of that one's header stays: it may still
// change.
Task<> Burst::flush_before() {
  if (context.fiber->cancelled()) co_await fail(Errc::cancelled);
  Sending sending(connection_.stream_);
  gathered_ = 0;
  connection_.timer_.enter_for(Phase::kWrite, write_time());
  co_await output_.flush_first(response_.mark_);
  sending.done();
  response_.mark_ = 0;
}

Task<std::span<std::byte>> Burst::read_body(std::span<std::byte> buffer) {
  const ServerOptions& limits = options();
  if (body_.ended() || buffer.empty()) co_return buffer.first(0);
  if (body_.too_long()) co_await fail(Errc::limit_exceeded, "read a body");
  if (body_began_ == TimePoint()) body_began_ = Loop::current().iteration_time();
  if (std::exchange(continue_, false) && body_.untouched() && !response_.started()) {
    bool fits = output_.replace(response_.mark_, 0, kContinue);
    if (!fits) co_await fail(Errc::no_memory, "let a body come");
    response_.mark_ += kContinue.size();
  }
  // The peer may wait for the answers before it sends more.
  if (!output_.empty() && body_.waits()) {
    if (response_.started()) {
      co_await flush();
    } else if (response_.mark_ != 0) {
      co_await flush_before();
    }
  }
  TimePoint all = later(body_began_, limits.body_time);
  if (limits.body_rate != 0) all = later(all, std::chrono::seconds(body_.received() / limits.body_rate));
  TimePoint next = later(Loop::current().iteration_time(), limits.body_time);
  connection_.timer_.enter(Phase::kBody, earlier(next, all) ? next : all);
  std::span<std::byte> got = co_await body_.read(buffer);
  connection_.timer_.enter(Phase::kHandler);
  co_return got;
}

// What the failure of a request means to its peer; 0: nothing can be said.
int Burst::status_of(const Error& error) const {
  const PhaseTimer& timer = connection_.timer_;
  if (answering_ && response_.started()) return 0;
  // What is before the answer was perhaps sent in part.
  if (timer.phase() == Phase::kWrite) return 0;
  // Whoever has sent nothing, or has its answer, is not waiting for one (RFC 9110, 15.5.9).
  if (timer.expired()) {
    return timer.phase() == Phase::kHead || (timer.phase() == Phase::kBody && answering_) ? 408 : 0;
  }
  if (!answering_ || upgraded_) return 0;
  if (body_.too_long()) return 413;
  // A peer that resets the connection within its request has gone, and its handler has done nothing wrong.
  if (!body_.ended() && (error == Errc::connection_reset || error == Errc::broken_pipe)) return 0;
  if (!body_.ended() && (error == Errc::protocol_error || error == Errc::end_of_stream)) return 400;
  return error == Errc::no_memory || error == Errc::too_many_open ? 503 : 500;
}

void Burst::part() {
  bool is_time = response_.endless_ && answering_ && !parted_ && connection_.server_.draining();
  if (!is_time || is_held() || connection_.timer_.phase() == Phase::kWrite) return;
  parted_ = true;
  connection_.closes_ = true;
  connection_.timer_.expire();
}

void Burst::take_back(Stream stream, Bytes words) {
  connection_.stream_ = std::move(stream);
  // Without memory nothing is said.
  static_cast<void>(output_.append(text(words)));
}

// After the handler of an answer without an end.
Task<> Burst::end_in_order() {
  if (!upgraded_) {
    co_await response_.finish();
  } else if (!connection_.stream_) {
    co_return;  // whoever took it has closed it, or has it still
  }
  co_await timeout(write_time(), flush());
  co_await connection_.linger();
}

Task<> Burst::recover(Error error) {
  if (parted_) {
    co_await end_in_order();
    co_return;
  }
  int status = status_of(error);
  bool is_whole = response_.state_ == Response::State::kDone;
  bool answered = answering_ && is_whole && !connection_.timer_.expired();
  // What comes behind them may be bad, such as a body that nobody wanted: whole answers are sent all the same,
  // and not lost to the reset of a connection that ends with something unread.
  bool owes = status == 0 && !upgraded_ && (!answering_ || is_whole) && (!output_.empty() || !input_.empty()) &&
              connection_.timer_.phase() != Phase::kWrite;
  if (status >= 500 || answered) {
    ++connection_.server_.counters().failed;
    net::detail::tell(LogLevel::kWarn, parser_.method(), " ", request_.path(), " failed: ", error);
  }
  if (answered || owes) {
    co_await timeout(write_time(), flush());
    co_await connection_.linger();
    co_return;
  }
  if (status == 0) {
    // Half an answer must not be taken for a whole one.
    if (answering_ && !upgraded_) connection_.stream_.abort();
    co_await fail(error);
  }
  if (answering_) output_.truncate(response_.mark_);
  co_await timeout(write_time(), refuse(status, {}));
}

// Answers what the server itself answers, and ends the connection.
Task<> Burst::refuse(int status, std::string_view reason) {
  if (status < 500) ++connection_.server_.counters().refused;
  if (output_.room() < output_.size()) co_await flush();
  std::string_view phrase = reason_phrase(status);
  bool fits =
      output_.append("HTTP/1.1 ") && output_.append(static_cast<std::uint64_t>(status)) &&
      output_.append(" ") && output_.append(phrase) && output_.append("\r\n") &&
      output_.append(connection_.server_.date_line()) &&
      (status != 503 || output_.append("Retry-After: 1\r\n")) &&
      output_.append("Content-Type: text/plain; charset=utf-8\r\nConnection: close\r\nContent-Length: ") &&
      output_.append(phrase.size() + (reason.empty() ? 0 : reason.size() + 2) + 1) &&
      output_.append("\r\n\r\n");
  // RFC 9110, 9.3.2: whatever is said to HEAD, it has no content.
  bool is_head = parser_.has_method() && parser_.method() == "HEAD";
  if (fits && !is_head) {
    fits = output_.append(phrase);
    if (fits && !reason.empty()) fits = output_.append(": ") && output_.append(reason);
    fits = fits && output_.append("\n");
  }
  if (!fits) co_await fail(Errc::no_memory, "refuse a request");
  co_await flush();
  co_await connection_.linger();
}

}  // namespace net::http
