// UvListener: listening TCP and Unix sockets.
#pragma once

#include <string>

#include "net/core/memory.h"
#include "net/io/network.h"
#include "net/uv/socket.h"

namespace net::uv {

class UvListener final : public ListenerSocket, public Pooled, private UvSocket {
 public:
  UvListener(UvLoop& loop, const Destination& at, const ListenOptions& options);

  Progress start_accept() override;
  Progress resume_accept() override;
  void cancel_accept() override;
  void close() override { delete this; }
  [[nodiscard]] Endpoint local() const override { return local_; }
  void describe_local(TextBuffer& out) const override;

 private:
  ~UvListener();
  void ready(unsigned events) override;
  Progress listen();
  // 0, or the system's number of what went wrong.
  int try_listen();
  Progress accept(bool trying);
  AcceptOperation& accepting() { return *this; }

  Endpoint local_;
  std::string path_;
  ListenOptions options_;
  bool or_v4_;
  bool bound_path_ = false;
  bool maybe_more_ = false;  // another connection may wait: try before waiting
};

}  // namespace net::uv
