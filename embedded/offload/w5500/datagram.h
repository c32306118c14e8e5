// W5500Datagram: a UDP socket over the chip's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "embedded/offload/view.h"
#include "embedded/offload/w5500/network.h"
#include "net/core/intrusive_list.h"
#include "net/core/memory.h"
#include "net/io/kept.h"
#include "net/io/socket.h"

namespace net::w5500 {

class W5500Datagram final : public DatagramSocket, public SocketUser, public Pooled {
 public:
  explicit W5500Datagram(W5500Network& network) : network_(network) {
    holds_datagrams = true;
    network.add(*this);
  }

  void changed(ChipSocket& socket, std::uint8_t interrupts) override;
  void lost() override;
  void available() override;
  void refused(std::span<const std::byte, 6> peer) override;

  Progress start_receive() override { return deliver() ? Progress::kDone : Progress::kPending; }
  Progress resume_receive() override { return deliver() ? Progress::kDone : Progress::kPending; }
  void cancel_receive() override { receiving().wake(Errc::cancelled); }
  Progress start_send() override;
  Progress resume_send() override { return send(); }
  void cancel_send() override { sending().wake(Errc::cancelled); }
  void close() override;
  [[nodiscard]] Endpoint local() const override { return local_; }
  [[nodiscard]] Endpoint peer() const override { return peer_; }
  Errc set_option(DatagramOption option, int value) override;
  // The chip drops what it has no room for, and does not count.
  [[nodiscard]] std::uint64_t dropped() const override { return 0; }

 private:
  friend class W5500Network;
  struct Membership;

  ~W5500Datagram() = default;
  ReceiveOperation& receiving() { return *this; }
  SendOperation& sending() { return *this; }
  // The next operation fails so, if the socket is connected.
  void fail_next(Errc code, std::uint8_t interrupts);
  template <class O>
  bool fails(O& operation);
  bool deliver();
  bool deliver(ChipSocket* socket);
  Progress bind(const Endpoint& at);
  Progress connect();
  Progress send();
  Progress join();
  Progress leave();
  Membership* find(const Address& group);
  bool open(Membership& membership);

  W5500Network& network_;
  ChipSocket* socket_ = nullptr;
  Endpoint local_;
  Endpoint peer_;
  offload::View<kLargestDatagram> view_;
  [[no_unique_address]] Kept kept_;
  // A socket of the chip hears either one group, or what is sent to this host.
  IntrusiveList<Membership> memberships_;
  Errc failure_ = Errc::ok;
  std::uint8_t interrupts_ = 0;  // that told of it
  std::uint8_t group_hops_ = 1;
  std::uint8_t hops_ = kUsualHops;  // that the chip was told
  bool broadcasts_ = false;
};

}  // namespace net::w5500
