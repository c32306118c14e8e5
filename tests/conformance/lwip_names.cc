#include "tests/conformance/lwip_names.h"

#include <utility>

namespace net::conformance {

LwipNames::LwipNames(NameServers& servers) : servers_(servers), pcb_(udp_new()) {
  udp_bind(pcb_, IP4_ADDR_ANY, 0);
  udp_recv(pcb_, on_receive, this);
  servers_.set(0, Endpoint(Address::loopback_v4(), pcb_->local_port));
}

LwipNames::~LwipNames() {
  udp_remove(pcb_);
  servers_.set(0, Endpoint());
}

void LwipNames::on_receive(void* self, udp_pcb*, pbuf* data, const ip_addr_t* from, u16_t port) {
  Held received{tests::Zone::Message(data->tot_len), *from, port};
  pbuf_copy_partial(data, received.query.data(), data->tot_len, 0);
  pbuf_free(data);
  static_cast<LwipNames*>(self)->answer(received);
}

void LwipNames::release() {
  zone_.end_silence();
  for (const Held& each : std::exchange(held_, {})) answer(each);
}

void LwipNames::answer(const Held& held) {
  // Whatever its length: there is no listener for TCP.
  tests::Zone::Message answer = zone_.answer(held.query, tests::Zone::kTcp);
  if (answer.empty()) {
    held_.push_back(held);
    return;
  }
  auto size = static_cast<u16_t>(answer.size());
  pbuf* packet = pbuf_alloc(PBUF_TRANSPORT, size, PBUF_RAM);
  pbuf_take(packet, answer.data(), size);
  udp_sendto(pcb_, packet, &held.from, held.port);
  pbuf_free(packet);
}

}  // namespace net::conformance
