// UvStream: TCP connections, Unix sockets and pipes.
#pragma once

#include <sys/types.h>

#include "net/core/memory.h"
#include "net/io/kept.h"
#include "net/io/socket.h"
#include "net/uv/socket.h"

namespace net::uv {

class UvStream final : public StreamSocket, public Pooled, private UvSocket {
 public:
  enum class Type : std::uint8_t { kSocket, kPipe };

  UvStream(UvLoop& loop, Type type) : UvSocket(loop), type_(type) {}
  // Gives it an open, non-blocking descriptor.
  void adopt(int descriptor, const Endpoint& peer) {
    set_descriptor(descriptor);
    peer_ = peer;
  }
  // For a socket that was made by `adopt` and is not connected yet.
  void set_family(Family family) { family_ = family; }

  Progress start_read() override;
  Progress resume_read() override;
  void cancel_read() override;
  Progress start_write() override;
  Progress resume_write() override;
  void cancel_write() override;
  void close(bool reset) override;
  void abort() override;
  [[nodiscard]] Endpoint local() const override;
  [[nodiscard]] Endpoint peer() const override { return peer_; }
  Errc set_option(StreamOption option, int value) override;

 private:
  ~UvStream() = default;
  void ready(unsigned events) override;

  ReadOperation& reading() { return *this; }
  WriteOperation& writing() { return *this; }
  Progress receive();
  Progress send();
  Progress end_write(Errc code, int native = 0);
  ssize_t send_pieces(std::size_t& offered);
  Progress connect();
  Progress shut_down();
  void consume(std::size_t sent);
  void reset_on_close() const;

  Endpoint peer_;
  Kept kept_;                      // what could not be sent at once
  Errc read_failure_ = Errc::ok;   // every later read fails so
  Errc write_failure_ = Errc::ok;  // every later write fails so
  Type type_;
  Family family_ = Family::kNone;
  bool maybe_readable_ = false;  // the descriptor may have more: try before waiting
  bool ended_ = false;           // the end of the stream was read
  bool cut_ = false;             // a write was cancelled: the peer must not take its part for the whole
};

}  // namespace net::uv
