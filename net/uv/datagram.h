// UvDatagram: UDP sockets.
#pragma once

#include <cstddef>
#include <cstdint>

#include "net/core/memory.h"
#include "net/io/kept.h"
#include "net/io/socket.h"
#include "net/uv/socket.h"

namespace net::uv {

class UvDatagram final : public DatagramSocket, public Pooled, private UvSocket {
 public:
  UvDatagram(UvLoop& loop, int descriptor, Family family) : UvSocket(loop), family_(family) {
    set_descriptor(descriptor);
  }

  Progress start_receive() override;
  Progress resume_receive() override;
  void cancel_receive() override;
  Progress start_send() override;
  Progress resume_send() override;
  void cancel_send() override;
  void close() override { delete this; }
  [[nodiscard]] Endpoint local() const override;
  [[nodiscard]] Endpoint peer() const override;
  Errc set_option(DatagramOption option, int value) override;
  [[nodiscard]] std::uint64_t dropped() const override;

 private:
  ~UvDatagram();
  void ready(unsigned events) override;
  ReceiveOperation& receiving() { return *this; }
  SendOperation& sending() { return *this; }
  Progress wait_to_receive();
  Progress receive();
  Progress receive_batch();
  Progress deliver();
  Progress send();
  Progress join_or_leave();

  // Datagrams of the last batch that nobody has received: they wait in the loop's datagram buffer.
  struct Batch;
  Batch* batch_ = nullptr;
  Kept kept_;  // what could not be sent at once
  Family family_;
  bool maybe_readable_ = false;
  // Batches of one are dearer than a plain receive: after a few of them, batches are tried only now and then.
  std::uint8_t lonely_ = 0;
};

}  // namespace net::uv
