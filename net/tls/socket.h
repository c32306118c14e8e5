// TlsSocket: a StreamSocket over another stream and an engine.
//
// What it does below is one read and one write of the lower stream, each of which a Relay waits for; no
// coroutine and no thread. A relay waits only as long as somebody awaits an operation of this socket, or, after
// the stream was destroyed, as the last records take.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "net/core/loop.h"
#include "net/core/memory.h"
#include "net/core/straggler.h"
#include "net/io/kept.h"
#include "net/io/stream.h"
#include "net/tls/buffer.h"
#include "net/tls/engine.h"

namespace net::tls::detail {

class Handshake;

class TlsSocket final : public StreamSocket, public Pooled, private Wire, private Straggler, private Timer {
 public:
  TlsSocket(Stream lower, std::unique_ptr<Engine> engine);

  Progress start_read() override;
  Progress resume_read() override;
  void cancel_read() override;
  Progress start_write() override;
  Progress resume_write() override;
  void cancel_write() override;
  void close(bool reset) override;
  void abort() override;
  [[nodiscard]] Endpoint local() const override { return lower_.local(); }
  [[nodiscard]] Endpoint peer() const override { return lower_.peer(); }
  Errc set_option(StreamOption option, int value) override { return lower_.socket().set_option(option, value); }
  [[nodiscard]] const Session& session() const { return *engine_; }

 private:
  friend class Handshake;

  // Waits for an operation of the lower stream.
  class Relay final : public Fiber {
   public:
    using Ended = void (TlsSocket::*)(Errc code);
    Relay(TlsSocket& socket, Ended ended) : socket_(socket), ended_(ended) {}
    Started begin(Operation& operation);
    [[nodiscard]] bool waits() const { return waits_; }

   private:
    void ended(Frame* first, const Error* error) override;
    void dispose() override { socket_.maybe_delete(); }
    TlsSocket& socket_;
    Ended ended_;
    bool waits_ = false;
  };

  ~TlsSocket();
  ReadOperation& reading() { return *this; }
  WriteOperation& writing() { return *this; }

  // The engine's side.
  std::size_t take(std::span<std::byte> into) override;
  bool put(Bytes data) override;

  // Ciphertext that comes: into `lent_`, which lasts until another task runs.
  Started receive();
  void received(Errc code);
  void reader_ended(Errc code);
  void keep_lent();
  [[nodiscard]] bool has_input() const { return !lent_.empty() || !incoming_.empty(); }

  // Ciphertext that goes.
  Started send();
  void sent(Errc code);
  void writer_ended(Errc code);

  Progress shake_hands();
  Progress decrypt();
  Progress fill(std::span<std::byte> target, std::size_t& count);
  Progress fail_read(Errc code, int native = 0);
  Progress write_on(bool begins);
  Errc encrypt();
  Progress end_write(Errc code);
  void give_back();
  // The last records.
  bool has_unread();
  void hurry() override;
  void maybe_delete();

  Stream lower_;
  std::unique_ptr<Engine> engine_;
  Handshake* handshake_ = nullptr;  // while it goes on
  Relay owner_{*this, nullptr};     // of the group; it never runs
  Group group_{Group::Policy::kIndependent, owner_};
  Relay reader_{*this, &TlsSocket::reader_ended};
  Relay writer_{*this, &TlsSocket::writer_ended};
  std::span<std::byte> lent_;
  Buffer incoming_;            // came and was not decrypted yet
  Buffer outgoing_;            // to be sent
  Buffer sending_;             // is being sent
  Kept kept_;                  // what could not be encrypted at once
  std::byte* view_ = nullptr;  // decrypted and lent
  std::size_t view_size_ = 0;
  Errc input_failure_ = Errc::ok;  // of the lower stream
  Errc read_failure_ = Errc::ok;   // every later read fails so
  Errc write_failure_ = Errc::ok;  // every later write fails so
  int native_ = 0;                 // the engine's number for the failures
  bool input_over_ = false;        // the lower stream has ended
  bool output_over_ = false;       // the lower stream takes no more
  bool ready_ = false;             // the handshake is done
  bool ended_ = false;             // the peer has ended its half, in order
  bool shut_ = false;              // so has this side
  bool cut_ = false;               // a write was cancelled: the peer must not take its part for the whole
  bool read_cancelled_ = false;
  bool closing_ = false;
  bool resets_ = false;
};

}  // namespace net::tls::detail
