// UvNetwork: Network over the operating system's sockets and libuv's resolver.
#pragma once

#include "net/io/network.h"
#include "net/uv/loop.h"

namespace net::uv {

// *Lifetime*: the loop outlives the network; the network outlives its sockets.
class UvNetwork final : public Network {
 public:
  explicit UvNetwork(UvLoop& loop) : loop_(loop) {}

  StreamSocket* make_stream(Family family, Errc& code) override;
  ListenerSocket* make_listener(const Destination& at, const ListenOptions& options, Errc& code) override;
  DatagramSocket* make_datagram(Family family, Errc& code) override;
  Progress start_resolve(ResolveOperation& operation) override;
  Progress resume_resolve(ResolveOperation& operation) override;
  void cancel_resolve(ResolveOperation& operation) override;

 private:
  UvLoop& loop_;
};

}  // namespace net::uv
