#include "embedded/lwip/stream.h"

#include <algorithm>
#include <cstring>

#include "embedded/lwip/address.h"
#include "embedded/lwip/network.h"
#include "net/io/parts.h"

namespace net::lwip {
namespace {

constexpr int kLongEnough = 40;  // half seconds: as long as lwIP waits for a peer's end alone

// Of a connection whose stream is gone, every half second, which its priority counts. When only the peer's end
// is missing, or the peer does not take what was written, the connection is the first that lwIP gives up for
// another: else peers that never read, or never end, keep all others away.
err_t look_after(void*, tcp_pcb* pcb) {
  bool enough = pcb->state == FIN_WAIT_2 || pcb->prio == TCP_PRIO_NORMAL + kLongEnough;
  if (enough) pcb->prio = TCP_PRIO_MIN;
  if (pcb->prio >= TCP_PRIO_NORMAL) ++pcb->prio;
  return ERR_OK;
}

constexpr u8_t kEarly = 16;
constexpr int kLongestIdle = 4'294'967;  // seconds, of which lwIP has the milliseconds in 32 bits

// Moves what has come into what is left of the queue's last buffer, if it fits. Else a peer that sends byte by
// byte to a task that does not read would hold a buffer of the pool for each, until none is left for anybody.
bool append(pbuf& queue, pbuf& data) {
  pbuf* last = &queue;
  while (last->next != nullptr) last = last->next;
  if (!pbuf_match_allocsrc(last, PBUF_TYPE_ALLOC_SRC_MASK_STD_MEMP_PBUF_POOL) || last->ref != 1) return false;
  // As pbuf_alloc lays a buffer out.
  auto* end = reinterpret_cast<std::byte*>(last) + LWIP_MEM_ALIGN_SIZE(sizeof(pbuf)) +
              LWIP_MEM_ALIGN_SIZE(PBUF_POOL_BUFSIZE);
  auto* at = static_cast<std::byte*>(last->payload) + last->len;
  u16_t size = data.tot_len;
  if (end - at < size) return false;
  pbuf_copy_partial(&data, at, size, 0);
  last->len = static_cast<u16_t>(last->len + size);
  for (pbuf* each = &queue; each != nullptr; each = each->next) {
    each->tot_len = static_cast<u16_t>(each->tot_len + size);
  }
  pbuf_free(&data);
  return true;
}

}  // namespace

LwipStream* LwipStream::make(InboxOf inbox) { return new LwipStream(inbox); }

void LwipStream::adopt(tcp_pcb* pcb) {
  pcb_ = pcb;
  connected_ = pcb->state >= ESTABLISHED;
  if (connected_) {
    peer_.address = pcb->remote_ip;
    peer_.port = pcb->remote_port;
  }
  tcp_arg(pcb, this);
  tcp_recv(pcb, on_receive);
  tcp_sent(pcb, on_sent);
  tcp_err(pcb, on_error);
  tcp_poll(pcb, on_poll, 1);
  tcp_nagle_disable(pcb);
}

void LwipStream::accepted() {
  if (pcb_ != nullptr) {
    tcp_backlog_accepted(pcb_);  // nothing, in some builds of lwIP
  }
}

err_t LwipStream::on_receive(void* self, tcp_pcb* pcb, pbuf* data, err_t) {
  auto& stream = *static_cast<LwipStream*>(self);
  // With a window of nothing lwIP answers every acknowledgement by one, and two such ends never stop. So a byte
  // of it stays open, which is too little for lwIP to announce.
  if (pcb->rcv_wnd == 0 && stream.early_ < kEarly) {
    ++stream.early_;
    tcp_recved(pcb, 1);
  }
  if (data == nullptr) {
    stream.ended_ = true;
    stream.local_.address = pcb->local_ip;
    stream.local_.port = pcb->local_port;
    // Both halves have ended, and lwIP tells of it no more: not even when it frees the control block.
    if (pcb->state == TIME_WAIT || pcb->state == CLOSING) stream.release();
  } else if (stream.received_ == nullptr) {
    stream.received_ = data;
  } else if (!append(*stream.received_, *data)) {
    pbuf_cat(stream.received_, data);
  }
  stream.notify(kRead);
  return ERR_OK;
}

err_t LwipStream::on_sent(void* self, tcp_pcb*, u16_t) {
  auto& stream = *static_cast<LwipStream*>(self);
  stream.notify(kWrite);
  return ERR_OK;
}

// Memory that was short when a write was refused may be there now; nothing else would tell.
err_t LwipStream::on_poll(void* self, tcp_pcb* pcb) { return on_sent(self, pcb, 0); }

// lwIP has freed the control block, within its input or a call of ours for another socket.
void LwipStream::on_error(void* self, err_t error) {
  auto& stream = *static_cast<LwipStream*>(self);
  stream.pcb_ = nullptr;
  if (error == ERR_CLSD) {
    // Both halves have ended in order.
    stream.ended_ = true;
    stream.notify(kRead | kWrite);
    return;
  }
  if (stream.is_linked()) {
    // Nobody has accepted it. The listener would keep it, and what it has received, for longer than lwIP counts
    // it.
    stream.end(false);
    return;
  }
  bool refused = !stream.connected_ && error == ERR_RST;
  stream.native_ = error;
  stream.fail_all(refused ? Errc::connection_refused : from_err(error));
}

void LwipStream::fail_all(Errc code) {
  failure_ = code;
  notify(kRead | kWrite);
}

// What the last read lent or gave leaves the queue, and the window opens by as much.
void LwipStream::give_back() {
  u16_t count = std::exchange(lent_, u16_t{0});
  if (count == 0) return;
  u16_t opened = std::min<u16_t>(early_, count);
  early_ = static_cast<u8_t>(early_ - opened);
  if (pcb_ != nullptr && count != opened) tcp_recved(pcb_, static_cast<u16_t>(count - opened));
  offset_ = static_cast<u16_t>(offset_ + count);
  while (received_ != nullptr && offset_ >= received_->len) {
    pbuf* done = received_;
    offset_ = static_cast<u16_t>(offset_ - done->len);
    received_ = done->next;
    if (received_ != nullptr) pbuf_ref(received_);
    pbuf_free(done);
  }
}

Progress LwipStream::start_read() {
  CoreLock lock;
  give_back();
  if (reading().buffer.empty()) return Progress::kDone;
  return receive() ? Progress::kDone : Progress::kPending;
}

Progress LwipStream::resume_read() {
  CoreLock lock;
  return receive() ? Progress::kDone : Progress::kPending;
}

bool LwipStream::receive() {
  ReadOperation& read = reading();
  if (received_ != nullptr) {
    std::span<std::byte> target = read.buffer;
    std::size_t taken = 0;
    do {
      auto* from = static_cast<std::byte*>(received_->payload) + offset_;
      std::size_t size = std::min<std::size_t>(target.size() - taken, received_->len - offset_);
      lent_ = static_cast<u16_t>(size);
      if (read.borrowed) {
        read.buffer = {from, size};
        return true;
      }
      std::memcpy(target.data() + taken, from, size);
      taken += size;
      give_back();
    } while (received_ != nullptr && taken != target.size());
    read.buffer = target.first(taken);
    return true;
  }
  if (failure_ != Errc::ok) {
    read.fail(failure_, native_);
    return true;
  }
  if (!ended_) return false;
  read.buffer = {};
  return true;
}

Progress LwipStream::start_write() {
  CoreLock lock;
  return writing().kind == WriteOperation::Kind::kWrite ? send() : other(true);
}

Progress LwipStream::resume_write() {
  CoreLock lock;
  return writing().kind == WriteOperation::Kind::kWrite ? send() : other(false);
}

Progress LwipStream::other(bool begins) {
  return (writing().kind == WriteOperation::Kind::kConnect ? connector : shutter)(*this, begins);
}

void LwipStream::cancel_write() {
  CoreLock lock;
  if (writing().kind == WriteOperation::Kind::kConnect) abort_pcb();
  if (writing().kind == WriteOperation::Kind::kWrite) cut_ = true;
  writing().wake(Errc::cancelled);
}

Progress LwipStream::send() {
  WriteOperation& write = writing();
  for (;;) {
    if (!write.has_bytes()) break;
    if (failure_ != Errc::ok) return write.fail(failure_, native_);
    if (cut_ || shut_ || pcb_ == nullptr) return write.fail(Errc::broken_pipe);
    std::size_t room = std::min<std::size_t>(write.current.size(), tcp_sndbuf(pcb_));
    if (room == 0) break;
    bool more = write.count != 0 || room < write.current.size();
    auto flags = static_cast<u8_t>(TCP_WRITE_FLAG_COPY | (more ? TCP_WRITE_FLAG_MORE : 0));
    err_t error = tcp_write(pcb_, write.current.data(), static_cast<u16_t>(room), flags);
    if (error == ERR_MEM) break;  // its queue is full, or its memory: `sent` or the next poll comes
    if (error != ERR_OK) return write.fail(from_err(error), error);
    write.current = write.current.subspan(room);
  }
  if (pcb_ != nullptr) tcp_output(pcb_);
  return write.current.empty() ? Progress::kDone : Progress::kPending;
}

Progress LwipStream::shut_down(LwipStream& stream, bool) {
  WriteOperation& write = stream.writing();
  if (stream.failure_ != Errc::ok) return write.fail(stream.failure_, stream.native_);
  if (stream.cut_) return write.fail(Errc::broken_pipe);
  if (stream.pcb_ != nullptr && !stream.shut_) {
    err_t error = tcp_shutdown(stream.pcb_, 0, 1);
    if (error == ERR_MEM) return Progress::kPending;
    if (error != ERR_OK) return write.fail(from_err(error), error);
  }
  stream.shut_ = true;
  return Progress::kDone;
}

// Nobody hears of the control block any more.
tcp_pcb* LwipStream::release() {
  tcp_pcb* pcb = std::exchange(pcb_, nullptr);
  if (pcb == nullptr) return nullptr;
  tcp_arg(pcb, nullptr);
  tcp_recv(pcb, nullptr);
  tcp_sent(pcb, nullptr);
  tcp_err(pcb, nullptr);
  tcp_poll(pcb, look_after, 1);
  return pcb;
}

void LwipStream::abort_pcb() {
  if (tcp_pcb* pcb = release()) tcp_abort(pcb);
}

void LwipStream::close(bool reset) {
  CoreLock lock;
  end(reset);
}

void LwipStream::end(bool reset) {
  give_back();
  bool unread = received_ != nullptr;
  if (unread) pbuf_free(received_);
  if (reset || cut_ || unread) {
    abort_pcb();  // a peer whose data nobody read is told so
  } else if (tcp_pcb* pcb = release()) {
    tcp_close(pcb);  // lwIP tries again itself where it lacks the memory
  }
  delete this;
}

void LwipStream::abort() {
  CoreLock lock;
  abort_pcb();
  if (received_ != nullptr) pbuf_free(received_);
  received_ = nullptr;
  lent_ = offset_ = 0;
  fail_all(Errc::connection_reset);
}

Endpoint LwipStream::tell(const LwipStream& stream, bool peer) {
  CoreLock lock;
  const End& end = peer ? stream.peer_ : stream.local_;
  bool lives = !peer && stream.pcb_ != nullptr;
  u16_t port = lives ? stream.pcb_->local_port : end.port;
  return port == 0 ? Endpoint() : Endpoint(from_lwip(lives ? stream.pcb_->local_ip : end.address), port);
}

Errc LwipStream::set(LwipStream& stream, StreamOption option, int value) {
  CoreLock lock;
  tcp_pcb* pcb = stream.pcb_;
  if (pcb == nullptr) return stream.failure_ == Errc::ok ? Errc::not_connected : stream.failure_;
  switch (option) {
    case StreamOption::kNoDelay:
      if (value != 0) {
        tcp_nagle_disable(pcb);
      } else {
        tcp_nagle_enable(pcb);
      }
      return Errc::ok;
    case StreamOption::kKeepAlive:
      if (value < 0 || value > kLongestIdle) return Errc::invalid_argument;
      ip_reset_option(pcb, SOF_KEEPALIVE);
      if (value == 0) return Errc::ok;
      ip_set_option(pcb, SOF_KEEPALIVE);
      pcb->keep_idle = static_cast<u32_t>(value) * 1000;
      return Errc::ok;
    case StreamOption::kSendBuffer:
    case StreamOption::kReceiveBuffer: return Errc::not_supported;  // build settings
  }
  return Errc::not_supported;
}

void LwipNetwork::use_shutdown() { LwipStream::shutter = LwipStream::shut_down; }
void LwipNetwork::use_options() { LwipStream::setter = LwipStream::set; }
void LwipNetwork::use_endpoints() { LwipStream::teller = LwipStream::tell; }

}  // namespace net::lwip

extern "C" void net_use_shutdown() { net::lwip::LwipNetwork::use_shutdown(); }
extern "C" void net_use_options() { net::lwip::LwipNetwork::use_options(); }
extern "C" void net_use_endpoints() { net::lwip::LwipNetwork::use_endpoints(); }
