// LwipDatagram: a UDP socket over lwIP's raw interface.
#pragma once

#include <array>

#include <lwip/udp.h>

#include "embedded/lwip/notifier.h"
#include "net/core/intrusive_list.h"
#include "net/core/memory.h"
#include "net/io/socket.h"

// How many datagrams wait in a socket before more are dropped.
#ifndef NET_DATAGRAM_QUEUE
#define NET_DATAGRAM_QUEUE 8
#endif

namespace net::lwip {

class LwipDatagram final : public DatagramSocket, public Notifier<LwipDatagram>, public Pooled {
 public:
  // With the core's lock held.
  LwipDatagram(InboxOf inbox, udp_pcb* pcb, Family family);

  Progress start_receive() override;
  Progress resume_receive() override;
  void cancel_receive() override { receiving().wake(Errc::cancelled); }
  Progress start_send() override;
  Progress resume_send() override { return Progress::kDone; }
  void cancel_send() override { sending().wake(Errc::cancelled); }
  void close() override;
  [[nodiscard]] Endpoint local() const override;
  [[nodiscard]] Endpoint peer() const override;
  Errc set_option(DatagramOption option, int value) override;
  [[nodiscard]] std::uint64_t dropped() const override;
  // For callbacks.
  void noticed(News) {
    if (receiving().pending()) receiving().wake();
  }

 private:
  ~LwipDatagram() = default;
  struct Waiting {
    pbuf* data = nullptr;
    Endpoint from;
  };
  struct Membership;

  static void on_receive(void* self, udp_pcb* pcb, pbuf* data, const ip_addr_t* from, u16_t port);
  ReceiveOperation& receiving() { return *this; }
  SendOperation& sending() { return *this; }
  bool deliver();
  Progress act();
  Progress bind();
  Progress connect();
  Progress send();
  Progress join_or_leave();
  [[nodiscard]] bool wants(const ip_addr_t& to) const;

  udp_pcb* pcb_;
  Family family_;
  pbuf* lent_ = nullptr;  // until the next receive begins
  // A ring: they come in a callback, where memory that is not there cannot be waited for.
  std::array<Waiting, NET_DATAGRAM_QUEUE> queue_;
  std::size_t first_ = 0;
  std::size_t queued_ = 0;
  IntrusiveList<Membership> memberships_;
  std::uint64_t dropped_ = 0;
};

}  // namespace net::lwip
