// The writing half of a connection.
#include "net/core/deadline.h"
#include "net/io/network.h"
#include "net/websocket/connection.h"

namespace net::websocket {
namespace {

constexpr std::size_t kMaskedAtOnce = 16384;

}  // namespace

class Connection::ControlFrame {
 public:
  ControlFrame(Opcode opcode, Bytes payload, const Mask* mask) {
    FrameHeader header(opcode, payload.size());
    if (mask != nullptr) {
      header.masked = true;
      header.mask = *mask;
    }
    std::size_t begin = header.write(std::span(bytes_).first<kLongestHeader>());
    std::copy(payload.begin(), payload.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(begin));
    size_ = begin + payload.size();
    if (mask != nullptr) apply_mask(std::span(bytes_).subspan(begin, payload.size()), *mask);
  }
  [[nodiscard]] Bytes bytes() const { return Bytes(bytes_).first(size_); }

 private:
  std::array<std::byte, kLongestHeader + kLongestControl> bytes_;
  std::size_t size_;
};

// Nobody who is not the client can know it (RFC 6455, 5.3), as far as this host has random numbers.
Mask Connection::make_mask() {
  std::uint32_t number = Network::current().random();
  Mask mask;
  for (std::size_t i = 0; i != mask.size(); ++i) mask[i] = static_cast<std::byte>(number >> 8 * i);
  return mask;
}

// A server that drains has cancelled whoever would have said it (RFC 6455, 7.4.1).
Connection::~Connection() {
  bool ended = closed_ && close_sent_;
  if (!parting_.due() || ended || failure_.code() != Errc::ok) return;
  constexpr std::array<std::byte, 2> kCode = {std::byte{close_code::kGoingAway >> 8},
                                              std::byte{close_code::kGoingAway & 0xFF}};
  ControlFrame frame(Opcode::kClose, kCode, nullptr);
  parting_.leave(std::move(stream_), close_sent_ ? Bytes() : frame.bytes());
}

// Sends a frame of the reading task's: now, or by whoever is writing. Such a frame is sent whole even if the
// task is cancelled, as half of one would spoil all that follows.
Task<> Connection::send_control(Opcode opcode, Bytes payload) {
  if (close_sent_) {
    Permit lock = writing_.try_lock();
    if (lock) co_await flush_queued();
    co_return;
  }
  Mask mask = is_client() ? make_mask() : Mask();
  ControlFrame frame(opcode, payload, is_client() ? &mask : nullptr);
  if (opcode == Opcode::kClose) close_sent_ = true;
  Permit lock = writing_.try_lock();
  if (!lock) {
    // Only the newest ping is answered (RFC 6455, 5.5.3). A ping of our own is not needed where we write.
    if (opcode == Opcode::kPing) co_return;
    Buffer& queue = opcode == Opcode::kClose ? queued_close_ : queued_pong_;
    queue.free();
    bool kept = queue.append(frame.bytes());
    if (!kept) co_await fail(Errc::no_memory, "websocket: keep a frame");
    co_return;
  }
  auto writing = timeout(options_.close_timeout, stream_.write(frame.bytes()));
  co_await shield(std::move(writing));
  co_await flush_queued();
}

// What others could not send while this task was writing. The lock is held.
Task<> Connection::flush_queued() {
  while (!queued_pong_.empty() || !queued_close_.empty()) {
    Buffer frame = std::move(queued_pong_.empty() ? queued_close_ : queued_pong_);
    co_await stream_.write(frame.bytes());
  }
  if (closed_ && close_sent_ && !is_client()) co_await end_sending();
}

// The server is the one that ends the connection (RFC 6455, 7.1.1). The lock is held.
Task<> Connection::end_sending() {
  Result<> ended = co_await result(stream_.shutdown());
  if (!ended && ended.error() == Errc::cancelled) co_await fail(ended.error());
}

Task<> Connection::write_masked(FrameHeader header, Bytes data) {
  header.masked = true;
  header.mask = make_mask();
  std::array<std::byte, kLongestHeader> head;
  Bytes written = Bytes(head).first(header.write(head));
  Buffer block;
  bool room = block.reserve(written.size() + std::min(data.size(), kMaskedAtOnce));
  if (!room) co_await fail(Errc::no_memory, "websocket: mask a message");
  static_cast<void>(block.append(written));
  std::size_t sent = 0;
  do {
    std::size_t count = std::min(data.size() - sent, block.room().size());
    std::size_t begin = block.size();
    static_cast<void>(block.append(data.subspan(sent, count)));  // there is room
    apply_mask(block.bytes().subspan(begin), header.mask, sent);
    sent += count;
    co_await stream_.write(block.bytes());
    block.shrink(block.size());
  } while (sent != data.size());
}

// The lock is held.
Task<> Connection::write_frame(FrameHeader header, Bytes data) {
  http::Parting::Hold hold(parting_);
  if (is_client()) {
    co_await write_masked(header, data);
  } else {
    std::array<std::byte, kLongestHeader> head;
    std::size_t size = header.write(head);
    std::array<Bytes, 2> pieces = {Bytes(head).first(size), data};
    co_await stream_.write(std::span<const Bytes>(pieces));
  }
  if (!queued_pong_.empty() || !queued_close_.empty() || closed_) co_await flush_queued();
}

Task<> Connection::write(Opcode opcode, Bytes data, bool last) {
  Permit lock = writing_.try_lock();
  if (!lock) lock = co_await writing_.lock();
  if (close_sent_) co_await fail(Errc::closed, "websocket: write");
  bool is_part = opcode == Opcode::kContinuation || !last;
  if (in_message_ != (opcode == Opcode::kContinuation))
    co_await fail(Errc::invalid_argument, "websocket: write a message within a message");
  FrameHeader header(opcode, data.size());
  header.final = last;
  Buffer compressed;
  bool compress = deflate_ && !is_part && data.size() >= options_.compress_from && !data.empty();
  if (compress) {
    Errc code = deflater_.deflate(data, sending_window(), compressed);
    if (code != Errc::ok) co_await fail(code, "websocket: compress a message");
    if (forgets_sent()) deflater_.end();
    // What was compressed is part of what the next message may refer to, so it must be sent so.
    if (!forgets_sent() || compressed.size() < data.size()) {
      header.compressed = true;
      data = compressed.bytes();
      header.length = data.size();
    }
  }
  in_message_ = !last;
  co_await write_frame(header, data);
}

Task<> Connection::write_prepared(const Prepared& message) {
  if (!message.valid()) co_await fail(Errc::no_memory, "websocket: prepare a message");
  Permit lock = writing_.try_lock();
  if (!lock) lock = co_await writing_.lock();
  if (close_sent_) co_await fail(Errc::closed, "websocket: write");
  if (in_message_) co_await fail(Errc::invalid_argument, "websocket: write a message within a message");
  if (is_client()) {
    FrameHeader header(static_cast<Opcode>(message.kind()), message.data().size());
    co_await write_frame(header, message.data());
  } else {
    http::Parting::Hold hold(parting_);
    co_await stream_.write(message.frame());
    if (!queued_pong_.empty() || !queued_close_.empty() || closed_) co_await flush_queued();
  }
}

Task<> Connection::ping(Bytes payload) {
  if (payload.size() > kLongestControl) co_await fail(Errc::invalid_argument, "websocket: ping");
  Permit lock = writing_.try_lock();
  if (!lock) lock = co_await writing_.lock();
  if (close_sent_) co_await fail(Errc::closed, "websocket: ping");
  FrameHeader header(Opcode::kPing, payload.size());
  co_await write_frame(header, payload);
}

Task<> Connection::say_goodbye(std::uint16_t code, std::string_view reason) {
  std::array<std::byte, kLongestControl> payload;
  payload[0] = static_cast<std::byte>(code >> 8);
  payload[1] = static_cast<std::byte>(code);
  Bytes why = bytes(reason);
  std::copy(why.begin(), why.end(), payload.begin() + 2);
  Permit lock = writing_.try_lock();
  if (!lock) lock = co_await writing_.lock();
  if (close_sent_) co_return;  // the peer's was answered meanwhile
  close_sent_ = true;
  FrameHeader header(Opcode::kClose, 2 + why.size());
  co_await write_frame(header, Bytes(payload).first(2 + why.size()));
}

Task<> Connection::close_in_time(std::uint16_t code, std::string_view reason) {
  if (!close_sent_) co_await say_goodbye(code, reason);
  while (!closed_ && failure_.code() == Errc::ok) {
    if (reading_) {
      co_await reader_left_.wait();
    } else {
      Result<Message> dropped = co_await result(read(true));
      if (!dropped && dropped.error() == Errc::cancelled) co_await fail(dropped.error());
    }
  }
  // The other waits for the server's end.
  bool waits = is_client() && closed_ && !reading_;
  while (waits) {
    Result<std::span<std::byte>> rest = co_await result(stream_.read_view());
    if (!rest && rest.error() == Errc::cancelled) co_await fail(rest.error());
    waits = rest && !rest->empty();
  }
}

Task<> Connection::close(std::uint16_t code, std::string_view reason) {
  bool good = may_be_sent(code) && reason.size() <= kLongestControl - 2;
  if (!good) co_await fail(Errc::invalid_argument, "websocket: close");
  auto closing = timeout(options_.close_timeout, close_in_time(code, reason));
  Result<> closed = co_await result(closing);
  if (closed) co_return;
  if (closed.error() == Errc::timed_out) stream_.abort();
  co_await fail(closed.error());
}

}  // namespace net::websocket
