// LwipNetwork: sockets of lwIP, and names by its DNS client.
#pragma once

#include "net/io/network.h"

namespace net::lwip {

// *Lifetime*: the loop's. lwIP's state is global, so all such networks are one.
class LwipNetwork final : public Network {
 public:
  // For what knows of links and addresses.
  using Network::set_up;

  StreamSocket* make_stream(Family family, Errc& code) override;
  ListenerSocket* make_listener(const Destination& at, const ListenOptions& options, Errc& code) override;
  DatagramSocket* make_datagram(Family family, Errc& code) override;

  Progress start_resolve(ResolveOperation& operation) override;
  Progress resume_resolve(ResolveOperation&) override { return Progress::kDone; }
  void cancel_resolve(ResolveOperation& operation) override;
};

}  // namespace net::lwip
