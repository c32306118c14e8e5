#include "embedded/lwip/open_sockets.h"

#include <initializer_list>

#include <lwip/priv/tcp_priv.h>
#include <lwip/udp.h>

#include "embedded/lwip/core.h"

namespace net::lwip {

std::size_t open_sockets() {
  CoreLock lock;
  std::size_t count = 0;
  for (tcp_pcb* list : {tcp_bound_pcbs, tcp_active_pcbs, tcp_tw_pcbs}) {
    for (tcp_pcb* each = list; each != nullptr; each = each->next) {
      // From its SYN on it has the argument of its listener.
      bool comes = each->state == SYN_RCVD;
#if TCP_LISTEN_BACKLOG
      comes = comes || (each->flags & TF_BACKLOGPEND) != 0;
#endif
      count += each->callback_arg != nullptr && !comes;
    }
  }
  for (tcp_pcb_listen* each = tcp_listen_pcbs.listen_pcbs; each != nullptr; each = each->next) ++count;
  for (udp_pcb* each = udp_pcbs; each != nullptr; each = each->next) count += each->recv_arg != nullptr;
  return count;
}

}  // namespace net::lwip
