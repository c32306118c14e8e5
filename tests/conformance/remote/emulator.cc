#include "tests/conformance/remote/emulator.h"

#include <cstdio>
#include <cstdlib>

#include <unistd.h>

namespace net::conformance {
namespace {

const Address kThisComputer = Address::v4(10, 0, 2, 2);

}  // namespace

std::uint16_t Emulator::forward(unsigned board, bool datagrams, std::uint16_t port) const {
  char line[64];
  int length = std::snprintf(line, sizeof line, "%u %s %u\n", board, datagrams ? "UDP" : "TCP", unsigned{port});
  bool sent = ::write(descriptor_, line, static_cast<std::size_t>(length)) == length;
  ssize_t got = sent ? ::read(descriptor_, line, sizeof line - 1) : -1;
  if (got <= 0) {
    std::perror("ask for a forwarded port");
    std::_Exit(1);
  }
  line[got] = '\0';
  return static_cast<std::uint16_t>(std::strtoul(line, nullptr, 10));
}

Endpoint BehindQemu::own_to(const Endpoint& here, bool datagrams) {
  auto known = there_.find({datagrams, here.port()});
  std::uint16_t port = known == there_.end() ? here.port() : known->second;
  return Endpoint(here.address() == Address::loopback_v4() ? board_ : here.address(), port);
}

Endpoint BehindQemu::own_from(const Endpoint& there, bool datagrams) {
  auto known = here_.find({datagrams, there.port()});
  std::uint16_t port = known == here_.end() ? there.port() : known->second;
  return Endpoint(there.address() == board_ ? Address::loopback_v4() : there.address(), port);
}

Endpoint BehindQemu::peer_to(const Endpoint& here) {
  return Endpoint(here.address() == Address::loopback_v4() ? kThisComputer : here.address(), here.port());
}

Endpoint BehindQemu::peer_from(const Endpoint& there) {
  return Endpoint(there.address() == kThisComputer ? Address::loopback_v4() : there.address(), there.port());
}

void BehindQemu::opened(const Endpoint& there, bool datagrams) {
  auto [known, is_new] = here_.try_emplace({datagrams, there.port()}, std::uint16_t{0});
  if (!is_new) return;
  known->second = emulator_.forward(0, datagrams, there.port());
  there_[{datagrams, known->second}] = there.port();
}

}  // namespace net::conformance
