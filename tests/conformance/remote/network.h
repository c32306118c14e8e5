// RemoteNetwork: the waist over an agent. Each operation is the agent's own, with its buffers, its failures and
// its cancellation; only what has been sent here and not yet taken is kept here.
#pragma once

#include <string>
#include <string_view>

#include "net/io/network.h"
#include "tests/conformance/remote/connection.h"

namespace net::conformance {

// Between an agent's endpoints and those of this program, where what is between them changes addresses.
class Translation {
 public:
  virtual ~Translation() = default;
  // Of the agent's own sockets, to and from it.
  virtual Endpoint own_to(const Endpoint& here, bool datagrams) { return static_cast<void>(datagrams), here; }
  virtual Endpoint own_from(const Endpoint& there, bool datagrams) {
    return static_cast<void>(datagrams), there;
  }
  // Of their peers.
  virtual Endpoint peer_to(const Endpoint& here) { return here; }
  virtual Endpoint peer_from(const Endpoint& there) { return there; }
  // The agent has a socket to which others may send.
  virtual void opened(const Endpoint& there, bool datagrams) {
    static_cast<void>(there);
    static_cast<void>(datagrams);
  }
};

// *Lifetime*: connection and translation outlive it, as it does its sockets.
class RemoteNetwork final : public Network {
 public:
  RemoteNetwork(Connection& connection, Translation& translation)
      : connection_(connection), translation_(translation) {}

  StreamSocket* make_stream(Family family, Errc& code) override;
  ListenerSocket* make_listener(const Destination& at, const ListenOptions& options, Errc& code) override;
  DatagramSocket* make_datagram(Family family, Errc& code) override;

  // These are not the agent's, and nothing asks for them.
  std::uint32_t random() override { return 0; }
  Progress start_resolve(ResolveOperation& operation) override { return operation.fail(Errc::not_supported); }
  Progress resume_resolve(ResolveOperation&) override { return Progress::kDone; }
  void cancel_resolve(ResolveOperation&) override {}

  // What the agent's stack has open.
  [[nodiscard]] std::size_t open_sockets() const { return count().open; }
  // And which of them are connected, if the agent can tell.
  [[nodiscard]] std::size_t connected_sockets() const { return count().connected; }

 private:
  struct Count {
    std::size_t open;
    std::size_t connected;
  };
  [[nodiscard]] Count count() const;

  Connection& connection_;
  Translation& translation_;
};

}  // namespace net::conformance
