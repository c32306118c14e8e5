// LwipListener: a listening TCP socket over lwIP's raw interface.
#pragma once

#include <lwip/tcp.h>

#include "embedded/lwip/notifier.h"
#include "embedded/lwip/stream.h"
#include "net/core/memory.h"
#include "net/io/socket.h"

namespace net::lwip {

class LwipListener final : public ListenerSocket, public Notifier<LwipListener>, public Pooled {
 public:
  LwipListener(InboxOf inbox, const Endpoint& at, const ListenOptions& options)
      : Notifier(inbox), local_(at), options_(options) {}

  Progress start_accept() override;
  Progress resume_accept() override;
  void cancel_accept() override { accepting().wake(Errc::cancelled); }
  void close() override;
  [[nodiscard]] Endpoint local() const override { return local_; }
  void describe_local(TextBuffer& out) const override {
    if constexpr (kDiagnostics) out << local_;
  }
  // For callbacks.
  void noticed(News) {
    if (accepting().pending()) accepting().wake();
  }

 private:
  ~LwipListener() = default;
  static err_t on_accept(void* self, tcp_pcb* pcb, err_t error);
  AcceptOperation& accepting() { return *this; }
  Progress listen();
  bool accept();
  bool full();

  Endpoint local_;
  ListenOptions options_;
  tcp_pcb* pcb_ = nullptr;
  IntrusiveList<LwipStream> queue_;
  // For the next connection. It comes in a callback, where memory that is not there cannot be waited for.
  LwipStream* spare_ = nullptr;
};

}  // namespace net::lwip
