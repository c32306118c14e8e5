// Stream: bytes to and from one peer, over whatever carries them.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <span>
#include <string_view>
#include <utility>

#include "net/core/error.h"
#include "net/core/operation.h"
#include "net/io/parts.h"
#include "net/io/socket.h"

namespace net {

// The bytes of a text, and a text's view of bytes.
inline Bytes bytes(std::string_view text) { return std::as_bytes(std::span(text.data(), text.size())); }
inline std::string_view text(Bytes data) { return {reinterpret_cast<const char*>(data.data()), data.size()}; }

// A TCP connection, a Unix socket, a pipe, one end of a pair in memory, a TLS session … Movable.
//
// One read and one write at a time; a second one meanwhile is a programming error and ends the program with a
// message. Destroying a stream sends what was written and closes it; unread data makes most stacks reset
// instead, and so does a write that was cut short.
class Stream {
 public:
  // No connection; only assigning to it makes sense.
  Stream() = default;
  explicit Stream(StreamSocket* socket) : socket_(socket) {}
  Stream(Stream&& other) noexcept : socket_(std::exchange(other.socket_, nullptr)) {}
  Stream& operator=(Stream&& other) noexcept {
    if (this != &other) {
      close();
      socket_ = std::exchange(other.socket_, nullptr);
    }
    return *this;
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() { close(); }

  [[nodiscard]] explicit operator bool() const { return socket_ != nullptr; }

  // Waits for bytes and gives those that came: at least one, at most `buffer.size()`; empty at the end of the
  // stream, every time, and for an empty buffer at once.
  //
  // *Errors*: connection_reset, timed_out (keep-alive), io_error. *Cancellation*: at once, and no byte is lost:
  // what had arrived is read by the next call. *Lifetime*: `buffer` outlives the await. RFC 9293, 3.10.5.
  Op<std::span<std::byte>, ReadOperation> read(std::span<std::byte> buffer) {
    ReadOperation& read = *socket_;
    if (!read.waiting()) {
      read.buffer = buffer;
      read.borrowed = false;
    }
    return Op<std::span<std::byte>, ReadOperation>(read);
  }
  // Reads into memory that the loop owns and lends until this task's next await, so that an idle connection
  // holds no buffer. A write of the bytes may be that await. At most `limit` bytes come.
  //
  // *Errors*: as `read`, and no_memory. *Cancellation*: as `read`. *Lifetime*: the bytes are valid until the
  // next await of this task. `timeout`, `deadline` and `shield` pass them on; `all` and `any` refuse a view, as
  // other tasks run before they end.
  LentOp<std::span<std::byte>, ReadOperation> read_view(std::size_t limit = 65536) {
    ReadOperation& read = *socket_;
    if (!read.waiting()) {
      read.buffer = {static_cast<std::byte*>(nullptr), limit};
      read.borrowed = true;
    }
    return LentOp<std::span<std::byte>, ReadOperation>(read);
  }

  // Sends all of `data`: completes when the stack has accepted every byte; the memory is free again.
  //
  // *Errors*: broken_pipe, connection_reset. *Cancellation*: while it waits, the sending half breaks, as half
  // a message must not be followed by another: later writes and shutdown fail with broken_pipe, reading goes
  // on. Destroying the stream then resets the connection where that can be done (TCP, a pair in memory), so
  // that the peer does not take the half for the whole.
  // *Lifetime*: `data` outlives the await. RFC 9293, 3.10.4.
  Op<void> write(Bytes data) {
    WriteOperation& write = *socket_;
    if (!write.waiting()) {
      write.kind = WriteOperation::Kind::kWrite;
      write.current = data;
      write.count = 0;
    }
    return Op<void>(write);
  }
  Op<void> write(std::string_view text) { return write(bytes(text)); }
  // Sends several pieces as one, without copying them together.
  //
  // *Errors*, *Cancellation*: as above. *Lifetime*: the list and the pieces outlive the await.
  Op<void> write(std::span<const Bytes> pieces) {
    WriteOperation& write = *socket_;
    if (!write.waiting()) {
      write.kind = WriteOperation::Kind::kWrite;
      write.current = {};
      write.list = pieces.data();
      write.count = static_cast<std::uint32_t>(pieces.size());
    }
    return Op<void>(write);
  }

  // Ends the sending half: the peer reads the end of the stream; reading here goes on.
  //
  // *Errors*: not_connected, connection_reset. *Cancellation*: as `write`. *Lifetime*: the stream outlives the
  // await. RFC 9293, 3.6.
  Op<void> shutdown() {
    WriteOperation& write = *socket_;
    detail::use(net_use_shutdown);
    if (!write.waiting()) write.kind = WriteOperation::Kind::kShutdown;
    return Op<void>(write);
  }

  // Resets the connection: what was not sent is dropped, the peer sees connection_reset, and so do operations
  // of this stream that are waiting or begin later. RFC 9293, 3.10.7 (ABORT).
  void abort() { socket_->abort(); }

  // The endpoint of this side and of the other. Invalid for streams without addresses.
  [[nodiscard]] Endpoint local() const {
    detail::use(net_use_endpoints);
    return socket_->local();
  }
  [[nodiscard]] Endpoint peer() const {
    detail::use(net_use_endpoints);
    return socket_->peer();
  }

  // Options. *Errors*: not_supported by what carries the stream; invalid_argument.
  //
  // Sends small writes at once instead of gathering them (Nagle, RFC 9293, 3.7.4). On for new TCP streams;
  // without effect on others.
  Result<> set_no_delay(bool on) { return set(StreamOption::kNoDelay, on ? 1 : 0, "set no-delay"); }
  // Probes the peer after `idle` seconds without traffic; 0 switches it off. RFC 9293, 3.8.4.
  Result<> set_keep_alive(int idle) { return set(StreamOption::kKeepAlive, idle, "set keep-alive"); }
  // Sizes of the stack's buffers in bytes; the stack may round them.
  Result<> set_send_buffer(int size) { return set(StreamOption::kSendBuffer, size, "set send buffer"); }
  Result<> set_receive_buffer(int size) {
    return set(StreamOption::kReceiveBuffer, size, "set receive buffer");
  }

  // For backends and for streams over streams.
  [[nodiscard]] StreamSocket& socket() const { return *socket_; }
  StreamSocket* release() { return std::exchange(socket_, nullptr); }

 private:
  void close() {
    if (socket_ != nullptr) std::exchange(socket_, nullptr)->close(false);
  }
  Result<> set(StreamOption option, int value, const char* what) {
    detail::use(net_use_options);
    Errc code = value >= 0 ? socket_->set_option(option, value) : Errc::invalid_argument;
    if (code != Errc::ok) return failure(code, what);
    return {};
  }

  StreamSocket* socket_ = nullptr;
};

}  // namespace net
