// Connection: the state behind a WebSocket, which stays where it is while tasks wait.
#pragma once

#include <array>
#include <optional>

#include "net/core/event.h"
#include "net/core/semaphore.h"
#include "net/websocket/buffer.h"
#include "net/websocket/deflate.h"
#include "net/websocket/receiver.h"
#include "net/websocket/utf8.h"
#include "net/websocket/websocket.h"

namespace net::websocket {

// *Errors*, *Cancellation*: of what is awaited here, those of the WebSocket's operation of that name.
// *Lifetime*: as there, and it outlives them: a WebSocket moves, but not while somebody waits.
class Connection : public Pooled {
 public:
  Connection(Stream stream, Role role, const Options& options, std::optional<Deflate> deflate,
             http::Parting parting);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  // Reading: reader.cc.
  Task<Message> read(bool in_parts);
  [[nodiscard]] bool keep(Bytes early) { return pending_.append(early); }
  [[nodiscard]] bool keep_protocol(std::string_view name) { return protocol_.append(bytes(name)); }

  // Writing: writer.cc.
  Task<> write(Opcode opcode, Bytes data, bool last);
  // The next part of a message, or the first one.
  NET_MAKES_TASK Task<> write_part(Kind kind, Bytes data, bool last) {
    return write(in_message_ ? Opcode::kContinuation : static_cast<Opcode>(kind), data, last);
  }
  Task<> write_prepared(const Prepared& message);
  Task<> ping(Bytes payload);
  Task<> close(std::uint16_t code, std::string_view reason);

  [[nodiscard]] std::uint16_t close_code() const { return close_code_; }
  [[nodiscard]] Bytes close_reason() const { return close_reason_.bytes(); }
  [[nodiscard]] Bytes protocol() const { return protocol_.bytes(); }
  [[nodiscard]] bool compresses() const { return deflate_.has_value(); }
  Stream& stream() { return stream_; }

 private:
  // A control frame as it is sent.
  class ControlFrame;
  // One task reads.
  class Reading;

  enum class Step : std::uint8_t { kMore, kMessage, kControl, kRefused, kNoMemory };

  Task<std::span<std::byte>> arrive();
  Step take(std::span<std::byte>& data);
  Step take_piece();
  Step refuse(std::uint16_t code, const char* reason);
  Task<> answer_control();
  Task<> fail_connection();
  Task<> linger();

  Task<> send_control(Opcode opcode, Bytes payload);
  Task<> write_frame(FrameHeader header, Bytes data);
  Task<> write_masked(FrameHeader header, Bytes data);
  Task<> flush_queued();
  Task<> end_sending();
  Task<> say_goodbye(std::uint16_t code, std::string_view reason);
  Task<> close_in_time(std::uint16_t code, std::string_view reason);
  Mask make_mask();
  // Of what is received, and of what is sent.
  [[nodiscard]] int receiving_window() const {
    return is_client() ? deflate_->server_window_bits : deflate_->client_window_bits;
  }
  [[nodiscard]] int sending_window() const {
    return is_client() ? deflate_->client_window_bits : deflate_->server_window_bits;
  }
  [[nodiscard]] bool forgets_received() const {
    return is_client() ? deflate_->server_no_context_takeover : deflate_->client_no_context_takeover;
  }
  [[nodiscard]] bool forgets_sent() const {
    return is_client() ? deflate_->client_no_context_takeover : deflate_->server_no_context_takeover;
  }
  [[nodiscard]] bool is_client() const { return role_ == Role::kClient; }

  Stream stream_;
  http::Parting parting_;
  Options options_;
  std::optional<Deflate> deflate_;
  Receiver receiver_;
  Role role_;

  // Reading.
  Buffer pending_;  // has arrived behind what was read last
  Buffer message_;  // what is lent, and what comes
  Utf8 utf8_;
  Inflater inflater_;
  Error failure_;  // that ended reading
  Event reader_left_{kDiagnostics ? "the reader's end" : ""};
  const char* refusal_reason_ = "";
  std::uint16_t refusal_ = 0;
  bool reading_ = false;
  bool lent_ = false;    // `message_` is to be dropped
  bool closed_ = false;  // by the peer
  TimePoint ping_at_ = kNever;
  bool pinged_ = false;  // since the peer was last heard

  // Writing.
  Mutex writing_;  // a frame at a time
  Deflater deflater_;
  Buffer queued_pong_;  // whole frames, for who writes now
  Buffer queued_close_;
  bool close_sent_ = false;
  bool in_message_ = false;  // parts of one have been sent

  std::uint16_t close_code_ = close_code::kAbnormal;
  Buffer close_reason_;
  Buffer protocol_;
};

}  // namespace net::websocket
