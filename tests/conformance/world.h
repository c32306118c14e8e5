// World: the two sides that a row of the contract needs, the client's network and the server's, on one loop.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "net/core/loop.h"
#include "net/io/listener.h"
#include "net/io/network.h"
#include "net/io/stream.h"
#include "net/io/udp.h"

namespace net::conformance {

// Groups of rows that a backend may lack. Each world says why, for each group that it lacks.
enum class Row : std::uint8_t {
  kStreams,           // reading, writing, shutting down, closing
  kHalfClose,         // a sending half is shut down alone
  kReset,             // a peer that aborts is seen as connection_reset
  kListen,            // connecting, listening, accepting
  kBacklog,           // a listener's queue has an end
  kPendingConnect,    // a connection attempt that waits as long as the listener's queue is full
  kEndpoints,         // sockets have addresses
  kDualStack,         // an IPv6 listener that takes IPv4 connections
  kReusePort,         // several listeners on one port
  kUnixPaths,         // listen_unix, connect_unix
  kDatagrams,         // UDP
  kEmptyDatagrams,    // of no bytes
  kDatagramRefusals,  // the network tells a connected UDP socket that nobody listens
  kDropCounter,       // a bounded queue of datagrams that counts what it drops
  kBroadcast,
  kMulticast,
  kOthersGroups,   // a socket hears no group that only another one of its host has joined
  kMulticastHops,  // how far multicasts go can be set
  kNames,          // resolving, and connecting by name
  kIpv6,           // sockets of it
  kBothFamilies,   // the client reaches the server over IPv4 and over IPv6, whatever `address` is
  kSocketLimit,    // the number of sockets has a limit
  kAcceptLimit,    // and a connection beyond it waits until accepting it succeeds
  kBufferSizes,    // buffers whose sizes can be set
  kKeepAlive,
  kNoDelay,
  kClientReset,        // a client that aborts is seen as connection_reset
  kRefusal,            // connecting where nobody listens is refused
  kClientEndpoint,     // the server sees the endpoint that the client has
  kProgrammingErrors,  // the program may end, and be looked at from outside
};

enum class Side : std::uint8_t { kClient, kServer };

class Streams {
 public:
  Streams(Stream c, Stream s) : client(std::move(c)), server(std::move(s)) {}
  Stream client;
  Stream server;
};

// The answers of the name service, under the test's control. Unknown names do not exist; "localhost" does.
class Names {
 public:
  virtual ~Names() = default;
  virtual void set(std::string_view host, std::vector<Address> v6, std::vector<Address> v4) = 0;
  // The service does not answer for this host and family until `release`, which the test always calls.
  virtual void hold(std::string_view host, Family family) = 0;
  virtual void release() = 0;
  // The service cannot be reached: resolver_failed.
  virtual void fail(std::string_view host) = 0;
};

class World {
 public:
  World() = default;
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  virtual ~World() = default;

  // Why this world has no such row; empty if it has.
  [[nodiscard]] virtual std::string_view lacks(Row row) const = 0;
  // The same of one side alone.
  [[nodiscard]] virtual std::string_view side_lacks(Side, Row row) const { return lacks(row); }
  virtual Loop& loop() = 0;
  // Streams and look-ups of the client, listeners of the server, datagram sockets of either; see `bind`.
  virtual Network& network() = 0;

  // Two ends that are connected.
  virtual Task<Streams> streams();
  // Listens where the client can connect to, on a port that the system chooses.
  virtual Task<Listener> listen(ListenOptions options = ListenOptions());
  virtual Task<Stream> connect(Listener& listener);
  // Of the server, for the client; invalid if the world has no addresses.
  [[nodiscard]] virtual Address address() const { return {}; }
  // Of either side, in worlds that have both families.
  [[nodiscard]] virtual Address address_of(Side side, Family family) const;
  // Of all hosts that IPv4 datagrams of the client reach, the server among them.
  [[nodiscard]] virtual Address broadcast() const { return Address::v4(127, 255, 255, 255); }
  // A group of hosts, of the family of `address`, whose datagrams do not go beyond the two sides.
  [[nodiscard]] virtual Address group(std::uint8_t number) const;
  // An address of the same family that no host in reach has.
  [[nodiscard]] virtual Address foreign_address() const { return {}; }
  virtual Task<UdpSocket> bind(Side side, bool reuse_port = false);
  virtual Task<UdpSocket> bind(Side side, Endpoint at, bool reuse_port = false);
  virtual Task<UdpSocket> connect_udp(Side side, Endpoint to);
  // The interface through which multicasts of one side reach the other; 0: the system's choice.
  [[nodiscard]] virtual std::uint32_t interface() const { return 0; }
  virtual Names* names() { return nullptr; }

  // Connections that a listener of this backlog completes while nobody accepts; later attempts wait or fail.
  [[nodiscard]] virtual std::size_t queue_of(int backlog) const { return static_cast<std::size_t>(backlog); }
  // So long that each side has a socket for one connection more than such a queue has.
  [[nodiscard]] virtual int backlog() const { return 4; }
  // More bytes than all buffers between two ends hold.
  [[nodiscard]] virtual std::size_t bulk() const { return 10'000'000; }
  // Bytes that a write takes though nobody reads.
  [[nodiscard]] virtual std::size_t fits() const { return 50'000; }
  // Bytes that pass in many turns. A side has memory for ten times as many.
  [[nodiscard]] virtual std::size_t plenty() const { return 1'000'000; }
  // Connections that there may be at once.
  [[nodiscard]] virtual std::size_t many() const { return 50; }
  // And if they are made one after another.
  [[nodiscard]] virtual std::size_t lasting() const { return 50; }
  // Look-ups of both families that there may be at once.
  [[nodiscard]] virtual std::size_t look_ups() const { return 5; }
  // Connections one after another, of which none may leave anything.
  [[nodiscard]] virtual std::size_t repetitions() const { return 2000; }
  // Datagrams that a socket keeps until somebody receives them.
  [[nodiscard]] virtual std::size_t burst() const { return 40; }
  // Bytes of a datagram that the network between the two can still carry.
  [[nodiscard]] virtual std::size_t largest_datagram() const { return 60'000; }
  // After so long what one side has sent has come to the other.
  [[nodiscard]] virtual Duration settling() const { return std::chrono::milliseconds(5); }
  // What the stack below has open, for finding leaks: descriptors, control blocks.
  [[nodiscard]] virtual std::size_t open_sockets() const { return 0; }
  // From now on only so many more sockets can be had, or as many as ever.
  virtual void allow_sockets(std::size_t) {}
  virtual void allow_all_sockets() {}

 protected:
  virtual void choose(Side) {}
};

// The network of a world of two: it gives each side its own.
class Sides final : public Network {
 public:
  Sides(Network& client, Network& server) : client_(client), server_(server) {}
  // Whose the next datagram socket is.
  void choose(Side side) { side_ = side; }

  StreamSocket* make_stream(Family family, Errc& code) override { return client_.make_stream(family, code); }
  ListenerSocket* make_listener(const Destination& at, const ListenOptions& options, Errc& code) override {
    return server_.make_listener(at, options, code);
  }
  DatagramSocket* make_datagram(Family family, Errc& code) override {
    return (side_ == Side::kClient ? client_ : server_).make_datagram(family, code);
  }
  std::uint32_t random() override { return client_.random(); }
  NameServers* known_name_servers() override { return client_.name_servers(); }
  Progress start_resolve(ResolveOperation& operation) override { return client_.start_resolve(operation); }
  Progress resume_resolve(ResolveOperation& operation) override { return client_.resume_resolve(operation); }
  void cancel_resolve(ResolveOperation& operation) override { client_.cancel_resolve(operation); }

 private:
  Network& client_;
  Network& server_;
  Side side_ = Side::kClient;
};

class WorldMaker {
 public:
  std::string name;
  std::function<std::unique_ptr<World>()> make;
  friend void PrintTo(const WorldMaker& maker, std::ostream* out) { *out << maker.name; }
};

// The worlds that the test program runs every row in; each program has one such function.
std::vector<WorldMaker> worlds();

}  // namespace net::conformance
