#include "tests/conformance/lwip_names.h"

#include <utility>

#include "embedded/lwip/core.h"

namespace net::conformance {

LwipNames::LwipNames(NameServers& servers, Address at) : servers_(servers) {
  Endpoint server;
  {
    lwip::CoreLock lock;
    pcb_ = udp_new();
    udp_bind(pcb_, IP4_ADDR_ANY, 0);
    udp_recv(pcb_, on_receive, this);
    server = Endpoint(at, pcb_->local_port);
  }
  servers_.set(0, server);
}

LwipNames::~LwipNames() {
  servers_.set(0, Endpoint());
  lwip::CoreLock lock;
  udp_remove(pcb_);
}

void LwipNames::set(std::string_view host, std::vector<Address> v6, std::vector<Address> v4) {
  lwip::CoreLock lock;
  zone_.set(host, std::move(v6), std::move(v4));
}

void LwipNames::hold(std::string_view host, Family family) {
  lwip::CoreLock lock;
  zone_.set_silent(host, family);
}

void LwipNames::fail(std::string_view host) {
  lwip::CoreLock lock;
  zone_.set_failing(host);
}

void LwipNames::on_receive(void* self, udp_pcb*, pbuf* data, const ip_addr_t* from, u16_t port) {
  Held received{tests::Zone::Message(data->tot_len), *from, port};
  pbuf_copy_partial(data, received.query.data(), data->tot_len, 0);
  pbuf_free(data);
  static_cast<LwipNames*>(self)->answer(received);
}

void LwipNames::release() {
  lwip::CoreLock lock;
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
