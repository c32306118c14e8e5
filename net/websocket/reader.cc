// The reading half of a connection.
#include <algorithm>

#include "net/core/deadline.h"
#include "net/core/fatal.h"
#include "net/core/sleep.h"
#include "net/websocket/connection.h"

namespace net::websocket {
namespace {

// As how many operations so many bytes count: frames may be small, and there is no await for each.
int cost_of(std::size_t bytes) { return static_cast<int>(std::min<std::size_t>(bytes / 256, 1 << 20)); }

}  // namespace

class Connection::Reading {
 public:
  explicit Reading(Connection& connection) : connection_(connection) {
    if (connection_.reading_) detail::fatal("two tasks read one websocket");
    connection_.reading_ = true;
    connection_.reader_left_.reset();
  }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;
  ~Reading() {
    connection_.reading_ = false;
    connection_.reader_left_.set();
  }

 private:
  Connection& connection_;
};

Connection::Connection(Stream stream, Role role, const Options& options, std::optional<Deflate> deflate,
                       http::Parting parting)
    : stream_(std::move(stream)),
      parting_(std::move(parting)),
      options_(options),
      deflate_(deflate),
      receiver_(role, deflate.has_value(), options.message_limit),
      role_(role) {
  if (options_.ping_interval > Duration::zero()) ping_at_ = time_after(options_.ping_interval);
}

// What comes next on the stream, lent; none at its end. Pings a peer that is silent.
Task<std::span<std::byte>> Connection::arrive() {
  if (options_.ping_interval <= Duration::zero()) {
    std::span<std::byte> data = co_await stream_.read_view();
    co_return data;
  }
  for (;;) {
    auto reading = deadline(ping_at_, stream_.read_view());
    Result<std::span<std::byte>> data = co_await result(reading);
    if (data) {
      pinged_ = false;
      ping_at_ = time_after(options_.ping_interval);
      co_return *data;
    }
    bool silent = data.error() == Errc::timed_out && Clock::now() >= ping_at_;
    if (!silent) co_await fail(data.error());
    if (pinged_) co_await fail(Errc::timed_out, "websocket: answer to a ping");
    pinged_ = true;
    ping_at_ = time_after(options_.ping_timeout);
    co_await send_control(Opcode::kPing, {});
  }
}

Connection::Step Connection::refuse(std::uint16_t code, const char* reason) {
  refusal_ = code;
  refusal_reason_ = reason;
  return Step::kRefused;
}

// A piece of a message that the receiver has.
Connection::Step Connection::take_piece() {
  std::size_t before = message_.size();
  if (receiver_.is_compressed()) {
    auto limit = static_cast<std::size_t>(options_.message_limit);
    Errc code = inflater_.inflate(receiver_.piece(), receiver_.ended(), receiving_window(), limit, message_);
    if (code == Errc::no_memory) return Step::kNoMemory;
    if (code == Errc::limit_exceeded) return refuse(close_code::kTooBig, "a message that is too long");
    if (code != Errc::ok) return refuse(close_code::kInvalidText, "compression that makes no sense");
    if (receiver_.ended() && forgets_received()) inflater_.end();
  } else if (!message_.append(receiver_.piece())) {
    return Step::kNoMemory;
  }
  if (receiver_.is_text()) {
    bool text = utf8_.push(message_.bytes().subspan(before)) && (!receiver_.ended() || utf8_.complete());
    if (!text) return refuse(close_code::kInvalidText, "a text that is none");
    if (receiver_.ended()) utf8_ = Utf8();
  }
  return receiver_.ended() ? Step::kMessage : Step::kMore;
}

// Takes bytes from the front up to what has to be waited for.
Connection::Step Connection::take(std::span<std::byte>& data) {
  for (;;) {
    switch (receiver_.next(data)) {
      case Receiver::Event::kMore: return Step::kMore;
      case Receiver::Event::kControl: return Step::kControl;
      case Receiver::Event::kRefused: return refuse(receiver_.refusal(), receiver_.reason());
      case Receiver::Event::kPiece: {
        Step step = take_piece();
        if (step != Step::kMore) return step;
        break;
      }
    }
  }
}

Task<> Connection::answer_control() {
  Opcode opcode = receiver_.opcode();
  if (opcode == Opcode::kPing) {
    co_await send_control(Opcode::kPong, receiver_.payload());
  } else if (opcode == Opcode::kClose) {
    closed_ = true;
    close_code_ = receiver_.close_code();
    bool kept = close_reason_.append(receiver_.close_reason());
    // The same code, and no reason (RFC 6455, 5.5.1).
    Result<> answered = co_await result(
        send_control(Opcode::kClose, receiver_.payload().first(receiver_.payload().size() < 2 ? 0 : 2)));
    if (!answered && answered.error() == Errc::cancelled) co_await fail(answered.error());
    if (!kept) co_await fail(Errc::no_memory, "websocket: keep a reason");
  }
}

// The peer has broken a rule: it is told which, and reading fails from now on (RFC 6455, 7.1.7).
Task<> Connection::fail_connection() {
  Errc code = refusal_ == close_code::kTooBig ? Errc::limit_exceeded : Errc::protocol_error;
  Text<80> what;
  what << "websocket: " << refusal_reason_;
  failure_ = Error(code, what.text(), refusal_);
  std::array<std::byte, 2> payload = {static_cast<std::byte>(refusal_ >> 8), static_cast<std::byte>(refusal_)};
  Result<> told = co_await result(send_control(Opcode::kClose, payload));
  if (told) {
    auto waiting = timeout(options_.close_timeout, linger());
    told = co_await result(waiting);
  }
  if (!told && told.error() == Errc::cancelled) co_await fail(told.error());
  co_await fail(failure_);
}

// Closing a connection with unread bytes resets it, and what was said may be lost with it. So they are read, as
// far as a peer that was refused is likely to send them.
Task<> Connection::linger() {
  constexpr std::size_t kMost = 4 << 20;
  Permit lock = writing_.try_lock();
  if (!lock) co_return;
  co_await end_sending();
  pending_.free();
  for (std::size_t count = 0; count < kMost;) {
    std::span<std::byte> dropped = co_await stream_.read_view();
    if (dropped.empty()) co_return;
    count += dropped.size();
  }
}

Task<Message> Connection::read(bool in_parts) {
  Reading reading(*this);
  Message message;
  if (failure_.code() != Errc::ok) co_await fail(failure_);
  if (std::exchange(lent_, false)) message_.free();
  receiver_.set_limit(in_parts ? UINT64_MAX : options_.message_limit);
  if (spend()) co_await yield();
  while (!closed_) {
    std::span<std::byte> data = pending_.bytes();
    std::size_t kept = data.size();
    if (kept == 0) {
      pending_.free();
      Result<std::span<std::byte>> arrived = co_await result(arrive());
      if (!arrived) {
        if (arrived.error() != Errc::cancelled && arrived.error() != Errc::no_memory)
          failure_ = arrived.error();
        co_await fail(arrived.error());
      }
      data = *arrived;
      if (data.empty()) {
        failure_ = Error(Errc::end_of_stream, "websocket: read");
        co_await fail(failure_);
      }
    }
    std::size_t waiting = data.size();
    std::size_t before = message_.size();
    Step step = take(data);
    // What was taken and not what waits, and what it has grown to: inflated, it may be a thousand times as
    // much.
    spend(cost_of(waiting - data.size()) + cost_of(message_.size() - std::min(before, message_.size())));
    bool enough_memory = step != Step::kNoMemory;
    if (kept != 0) {
      pending_.consume(kept - data.size());
    } else {
      enough_memory = pending_.append(data) && enough_memory;
    }
    if (!enough_memory) {
      // What was lost cannot be read again.
      failure_ = Error(Errc::no_memory, "websocket: read");
      co_await fail(failure_);
    }
    if (step == Step::kRefused) co_await fail_connection();
    if (step == Step::kControl) co_await answer_control();
    bool whole = step == Step::kMessage;
    bool part = in_parts && step == Step::kMore && !message_.empty();
    if (!whole && !part) continue;
    message.open_ = true;
    message.kind = receiver_.is_text() ? Kind::kText : Kind::kBinary;
    message.last = whole;
    message.data = message_.bytes();
    lent_ = true;
    break;
  }
  co_return message;
}

}  // namespace net::websocket
