// Handshake: what a TlsSocket does first, as an operation that is awaited.
#pragma once

#include <string_view>

#include "net/core/loop.h"
#include "net/io/stream.h"
#include "net/tls/socket.h"

namespace net::tls::detail {

// Makes the two sides agree. In the frame of who awaits it.
class Handshake final : public TypedOperation<void>, private Timer {
 public:
  // `time`: it takes at most so long.
  Handshake(TlsSocket& socket, std::string_view whose, Duration time)
      : Timer(fire), socket_(socket), whose_(whose), time_(time) {}
  // What has gone wrong, after `result` has given `error`: "TLS with example.org: certificate has expired".
  [[nodiscard]] Error explain(const Error& error) const;

  void describe(TextBuffer& out) const override { out << "TLS with " << whose_; }

 private:
  friend class TlsSocket;
  using Operation::fail;
  using Operation::pending;
  using Operation::wake;
  using Operation::wake_first;
  Progress start() override;
  Progress resume() override { return finish(socket_.shake_hands()); }
  void cancel() override;
  Progress finish(Progress progress);
  // A relay has ended with a code.
  void go_on();
  static void fire(Timer& timer);

  TlsSocket& socket_;
  std::string_view whose_;
  Duration time_;
  bool expired_ = false;
  bool cancelled_ = false;
};

}  // namespace net::tls::detail
