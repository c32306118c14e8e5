// NinaStream: a TCP connection of the module's.
#pragma once

#include <cstddef>
#include <cstdint>

#include "embedded/offload/nina/network.h"
#include "embedded/offload/view.h"
#include "net/core/memory.h"
#include "net/io/kept.h"
#include "net/io/socket.h"

// Bytes that a stream lends to reads that bring no buffer.
#ifndef NET_NINA_VIEW
#define NET_NINA_VIEW 1024
#endif

namespace net::nina {

class NinaStream final : public StreamSocket, public SocketUser, public Pooled {
 public:
  // Without a connection, which `connect` makes.
  explicit NinaStream(NinaNetwork& network) : network_(network) { network.add(*this); }
  // Takes a socket that is connected to `ip` and `port`.
  void adopt(NinaSocket& socket, const Ip& ip, std::uint16_t port);

  void done(Command command) override;
  void lost() override;
  void disconnected() override;

  Progress start_read() override;
  Progress resume_read() override;
  void cancel_read() override;
  Progress start_write() override;
  Progress resume_write() override { return Progress::kDone; }
  void cancel_write() override;
  void close(bool reset) override;
  void abort() override;
  [[nodiscard]] Endpoint local() const override;
  [[nodiscard]] Endpoint peer() const override;
  Errc set_option(StreamOption option, int value) override;

 private:
  friend class NinaNetwork;
  // Bytes have come for a read that is about to go on.
  enum class Landed : std::uint8_t { kNo, kDirectly, kFromLeft, kDropped };

  ~NinaStream();
  ReadOperation& reading() { return *this; }
  WriteOperation& writing() { return *this; }
  void pump();
  bool begin_receive();
  void received();
  bool take_left();
  bool keep_aside(std::size_t size);
  void drop_aside();
  void sent();
  // Linked on use (net/io/parts.h): begins to connect, or goes on after a command.
  static Progress connect(NinaStream& stream);
  static void connecting(NinaStream& stream, Command command);
  static inline decltype(&connect) connector = nullptr;
  static inline decltype(&connecting) continuer = nullptr;
  void fail(Errc code, std::uint8_t number);
  void end_read(Errc code);
  void end_write(Errc code);
  void release();

  NinaNetwork& network_;
  NinaSocket* socket_ = nullptr;  // null once nothing more is to be had of it
  offload::View<NET_NINA_VIEW> view_;
  // Bytes that came for a read that was cancelled, in the view or aside.
  std::span<std::byte> left_;
  std::byte* aside_ = nullptr;
  std::size_t aside_size_ = 0;
  [[no_unique_address]] Kept kept_;
  Ip ip_{};  // the peer's
  std::uint16_t port_ = 0;
  std::uint16_t local_port_ = 0;
  Errc failure_ = Errc::ok;  // after what had arrived has been read, every operation fails so
  std::uint8_t number_ = 0;
  bool connected_ = false;
  bool ended_ = false;     // the peer has ended its half
  bool reads_ = false;     // somebody waits for bytes
  bool writes_ = false;    // somebody waits until his bytes are sent
  bool readable_ = false;  // there may be some: it is worth asking
  bool full_ = false;      // the module has no room: it is not
  Landed landed_ = Landed::kNo;
  bool orphan_ = false;      // RECV is under way, for nobody any more
  bool cancels_ = false;     // the read, for whose bytes there is no other place
  bool wrote_last_ = false;  // they take turns
  bool part_ = false;        // some bytes of a write have gone
  bool cut_ =
      false;  // a write was cancelled, or failed, in its midst: the peer must not take its part for the whole
};

}  // namespace net::nina
