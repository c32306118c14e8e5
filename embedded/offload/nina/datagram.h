// NinaDatagram: a UDP socket over the module's.
#pragma once

#include <cstddef>
#include <cstdint>

#include "embedded/offload/nina/membership.h"
#include "embedded/offload/nina/network.h"
#include "embedded/offload/view.h"
#include "net/core/memory.h"
#include "net/io/kept.h"
#include "net/io/socket.h"

namespace net::nina {

class NinaDatagram final : public DatagramSocket, public SocketUser, public Pooled, private Timer {
 public:
  explicit NinaDatagram(NinaNetwork& network)
      : Timer([](Timer& timer) { static_cast<NinaDatagram&>(timer).available(); }), network_(network) {
    holds_datagrams = true;
    network.add(*this);
  }

  void done(Command command) override;
  void lost() override;
  void available() override;

  Progress start_receive() override;
  Progress resume_receive() override { return take(); }
  void cancel_receive() override;
  Progress start_send() override;
  Progress resume_send() override { return Progress::kDone; }
  void cancel_send() override;
  void close() override;
  [[nodiscard]] Endpoint local() const override { return has_port() ? local_ : Endpoint(); }
  [[nodiscard]] Endpoint peer() const override { return peer_; }
  Errc set_option(DatagramOption option, int value) override;
  // The module drops what it has no room for, and does not count.
  [[nodiscard]] std::uint64_t dropped() const override { return 0; }

  // For memberships. A join that somebody waits for has ended.
  void joined(Errc code, std::uint8_t number) { end_send(code, number); }
  void forget(Membership& membership);

 private:
  friend class NinaNetwork;

  // Where it is bound.
  enum class Bound : std::uint8_t {
    kNowhere,
    kSoon,  // somebody waits for it
    kLost,  // it has a port, which it is to get back from the module
    kOpen,
  };

  ~NinaDatagram() { Timers::stop(*this); }
  // So far as others are concerned.
  [[nodiscard]] bool has_port() const { return bound_ >= Bound::kLost; }
  ReceiveOperation& receiving() { return *this; }
  SendOperation& sending() { return *this; }
  Progress bind(const Endpoint& at);
  void bound();
  void give_up_port();
  Progress connect();
  Progress send();
  Progress join();
  Progress leave();
  void end_leave();
  Membership* find(const Address& group);
  void pump();
  void receive();
  void received();
  Progress take();
  void end_send(Errc code, std::uint8_t number = 0);

  NinaNetwork& network_;
  NinaSocket* socket_ = nullptr;
  Endpoint local_;
  Endpoint peer_;
  Membership* memberships_ = nullptr;
  // A datagram is there before anybody takes it: nobody may be left who waits for it.
  offload::View<kLargestDatagram> view_;
  Endpoint from_;
  std::size_t size_ = 0;
  [[no_unique_address]] Kept kept_;
  std::uint8_t leaving_ = kNoSlot;  // somebody waits until it is stopped
  Bound bound_ = Bound::kNowhere;
  bool sends_ = false;     // SENDTO is under way, and somebody waits for it
  bool readable_ = false;  // one may be with the module
  bool came_ = false;      // one is in the view
  bool broadcasts_ = false;
};

}  // namespace net::nina
