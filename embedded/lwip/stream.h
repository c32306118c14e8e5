// LwipStream: a TCP connection over lwIP's raw interface.
#pragma once

#include <lwip/tcp.h>

#include "embedded/lwip/core.h"
#include "embedded/lwip/notifier.h"
#include "net/core/intrusive_list.h"
#include "net/io/socket.h"

namespace net::lwip {

// *Lifetime*: made with the core's lock held.
class LwipStream final : public StreamSocket, public ListNode, public Notifier<LwipStream>, public CoreMade {
 public:
  // Null without memory.
  static LwipStream* make(InboxOf inbox);
  // For callbacks, network and listener; the lock is held. Takes a control block that is new, or that lwIP has
  // just connected to a listener.
  void adopt(tcp_pcb* pcb);
  // The connection has been handed to a task.
  void accepted();
  // As `close`.
  void end(bool reset);
  void noticed(News news) {
    if ((news & kRead) != 0 && reading().pending()) reading().wake();
    if ((news & kWrite) != 0 && writing().pending()) writing().wake();
  }

  Progress start_read() override;
  Progress resume_read() override;
  void cancel_read() override { reading().wake(Errc::cancelled); }
  Progress start_write() override;
  Progress resume_write() override;
  void cancel_write() override;
  void close(bool reset) override;
  void abort() override;
  [[nodiscard]] Endpoint local() const override { return teller(*this, false); }
  [[nodiscard]] Endpoint peer() const override { return teller(*this, true); }
  Errc set_option(StreamOption option, int value) override { return setter(*this, option, value); }

 private:
  friend class LwipNetwork;  // sets what is linked on use
  static constexpr News kRead = 1;
  static constexpr News kWrite = 2;

  explicit LwipStream(InboxOf inbox) : Notifier(inbox) {
    peer_.port = 0;  // without one there is no address
    local_.port = 0;
  }
  ~LwipStream() = default;
  static err_t on_receive(void* self, tcp_pcb* pcb, pbuf* data, err_t error);
  static err_t on_sent(void* self, tcp_pcb* pcb, u16_t count);
  static err_t on_connected(void* self, tcp_pcb* pcb, err_t error);
  static err_t on_poll(void* self, tcp_pcb* pcb);
  static void on_error(void* self, err_t error);

  ReadOperation& reading() { return *this; }
  WriteOperation& writing() { return *this; }
  bool receive();
  void give_back();
  Progress send();
  // Parts that are linked on use (net/io/parts.h). Of connecting (connect.cc) and of ending the sending half:
  // begins, or looks whether it is done.
  static Progress connect(LwipStream& stream, bool begins);
  static Progress shut_down(LwipStream& stream, bool begins);
  static Errc set(LwipStream& stream, StreamOption option, int value);
  static Endpoint tell(const LwipStream& stream, bool peer);
  static inline decltype(&connect) connector = nullptr;
  static inline decltype(&shut_down) shutter = nullptr;
  static inline decltype(&set) setter = nullptr;
  static inline decltype(&tell) teller = nullptr;
  Progress other(bool begins);
  tcp_pcb* release();
  void abort_pcb();
  void fail_all(Errc code);

  tcp_pcb* pcb_ = nullptr;  // null once lwIP has freed it
  pbuf* received_ = nullptr;
  u16_t offset_ = 0;  // what of the first pbuf has been read
  u16_t lent_ = 0;    // at the front, until the next read begins
  u8_t early_ = 0;    // by how much the window is open beyond what has been read
  // As lwIP has them. The local one once the peer has ended its half.
  struct End {
    ip_addr_t address;
    u16_t port;  // 0: it has none
  };
  End peer_;
  End local_;
  err_t native_ = ERR_OK;
  Errc failure_ = Errc::ok;  // after what had arrived has been read, every operation fails so
  bool ended_ = false;       // the peer has ended its half
  bool connected_ = false;
  bool shut_ = false;  // our half is ended
  bool cut_ = false;   // a write was cancelled: the peer must not take its part for the whole
};

}  // namespace net::lwip
