#include "embedded/lwip/listener.h"

#include <algorithm>

#include <lwip/priv/tcp_priv.h>

#include "embedded/lwip/address.h"
#include "net/core/log.h"

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

}  // namespace

Progress LwipListener::start_accept() {
  if (accepting().kind == AcceptOperation::Kind::kListen) {
    Progress progress = listen();
    if (!accepting().failed()) log(LogLevel::kInfo, "TCP port ", local_.port(), " is open");
    return progress;
  }
  CoreLock lock;
  if (spare_ == nullptr) spare_ = new LwipStream(inbox());
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
  if (!is_local(local_.address())) return operation.fail(Errc::address_not_available);
  bool both = local_.address().is_v6() && local_.address().is_any() && options_.dual_stack;
  ip_addr_t address = to_lwip(local_.address());
  if (both) address = *IP_ANY_TYPE;
  if (is_in_use(address, local_.port())) return operation.fail(Errc::address_in_use, ERR_USE);
  spare_ = new LwipStream(inbox());
  if (spare_ == nullptr) return operation.fail(Errc::no_memory);
  tcp_pcb* pcb = tcp_new_ip_type(IP_GET_TYPE(&address));
  if (pcb == nullptr) return operation.fail(Errc::too_many_open, ERR_MEM);
  // Connections of an earlier listener may live on; another listener is refused all the same.
  ip_set_option(pcb, SOF_REUSEADDR);
  err_t error = tcp_bind(pcb, &address, local_.port());
  if (error == ERR_OK) {
    auto backlog = static_cast<u8_t>(std::clamp(options_.backlog, 1, 255));
    pcb_ = tcp_listen_with_backlog_and_err(pcb, backlog, &error);
  }
  if (pcb_ == nullptr) {
    tcp_close(pcb);
    return operation.fail(error == ERR_MEM ? Errc::too_many_open : from_err(error), error);
  }
  local_ = Endpoint(local_.address(), pcb_->local_port);
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
  if (listener.spare_ == nullptr) listener.spare_ = new LwipStream(listener.inbox());
  if (listener.spare_ == nullptr) return ERR_MEM;  // lwIP resets the connection
  LwipStream* stream = std::exchange(listener.spare_, new LwipStream(listener.inbox()));
  tcp_backlog_delayed(pcb);
  stream->adopt(pcb);
  listener.queue_.push_back(*stream);
  listener.notify(News{1});
  return ERR_OK;
}

// For an lwIP that does not count.
bool LwipListener::full() {
  int waiting = 0;
  for (LwipStream* each = queue_.front(); each != nullptr; each = queue_.next(*each)) ++waiting;
  return waiting >= options_.backlog;
}

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

}  // namespace net::lwip
