// UvNetwork: Network over the operating system's sockets and libuv's resolver.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

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
  std::uint32_t random() override;
  Progress start_resolve(ResolveOperation& operation) override;
  Progress resume_resolve(ResolveOperation& operation) override;
  void cancel_resolve(ResolveOperation& operation) override;

 private:
  UvLoop& loop_;
  // The system's, not yet given away: a call of it costs more than the numbers.
  std::array<std::uint32_t, 64> numbers_;
  std::size_t left_ = 0;
};

}  // namespace net::uv
