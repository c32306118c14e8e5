// NinaNetwork: the sockets of a NINA module.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "embedded/offload/bus.h"
#include "embedded/offload/ip.h"
#include "embedded/offload/nina/module.h"
#include "embedded/offload/nina/socket.h"
#include "embedded/offload/nina/station.h"
#include "embedded/offload/nina/stop.h"
#include "embedded/offload/nina/sweep.h"
#include "net/core/loop.h"
#include "net/io/network.h"

namespace net::nina {

// CONFIG_LWIP_MAX_SOCKETS.
inline constexpr std::size_t kSockets = 6;
// What an Ethernet frame carries: the module puts no fragments together.
inline constexpr std::size_t kLargestDatagram = 1472;
// Where any port will do, so many of them are tried: the module may have something at one of which nobody here
// knows.
inline constexpr std::uint8_t kPorts = 4;
// What cannot be opened anew after a reset is left alone for so long.
inline constexpr Duration kUntilNextTry = std::chrono::seconds(1);

// What an error tells beside its code: this, and newlib's number.
inline constexpr int kNative = 0x4E00;
[[nodiscard]] Errc to_errc(std::uint8_t number);

// It is up while the module has joined the Wi-Fi and has an address. When that is lost connections fail with
// connection_reset, listeners and datagram sockets go on. So it is when the module has been reset, by itself or
// because it has made no sense: these are opened anew once it is up again.
//
// *Lifetime*: of the loop; bus, pin and the texts of the settings outlive it. All sockets go before it.
class NinaNetwork final : public Network, private Module::Owner, private Station::Owner, private Timer {
 public:
  // Begins with a reset; joining takes seconds.
  NinaNetwork(Loop& loop, offload::Bus& bus, offload::Pin& ready, const Settings& settings);
  ~NinaNetwork();

  // The bus or the pin has woken the loop.
  void poll() { module_.poll(); }

  // This host's; any while it has none.
  [[nodiscard]] Address address() const { return offload::from_ip(station_.address()); }
  void set_name_server(std::size_t place, const Endpoint& server) { name_servers_.set(place, server); }
  // Of the module's sockets, those that somebody holds: for finding leaks.
  [[nodiscard]] std::size_t open_sockets() const;
  // Whether there are sockets that are gone and that the module has not been told to close. What was written it
  // has, and sends by itself.
  [[nodiscard]] bool leaving() const;
  // For requests of other kinds than sockets have.
  [[nodiscard]] Module& module() { return module_; }
  [[nodiscard]] Station& station() { return station_; }

  StreamSocket* make_stream(Family family, Errc& code) override;
  ListenerSocket* make_listener(const Destination& at, const ListenOptions& options, Errc& code) override;
  DatagramSocket* make_datagram(Family family, Errc& code) override;
  std::uint32_t random() override { return net_offload_random(); }

  // From here on there are such sockets: connect.cc, datagram.cc.
  static void use_streams();
  static void use_datagrams();

  // For sockets. A free one of the module's; null with the reason in `code`. One that is being closed will do,
  // but not for ACCEPT, which needs its descriptor at once: then `code` is ok, and `available` tells.
  NinaSocket* take(SocketUser* user, Errc& code, bool at_once = false);
  // A port that nobody asked for, that others cannot guess (RFC 6056, 3.3.1), and nobody has.
  std::uint16_t any_port();
  [[nodiscard]] bool is_used(std::uint16_t port, bool datagrams, bool shares = false) {
    return offload::is_used(users_, port, datagrams, shares);
  }
  // This host's address, or all of them.
  [[nodiscard]] bool is_local(const Address& address) const;
  [[nodiscard]] bool is_broadcast(const Ip& ip) const {
    return offload::is_broadcast(ip, station_.address(), station_.subnet());
  }
  Loop& loop() { return module_.loop(); }
  void add(SocketUser& user) { users_.push_back(user); }
  // A socket is free again, or a slot.
  void freed();
  // The module has given a descriptor to a socket: whoever had it has lost it.
  void claim(NinaSocket& socket);
  // Something is wrong with a descriptor: is the Wi-Fi still there?
  void suspect() { station_.look(); }
  // Something is wrong with the module.
  void reset() { module_.reset(); }
  // Something happens: POLLs are to be frequent. Somebody waits for it: there is to be one.
  void active();
  void poll_later();
  // After answers that were spoilt the module may have sockets that nobody knows of.
  void tidy();
  void sweep() { sweep_.begin(); }
  // So many of the module's descriptors are its slots'; one of them may speak TLS, as the firmware has memory
  // for no other. False: there is one, or no descriptor is left.
  [[nodiscard]] bool take_slot(bool tls = false);
  // `freed` tells of it, once the module has nothing to do with it any more.
  void leave_slot(bool tls = false);
  [[nodiscard]] bool has_slot() const { return slots_ != 0; }
  // Stops one that nobody has any more, and leaves it.
  void stop_slot(std::uint8_t slot) { stop_.stop(slot); }
  [[nodiscard]] bool stops(std::uint8_t slot) const { return stop_.waits_for(slot); }

 protected:
  NameServers* known_name_servers() override { return &name_servers_; }

 private:
  friend class Sweep;

  static StreamSocket* make_nina_stream(NinaNetwork& network, Family family, Errc& code);
  static DatagramSocket* make_nina_datagram(NinaNetwork& network, Family family, Errc& code);
  static inline decltype(&make_nina_stream) stream_maker = nullptr;
  static inline decltype(&make_nina_datagram) datagram_maker = nullptr;

  void was_reset() override;
  void joined() override;
  void left() override;
  void was_restarted() override { module_.reset(); }
  void round();
  void tell_available();

  Module module_;
  Station station_;
  Sweep sweep_;
  Stop stop_;
  std::array<NinaSocket, kSockets> sockets_;
  IntrusiveList<SocketUser> users_;
  offload::KnownServers name_servers_;
  Duration interval_;
  std::uint16_t spoilt_ = 0;
  std::uint8_t slots_ = 0;
  bool has_tls_ = false;
  bool runs_ = false;  // it has joined since it was reset
};

}  // namespace net::nina
