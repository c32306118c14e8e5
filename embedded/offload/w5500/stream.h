// W5500Stream: a TCP connection of the chip's.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "embedded/offload/view.h"
#include "embedded/offload/w5500/network.h"
#include "net/core/memory.h"
#include "net/io/kept.h"
#include "net/io/socket.h"

// Bytes that a stream lends to reads that bring no buffer.
#ifndef NET_W5500_VIEW
#define NET_W5500_VIEW 1024
#endif

namespace net::w5500 {

class W5500Stream final : public StreamSocket, public SocketUser, public Pooled {
 public:
  // Without a connection, which `connect` makes.
  explicit W5500Stream(W5500Network& network) : network_(network) { network.add(*this); }
  // Takes a socket that is connected.
  void adopt(ChipSocket& socket);

  void changed(ChipSocket& socket, std::uint8_t interrupts) override;
  void lost() override;

  Progress start_read() override;
  Progress resume_read() override;
  void cancel_read() override { reading().wake(Errc::cancelled); }
  Progress start_write() override;
  Progress resume_write() override;
  void cancel_write() override;
  void close(bool reset) override;
  void abort() override;
  [[nodiscard]] Endpoint local() const override;
  [[nodiscard]] Endpoint peer() const override;
  Errc set_option(StreamOption option, int value) override;

 private:
  friend class W5500Network;
  ~W5500Stream() = default;
  ReadOperation& reading() { return *this; }
  WriteOperation& writing() { return *this; }
  void wake_both();
  bool receive();
  Progress send();
  Progress other(bool begins);
  Progress shut_down();
  // Linked on use (net/io/parts.h): begins, or looks whether it is done.
  static Progress connect(W5500Stream& stream, bool begins);
  // The attempt has failed; why.
  static Errc reason(const W5500Stream& stream, std::uint8_t interrupts);
  static inline decltype(&connect) connector = nullptr;
  static inline decltype(&reason) explainer = nullptr;
  void fail_all(Errc code);
  void release();
  void release_if_done();

  W5500Network& network_;
  ChipSocket* socket_ = nullptr;  // null once nothing more is to be had of it
  offload::View<NET_W5500_VIEW> view_;
  [[no_unique_address]] Kept kept_;
  TimePoint began_{};  // to connect
  std::array<std::byte, 6> peer_{};
  std::uint16_t port_ = 0;  // of this side
  std::uint8_t interrupts_ = 0;
  Errc failure_ = Errc::ok;  // after what had arrived has been read, every operation fails so
  bool connected_ = false;
  bool ended_ = false;  // the peer has ended its half
  bool shut_ = false;   // our half is ended
  bool cut_ = false;    // a write was cancelled: the peer must not take its part for the whole
};

}  // namespace net::w5500
