// WebSocket: messages to and from one peer, over any stream (RFC 6455).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "net/core/task.h"
#include "net/core/time.h"
#include "net/http/parting.h"
#include "net/io/stream.h"
#include "net/websocket/close_code.h"
#include "net/websocket/deflate.h"
#include "net/websocket/frame.h"
#include "net/websocket/handshake.h"
#include "net/websocket/prepared.h"

namespace net::websocket {

class Connection;

class Options {
 public:
  // What one message may have, uncompressed; more fails with limit_exceeded and close code 1009. Parts count
  // for it only if they are compressed.
  std::uint64_t message_limit = 1 << 20;
  // How long the peer may take to answer a close, and to take a pong.
  Duration close_timeout = std::chrono::seconds(5);
  // After so long without a word of the peer it is pinged, while a task reads; zero: never.
  Duration ping_interval = Duration::zero();
  // How long it may take to answer that; then the read fails with timed_out.
  Duration ping_timeout = std::chrono::seconds(20);
  // Messages of fewer bytes are not compressed.
  std::size_t compress_from = 64;

  Options() {}  // NOLINT: not an aggregate, which g++ 12 destroys twice in a co_await expression
  Options& set_message_limit(std::uint64_t value) { return message_limit = value, *this; }
  Options& set_close_timeout(Duration value) { return close_timeout = value, *this; }
  Options& set_ping(Duration interval, Duration timeout) {
    return ping_interval = interval, ping_timeout = timeout, *this;
  }
  Options& set_compress_from(std::size_t value) { return compress_from = value, *this; }
};

// A message, or a part of one. False: the peer has closed. *Lifetime*: until the next read of the connection.
class Message {
 public:
  Kind kind = Kind::kBinary;
  bool last = true;  // of a part: the message ends with it
  Bytes data;

  Message() {}  // NOLINT: not an aggregate, which g++ 12 destroys twice in a co_await expression
  [[nodiscard]] explicit operator bool() const { return open_; }
  [[nodiscard]] bool is_text() const { return kind == Kind::kText; }
  // A text is UTF-8; a part of one may end within a character.
  [[nodiscard]] std::string_view text() const { return net::text(data); }

 private:
  friend class Connection;
  bool open_ = false;
};

// Movable, while nobody waits for it. One task may read while another writes; a second reader is a programming
// error and ends the program with a message. Whole messages may come from any number of tasks: each waits for
// the one before.
//
// Pings are answered, and closes too, by the task that reads, or if just then a message is being written, by
// that task after it: nothing comes between the bytes of a frame. An idle connection has no buffer. Destroying
// it closes the stream, without a word; see `close`, and `accept` for a server that drains.
class WebSocket {
 public:
  // No connection; only assigning to it makes sense.
  WebSocket() = default;
  // A stream whose handshake is done; `early` is what has come on it since. `accept` and `connect` make these.
  // It is empty without memory. With a `parting` that is due it says goodbye when it is destroyed.
  WebSocket(Stream stream, Role role, const Options& options, std::optional<Deflate> deflate = std::nullopt,
            std::string_view protocol = {}, Bytes early = {}, http::Parting parting = http::Parting());
  WebSocket(WebSocket&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}
  WebSocket& operator=(WebSocket&& other) noexcept;
  WebSocket(const WebSocket&) = delete;
  WebSocket& operator=(const WebSocket&) = delete;
  ~WebSocket();

  [[nodiscard]] explicit operator bool() const { return connection_ != nullptr; }

  // Waits for a message. False, every time, when the peer has closed: `close_code` says why.
  //
  // *Errors*: protocol_error (the peer broke a rule: it has been told, with 1002 or 1007); limit_exceeded
  // (1009); end_of_stream (it went without a close); timed_out (it does not answer pings, or takes no pong);
  // no_memory; those of Stream::read. They are final, but for no_memory while nothing had come.
  // *Cancellation*: at once, but for a pong on its way; no byte is lost. *Lifetime*: the message is lent until
  // the next read.
  NET_MAKES_TASK Task<Message> read();
  // Waits for some of a message, so that it may be of any length. Message::last says where it ends; a part may
  // be empty there.
  //
  // *Errors*, *Cancellation*, *Lifetime*: as `read`.
  NET_MAKES_TASK Task<Message> read_part();

  // Sends a message. A server's goes as it is, in one write with its header; a client's is masked, 16 KiB at a
  // time. With compression agreed on it is compressed if it is long enough. Nothing checks that a text is
  // UTF-8.
  //
  // *Errors*: closed (after a close of either side); broken_pipe, connection_reset; no_memory. *Cancellation*:
  // as Stream::write: half a message breaks the sending half. *Lifetime*: the bytes outlive the await.
  NET_MAKES_TASK Task<> write_text(std::string_view text);
  NET_MAKES_TASK Task<> write_binary(Bytes data);
  // Sends what was prepared once for many. A server's connection sends these very bytes.
  //
  // *Errors*, *Cancellation*: as above. *Lifetime*: `message` outlives the await.
  NET_MAKES_TASK Task<> write(const Prepared& message);
  // Sends a message in parts, uncompressed; `last` ends it. In between no other message may be sent: that fails
  // with invalid_argument.
  //
  // *Errors*, *Cancellation*, *Lifetime*: as above.
  NET_MAKES_TASK Task<> write_part(Kind kind, Bytes part, bool last);
  // Asks for a sign of life, which `read` takes. At most 125 bytes.
  //
  // *Errors*: invalid_argument; else, and *Cancellation*, *Lifetime*: as above.
  NET_MAKES_TASK Task<> ping(Bytes payload = {});

  // Says goodbye and waits for the answer, for `close_timeout` at most: messages that come before it are
  // dropped, unless another task reads. A second close, or one after the peer's, is nothing. A reason has at
  // most 123 bytes.
  //
  // *Errors*: timed_out: the connection has been reset; invalid_argument; those of Stream::write.
  // *Cancellation*: at once. *Lifetime*: `reason` outlives the await. RFC 6455, 7.1.
  NET_MAKES_TASK Task<> close(std::uint16_t code = close_code::kNormal, std::string_view reason = {});
  // Resets the connection.
  void abort();

  // The peer's, after its close: 1005 if it gave none, 1006 if there was no close (yet).
  [[nodiscard]] std::uint16_t close_code() const;
  // *Lifetime*: the connection's.
  [[nodiscard]] std::string_view close_reason() const;
  // What was agreed on; empty if nothing was. *Lifetime*: the connection's.
  [[nodiscard]] std::string_view protocol() const;
  [[nodiscard]] bool compresses() const;
  [[nodiscard]] Stream& stream();

 private:
  Connection* connection_ = nullptr;
};

}  // namespace net::websocket
