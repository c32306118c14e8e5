// A simulated host with an lwIP of its own: built as a shared object, of which each host loads a copy, because
// lwIP's state is global.
#include <cstring>
#include <deque>
#include <vector>

#include <lwip/mem.h>
#include <lwip/memp.h>
#include <lwip/priv/tcp_priv.h>
#include <lwip/stats.h>
#include <lwip/timeouts.h>

#include "embedded/lwip/host/loaded.h"
#include "embedded/lwip/interface.h"
#include "embedded/lwip/loop.h"
#include "embedded/lwip/network.h"
#include "embedded/lwip/open_sockets.h"
#include "net/sim/stack.h"

namespace net::lwip {
namespace {

sim::Surroundings* surroundings = nullptr;

// The first connection of a host has a port, whatever the random number (../config/lwipopts.h).
static_assert(TCP_ENSURE_LOCAL_PORT_RANGE(0xffff) < TCP_LOCAL_PORT_RANGE_END);
static_assert(TCP_ENSURE_LOCAL_PORT_RANGE(0) == TCP_LOCAL_PORT_RANGE_START);

class HostLink final : public Link {
 public:
  explicit HostLink(const sim::StackOptions& options) : mac_(options.mac) {}

  void deliver(std::span<const std::byte> frame) { frames_.emplace_back(frame.begin(), frame.end()); }

  std::array<std::uint8_t, 6> address() override { return mac_; }
  bool up() override { return true; }
  std::size_t next() override {
    if (taken_) frames_.pop_front();
    taken_ = !frames_.empty();
    read_ = 0;
    return taken_ ? frames_.front().size() : 0;
  }
  void read(std::span<std::byte> piece) override {
    std::memcpy(piece.data(), frames_.front().data() + read_, piece.size());
    read_ += piece.size();
  }
  void listen() override {}
  bool send(std::span<const std::span<const std::byte>> pieces) override {
    frame_.clear();
    for (std::span<const std::byte> piece : pieces) frame_.insert(frame_.end(), piece.begin(), piece.end());
    surroundings->send(frame_);
    return true;
  }

 private:
  std::array<std::uint8_t, 6> mac_;
  std::deque<std::vector<std::byte>> frames_;
  std::vector<std::byte> frame_;
  std::size_t read_ = 0;
  bool taken_ = false;
};

class HostStack final : public sim::Stack {
 public:
  explicit HostStack(const sim::StackOptions& options)
      : link_(options),
        address_(StaticAddress().set_v4(options.address, options.prefix).set_v6(options.v6_address, true)),
        interface_((loop_.start(), link_), network_, address_) {
    loop_.interface = &interface_;
    // Whoever uses them is not of this shared object.
    LwipNetwork::use_streams();
    LwipNetwork::use_datagrams();
    LwipNetwork::use_shutdown();
    LwipNetwork::use_options();
    LwipNetwork::use_endpoints();
    LwipNetwork::use_addresses();
    LwipNetwork::use_names();
  }

  Loop& loop() override { return loop_; }
  Network& network() override { return network_; }
  std::uint32_t interface() override { return interface_.index(); }
  void poll() override { loop_.take(); }
  void deliver(std::span<const std::byte> frame) override { link_.deliver(frame); }
  TimePoint due() override { return loop_.stack_due(); }
  std::size_t open_sockets() override { return lwip::open_sockets(); }

 private:
  class HostLoop final : public LwipLoop {
   public:
    LwipInterface* interface = nullptr;
    void start() { begin(); }
    void take() { poll(now()); }
    TimePoint now() override { return surroundings->now(); }

   protected:
    void receive() override { interface->receive(); }
    void rest(TimePoint) override {}
    void interrupt() override {}
  };

  HostLoop loop_;
  HostLink link_;
  LwipNetwork network_{loop_};
  StaticAddress address_;
  LwipInterface interface_;
};

bool is_socket(memp_t type) {
  return type == MEMP_TCP_PCB || type == MEMP_TCP_PCB_LISTEN || type == MEMP_UDP_PCB;
}

bool allows_socket(memp_t type) {
  std::size_t open = 0;
  for (memp_t each : {MEMP_TCP_PCB, MEMP_TCP_PCB_LISTEN, MEMP_UDP_PCB}) open += lwip_stats.memp[each]->used;
  // A control block that listens takes the place of another.
  if (type == MEMP_TCP_PCB_LISTEN) --open;
  return surroundings->allows_socket(open);
}

bool allows_memory(std::size_t more) {
  std::size_t used = lwip_stats.mem.used;
  for (int type = 0; type != MEMP_MAX; ++type) {
    if (is_socket(static_cast<memp_t>(type)) || type == MEMP_SYS_TIMEOUT) continue;
    used += std::size_t{lwip_stats.memp[type]->used} * memp_pools[type]->size;
  }
  return surroundings->allows_memory(used, more);
}

}  // namespace

extern "C" [[gnu::visibility("default")]] Loaded net_lwip_host(sim::Surroundings& its_surroundings,
                                                               const sim::StackOptions& options) {
  surroundings = &its_surroundings;
  return {new HostStack(options), &context, &tcp_ticks};
}

}  // namespace net::lwip

extern "C" unsigned int net_lwip_random() { return net::lwip::surroundings->random(); }

// The linker leads lwIP's calls here (--wrap). Its timers are as many as it has been built for.
extern "C" void* __real_memp_malloc(memp_t type);   // NOLINT: the linker's names
extern "C" void* __wrap_memp_malloc(memp_t type) {  // NOLINT
  using namespace net::lwip;
  bool allowed = type == MEMP_SYS_TIMEOUT ||
                 (is_socket(type) ? allows_socket(type) : allows_memory(memp_pools[type]->size));
  return allowed ? __real_memp_malloc(type) : nullptr;
}

extern "C" void* __real_mem_malloc(mem_size_t size);   // NOLINT
extern "C" void* __wrap_mem_malloc(mem_size_t size) {  // NOLINT
  return net::lwip::allows_memory(size) ? __real_mem_malloc(size) : nullptr;
}
