// LwipListener: a listening TCP socket over lwIP's raw interface.

#include <algorithm>

#include <lwip/priv/tcp_priv.h>
#include <lwip/tcp.h>

#include "embedded/lwip/address.h"
#include "embedded/lwip/core.h"
#include "embedded/lwip/network.h"
#include "embedded/lwip/notifier.h"
#include "embedded/lwip/stream.h"
#include "net/core/log.h"
#include "net/core/memory.h"
#include "net/io/parts.h"
#include "net/io/socket.h"

namespace net::lwip {
namespace {

// Whether somebody listens there, at an address that one of the two has in it: lwIP itself refuses equal ones
// only.
bool is_in_use(const ip_addr_t& address, std::uint16_t port) {
  for (tcp_pcb_listen* each = tcp_listen_pcbs.listen_pcbs; each != nullptr; each = each->next) {
    const ip_addr_t& other = each->local_ip;
    bool v4_and_v6 = IP_GET_TYPE(&address) + IP_GET_TYPE(&other) == IPADDR_TYPE_V4 + IPADDR_TYPE_V6;
    if (each->local_port != port || v4_and_v6) continue;
    // All zero is all addresses, of one family or both; what IPv4 does not use is zero.
    u32_t here = 0;
    u32_t there = 0;
    u32_t difference = ip6_addr_zone(ip_2_ip6(&address)) ^ ip6_addr_zone(ip_2_ip6(&other));
    for (int i = 0; i < 4; ++i) {
      here |= ip_2_ip6(&address)->addr[i];
      there |= ip_2_ip6(&other)->addr[i];
      difference |= ip_2_ip6(&address)->addr[i] ^ ip_2_ip6(&other)->addr[i];
    }
    if (here == 0 || there == 0 || difference == 0) return true;
  }
  return false;
}

// Finds one address in `place`, if it is this host's and no other listener's. Linked on use (net/io/parts.h):
// where all listeners are of all addresses lwIP finds the second by itself.
Errc find(const Endpoint& at, const ip_addr_t*& address, ip_addr_t& place) {
  if (!is_local(at.address())) return Errc::address_not_available;
  if (!at.address().is_any()) {
    place = to_lwip(at.address());
    address = &place;
  }
  return is_in_use(*address, at.port()) ? Errc::address_in_use : Errc::ok;
}
decltype(&find) finder = nullptr;

class LwipListener final : public ListenerSocket, public Notifier<LwipListener>, public Pooled {
 public:
  LwipListener(InboxOf inbox, const Endpoint& at, const ListenOptions& options)
      : Notifier(inbox), local_(at), options_(options) {}

  Progress start_accept() override;
  Progress resume_accept() override;
  void cancel_accept() override { accepting().wake(Errc::cancelled); }
  void close() override;
  [[nodiscard]] Endpoint local() const override { return local_; }
  void describe_local(TextBuffer& out) const override {
    if constexpr (kDiagnostics) out << local_;
  }
  // For callbacks.
  void noticed(News) {
    if (accepting().pending()) accepting().wake();
  }

 private:
  ~LwipListener() = default;
  static err_t on_accept(void* self, tcp_pcb* pcb, err_t error);
  AcceptOperation& accepting() { return *this; }
  Progress listen();
  bool accept();
#if !TCP_LISTEN_BACKLOG
  bool full();
#endif

  Endpoint local_;
  ListenOptions options_;
  tcp_pcb* pcb_ = nullptr;
  IntrusiveList<LwipStream> queue_;
  // For the next connection. It comes in a callback, where memory that is not there cannot be waited for.
  LwipStream* spare_ = nullptr;
};

Progress LwipListener::start_accept() {
  if (accepting().kind == AcceptOperation::Kind::kListen) {
    Progress progress = listen();
    if (!accepting().failed()) detail::announce("TCP port", local_.port());
    return progress;
  }
  CoreLock lock;
  if (spare_ == nullptr) spare_ = LwipStream::make(inbox());
  if (accept()) return Progress::kDone;
  return spare_ != nullptr ? Progress::kPending : accepting().fail(Errc::no_memory);
}

Progress LwipListener::resume_accept() {
  CoreLock lock;
  return accept() ? Progress::kDone : Progress::kPending;
}

bool LwipListener::accept() {
  LwipStream* stream = queue_.pop_front();
  if (stream == nullptr) return false;
  stream->accepted();
  accepting().accepted = stream;
  return true;
}

Progress LwipListener::listen() {
  CoreLock lock;
  AcceptOperation& operation = accepting();
  if (options_.reuse_port) return operation.fail(Errc::not_supported);
  if (!local_.valid()) return operation.fail(Errc::invalid_argument);
  const ip_addr_t* address = local_.address().is_v4() ? IP4_ADDR_ANY
                             : options_.dual_stack    ? IP_ANY_TYPE
                                                      : IP6_ADDR_ANY;
  ip_addr_t place;
  if (finder != nullptr) {
    Errc code = finder(local_, address, place);
    if (code != Errc::ok) return operation.fail(code);
  }
  spare_ = LwipStream::make(inbox());
  if (spare_ == nullptr) return operation.fail(Errc::no_memory);
  tcp_pcb* pcb = tcp_new_ip_type(IP_GET_TYPE(address));
  if (pcb == nullptr) return operation.fail(Errc::too_many_open, ERR_MEM);
  // Connections of an earlier listener may live on; another listener is refused all the same.
  ip_set_option(pcb, SOF_REUSEADDR);
  err_t error = tcp_bind(pcb, address, local_.port());
  if (error == ERR_OK) {
    auto backlog = static_cast<u8_t>(std::clamp(options_.backlog, 1, 255));
    pcb_ = tcp_listen_with_backlog_and_err(pcb, backlog, &error);
  }
  if (pcb_ == nullptr) {
    tcp_close(pcb);
    return operation.fail(error == ERR_MEM ? Errc::too_many_open : from_err(error), error);
  }
  local_.set_port(pcb_->local_port);
  tcp_arg(pcb_, this);
  tcp_accept(pcb_, on_accept);
  return Progress::kDone;
}

// The connection is in the listener's queue from its SYN on; it leaves lwIP's count when a task has it.
err_t LwipListener::on_accept(void* self, tcp_pcb* pcb, err_t error) {
  auto& listener = *static_cast<LwipListener*>(self);
  if (error != ERR_OK) return error;  // there was no control block: the client will try again
#if !TCP_LISTEN_BACKLOG
  if (listener.full()) return ERR_MEM;  // lwIP resets the connection
#endif
  LwipStream* stream = std::exchange(listener.spare_, LwipStream::make(listener.inbox()));
  if (stream == nullptr) stream = std::exchange(listener.spare_, nullptr);
  if (stream == nullptr) return ERR_MEM;  // lwIP resets the connection
  tcp_backlog_delayed(pcb);
  stream->adopt(pcb);
  listener.queue_.push_back(*stream);
  listener.notify(News{1});
  return ERR_OK;
}

#if !TCP_LISTEN_BACKLOG
// For an lwIP that does not count.
bool LwipListener::full() {
  int waiting = 0;
  for (LwipStream* each = queue_.front(); each != nullptr; each = queue_.next(*each)) ++waiting;
  return waiting >= options_.backlog;
}
#endif

void LwipListener::close() {
  CoreLock lock;
  while (LwipStream* waiting = queue_.pop_front()) {
    waiting->accepted();
    waiting->end(true);
  }
  if (spare_ != nullptr) spare_->end(false);
  if (pcb_ != nullptr) tcp_close(pcb_);
  delete this;
}

}  // namespace

ListenerSocket* LwipNetwork::make_listener(const Destination& at, const ListenOptions& options, Errc& code) {
  if (!at.path.empty()) {
    code = Errc::not_supported;
    return nullptr;
  }
  auto* listener = new LwipListener(inbox(), at.endpoint, options);
  if (listener == nullptr) code = Errc::no_memory;
  return listener;
}

void LwipNetwork::use_addresses() { finder = find; }

}  // namespace net::lwip

extern "C" void net_use_addresses() { net::lwip::LwipNetwork::use_addresses(); }
