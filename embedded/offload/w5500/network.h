// W5500Network: the sockets of a W5500.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "embedded/offload/bus.h"
#include "embedded/offload/ip.h"
#include "embedded/offload/w5500/chip.h"
#include "embedded/offload/w5500/socket.h"
#include "net/core/loop.h"
#include "net/io/network.h"

namespace net::w5500 {

using offload::from_ip;
using offload::Ip;
using offload::kNoIp;
using offload::to_ip;
Endpoint from_peer(std::span<const std::byte, 6> peer);

// What a host is called by others.
class Settings {
 public:
  std::array<std::byte, 6> hardware_address{};
  Ip address{};
  Ip subnet{};
  Ip gateway{};

  constexpr Settings() {}  // NOLINT: no aggregate, which g++ 12 destroys twice in awaits
};

// It is up while there is a link and an address. A chip that resets itself, or that answers no more, is reset
// and set up anew: its connections fail with connection_reset, listeners and datagram sockets go on.
//
// *Lifetime*: of the loop; the bus outlives it. All sockets go before it.
class W5500Network final : public Network, private Timer {
 public:
  // Begins to set the chip up, in some milliseconds.
  W5500Network(Loop& loop, offload::Bus& bus, const Settings& settings);
  ~W5500Network();

  // The bus has woken the loop: looks what has happened, and wakes whoever waits for it.
  void poll();

  [[nodiscard]] const Settings& settings() const { return settings_; }
  // From here on it has these addresses; without one it is down.
  void set_addresses(const Ip& address, const Ip& subnet, const Ip& gateway);
  void set_name_server(std::size_t place, const Endpoint& server) { name_servers_.set(place, server); }
  [[nodiscard]] bool has_link() const { return has_link_; }
  // Of its sockets, those that somebody holds: for finding leaks.
  [[nodiscard]] std::size_t open_sockets() const;
  // Of these, those that are connected.
  [[nodiscard]] std::size_t connected_sockets() const;
  // Whether there are streams that are gone and whose peers have not acknowledged all that was written. The end
  // the chip sends by itself.
  [[nodiscard]] bool leaving() const;

  StreamSocket* make_stream(Family family, Errc& code) override;
  ListenerSocket* make_listener(const Destination& at, const ListenOptions& options, Errc& code) override;
  DatagramSocket* make_datagram(Family family, Errc& code) override;
  std::uint32_t random() override { return net_offload_random(); }

  // From here on there are such sockets: connect.cc, datagram.cc.
  static void use_streams();
  static void use_datagrams();

  // For sockets. A free socket of the chip's; null with the reason in `code`. One that is leaving gives way,
  // if nothing but the end of its connection is lost with it.
  ChipSocket* take(SocketUser& user, Errc& code);
  // A port that nobody asked for, that others cannot guess (RFC 6056, 3.3.1), and nobody has.
  std::uint16_t any_port();
  // Whether somebody receives datagrams there, or listens, who does not share the port with one who `shares`.
  [[nodiscard]] bool is_used(std::uint16_t port, bool datagrams, bool shares = false) {
    return offload::is_used(users_, port, datagrams, shares);
  }
  // This host's address, or all of them.
  [[nodiscard]] bool is_local(const Address& address) const;
  // Of all hosts, or of all of this subnet.
  [[nodiscard]] bool is_broadcast(const Ip& ip) const {
    return offload::is_broadcast(ip, settings_.address, settings_.subnet);
  }
  Loop& loop() { return loop_; }
  // A socket is free again.
  void freed();
  // The chip does what it should not: it may have been reset.
  void suspect();
  // From here on it is told what happens.
  void add(SocketUser& user) { users_.push_back(user); }

 protected:
  NameServers* known_name_servers() override { return &name_servers_; }

 private:
  friend class ChipSocket;
  enum class State : std::uint8_t { kHeld, kStarting, kRunning };

  static StreamSocket* make_w5500_stream(W5500Network& network, Family family, Errc& code);
  static DatagramSocket* make_w5500_datagram(W5500Network& network, Family family, Errc& code);
  static inline decltype(&make_w5500_stream) stream_maker = nullptr;
  static inline decltype(&make_w5500_datagram) datagram_maker = nullptr;

  void reset();
  void tick();
  bool configure();
  void write_addresses();
  void check();
  void check_link();
  void tell_up();
  void drain();
  void lose();
  void tell_available();
  void tell_refused();
  void start_timer(Duration after);

  Loop& loop_;
  Chip chip_;
  Settings settings_;
  std::array<ChipSocket, kSockets> sockets_;
  IntrusiveList<SocketUser> users_;
  offload::KnownServers name_servers_;
  State state_ = State::kHeld;
  std::uint8_t tries_ = 0;
  bool has_link_ = false;
  bool busy_ = false;  // users are told of free sockets afterwards
  bool freed_ = false;
  bool told_ = false;  // that the chip does not answer
};

}  // namespace net::w5500
