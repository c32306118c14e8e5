// TlsSocket: a slot of the module's with TLS.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "embedded/offload/nina/network.h"
#include "embedded/offload/view.h"
#include "net/core/memory.h"
#include "net/io/kept.h"
#include "net/io/socket.h"

namespace net::nina {

class TlsSocket final : public StreamSocket, public SocketUser, public Pooled, private Request, private Timer {
 public:
  // Null with the reason in `code`.
  static TlsSocket* make(NinaNetwork& network, std::string_view host, std::uint16_t port, Errc& code);

  // Begins what `destination` only describes.
  [[nodiscard]] Op<void> connect(const Destination& destination);

  void done(Command) override {}
  void lost() override;
  void disconnected() override;
  void network_goes() override;

  Progress start_read() override;
  Progress resume_read() override;
  void cancel_read() override;
  Progress start_write() override;
  Progress resume_write() override { return Progress::kDone; }
  void cancel_write() override;
  void close(bool reset) override;
  void abort() override;
  [[nodiscard]] Endpoint local() const override { return {}; }
  [[nodiscard]] Endpoint peer() const override { return {}; }
  Errc set_option(StreamOption, int) override { return Errc::not_supported; }

 private:
  static constexpr std::size_t kView = 1024;
  static constexpr Duration kQuick = std::chrono::milliseconds(1);

  TlsSocket(NinaNetwork& network, std::string_view host, std::uint16_t port);
  ~TlsSocket();

  ReadOperation& reading() { return *this; }
  WriteOperation& writing() { return *this; }
  void write(Writer& out) override;
  bool read(Reader& in) override;
  void ended(Outcome outcome, std::uint8_t number) override;
  void answered();
  void begin(Command what);
  void pump();
  void received();
  void sent();
  void rest();
  void take_back();
  void free_slot();
  void end(Errc code);
  void end_read(Errc code);
  void end_write(Errc code);
  void leave();

  NinaNetwork& network_;
  std::string_view host_;
  Bytes data_;  // on its way
  // What has come is here until somebody takes it.
  offload::View<kView> view_;
  std::span<std::byte> left_;
  [[no_unique_address]] Kept kept_;
  Duration interval_;  // until it is asked again whether something has come
  std::uint16_t port_;
  std::uint16_t size_ = 0;       // of an answer's data, or its number
  std::uint16_t available_ = 0;  // bytes that have come
  std::uint8_t slot_;
  Command next_ = Command::kRequestHost;  // to connect, then to read
  Errc failure_ = Errc::ok;
  bool busy_ = false;
  bool connected_ = false;
  bool ended_ = false;       // as far as the module tells
  bool reads_ = false;       // somebody waits for bytes
  bool writes_ = false;      // somebody waits until his are sent, or for the connection
  bool rests_ = false;       // until the timer rings
  bool wrote_last_ = false;  // they take turns
  bool cut_ = false;         // a write was cancelled
  bool sends_nothing_ = false;
  bool leaves_ = false;  // the slot is to be stopped
  bool closed_ = false;  // and this goes
};

}  // namespace net::nina
