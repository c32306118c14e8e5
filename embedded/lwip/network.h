// LwipNetwork: sockets of lwIP, and the name servers that the host has been told of.
#pragma once

#include "embedded/lwip/name_servers.h"
#include "embedded/lwip/notifier.h"
#include "net/io/network.h"

namespace net::lwip {

// *Lifetime*: the loop's, which outlives it. lwIP's state is global, so all such networks are one.
class LwipNetwork final : public Network, public Notifier<LwipNetwork> {
 public:
  explicit LwipNetwork(Loop& loop) : Notifier(make_inbox(loop)) {}
  ~LwipNetwork() { close_inbox(); }

  // For what knows of links and addresses: a callback of lwIP, or whoever holds the core's lock.
  void set_up(bool is_up) {
    is_up_ = is_up;
    notify(News{1});
  }

  // Whether there are streams that are gone and whose peers have not acknowledged all that was written, and its
  // end. 20 s after it went a stream is none of them.
  [[nodiscard]] static bool leaving();

  StreamSocket* make_stream(Family family, Errc& code) override;
  ListenerSocket* make_listener(const Destination& at, const ListenOptions& options, Errc& code) override;
  DatagramSocket* make_datagram(Family family, Errc& code) override;
  std::uint32_t random() override;

  // From here on there are such sockets, and the others: connect.cc, datagram.cc, stream.cc, listener.cc,
  // name_servers.cc.
  static void use_streams();
  static void use_datagrams();
  static void use_shutdown();
  static void use_options();
  static void use_endpoints();
  static void use_addresses();
  static void use_names();

  void noticed(News) { Network::set_up(is_up_); }

 protected:
  NameServers* known_name_servers() override { return names; }

 private:
  static StreamSocket* make_lwip_stream(LwipNetwork& network, Family family, Errc& code);
  static DatagramSocket* make_lwip_datagram(LwipNetwork& network, Family family, Errc& code);

  static inline StreamSocket* (*stream_maker)(LwipNetwork&, Family, Errc&) = nullptr;
  static inline NameServers* names = nullptr;
  static inline DatagramSocket* (*datagram_maker)(LwipNetwork&, Family, Errc&) = nullptr;

  bool is_up_ = true;
};

}  // namespace net::lwip
