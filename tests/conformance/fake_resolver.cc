#include "tests/conformance/fake_resolver.h"

#include <condition_variable>
#include <cstdint>
#include <cstring>
#include <map>
#include <mutex>
#include <string>

#include <netinet/in.h>
#include <sys/socket.h>

#include <netdb.h>

namespace net::conformance {
namespace {

struct Host {
  std::vector<Address> v6;
  std::vector<Address> v4;
  bool hold_v6 = false;
  bool hold_v4 = false;
  bool fails = false;
};

// Look-ups run on libuv's threads.
struct Service {
  std::mutex mutex;
  std::condition_variable released;
  std::map<std::string, Host, std::less<>> hosts;
  int held = 0;
  std::uint64_t releases = 0;
};

// Never destroyed: a look-up may outlive everything.
Service& service() {
  static auto* const made = new Service;
  return *made;
}

struct Answer {
  addrinfo info{};
  sockaddr_storage address{};
};

void append(addrinfo**& tail, const Address& address) {
  auto* answer = new Answer;
  answer->info.ai_socktype = SOCK_STREAM;
  answer->info.ai_addr = reinterpret_cast<sockaddr*>(&answer->address);
  if (address.is_v4()) {
    auto& in = reinterpret_cast<sockaddr_in&>(answer->address);
    in.sin_family = AF_INET;
    std::memcpy(&in.sin_addr, address.bytes().data(), 4);
    answer->info.ai_addrlen = sizeof in;
  } else {
    auto& in6 = reinterpret_cast<sockaddr_in6&>(answer->address);
    in6.sin6_family = AF_INET6;
    std::memcpy(&in6.sin6_addr, address.bytes().data(), 16);
    in6.sin6_scope_id = address.scope();
    answer->info.ai_addrlen = sizeof in6;
  }
  answer->info.ai_family = answer->address.ss_family;
  *tail = &answer->info;
  tail = &answer->info.ai_next;
}

int answer(const char* name, int family, addrinfo** found) {
  Service& names = service();
  std::unique_lock lock(names.mutex);
  // A look-up that was released once is not held again, however long its thread takes to notice.
  std::uint64_t begun = names.releases;
  auto held = [&] {
    if (names.releases != begun) return false;
    auto at = names.hosts.find(name);
    if (at == names.hosts.end()) return false;
    return (family != AF_INET && at->second.hold_v6) || (family != AF_INET6 && at->second.hold_v4);
  };
  ++names.held;
  names.released.wait(lock, [&] { return !held(); });
  --names.held;
  auto at = names.hosts.find(name);
  if (at == names.hosts.end()) return EAI_NONAME;
  const Host& host = at->second;
  if (host.fails) return EAI_AGAIN;
  addrinfo* first = nullptr;
  addrinfo** tail = &first;
  if (family != AF_INET) {
    for (const Address& address : host.v6) append(tail, address);
  }
  if (family != AF_INET6) {
    for (const Address& address : host.v4) append(tail, address);
  }
  *found = first;
  return first != nullptr ? 0 : EAI_NONAME;
}

}  // namespace

FakeResolver::FakeResolver() { set("localhost", {Address::loopback_v6()}, {Address::loopback_v4()}); }

FakeResolver::~FakeResolver() {
  release();
  std::lock_guard lock(service().mutex);
  service().hosts.clear();
}

void FakeResolver::set(std::string_view host, std::vector<Address> v6, std::vector<Address> v4) {
  std::lock_guard lock(service().mutex);
  Host& entry = service().hosts[std::string(host)];
  entry.v6 = std::move(v6);
  entry.v4 = std::move(v4);
}

void FakeResolver::hold(std::string_view host, Family family) {
  std::lock_guard lock(service().mutex);
  Host& entry = service().hosts[std::string(host)];
  (family == Family::kV6 ? entry.hold_v6 : entry.hold_v4) = true;
}

void FakeResolver::release() {
  std::lock_guard lock(service().mutex);
  ++service().releases;
  for (auto& [name, host] : service().hosts) host.hold_v6 = host.hold_v4 = false;
  service().released.notify_all();
}

void FakeResolver::fail(std::string_view host) {
  std::lock_guard lock(service().mutex);
  service().hosts[std::string(host)].fails = true;
}

int FakeResolver::held() {
  std::lock_guard lock(service().mutex);
  return service().held;
}

}  // namespace net::conformance

// These take the place of the C library's for libuv as well, which calls them by name.
extern "C" int getaddrinfo(const char* name, const char*, const addrinfo* hints, addrinfo** found) {
  *found = nullptr;
  return net::conformance::answer(name, hints != nullptr ? hints->ai_family : AF_UNSPEC, found);
}

extern "C" void freeaddrinfo(addrinfo* first) {
  while (first != nullptr) {
    addrinfo* next = first->ai_next;
    delete reinterpret_cast<net::conformance::Answer*>(first);
    first = next;
  }
}
