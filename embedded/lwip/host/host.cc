// A simulated host with an lwIP of its own: built as a shared object, of which each host loads a copy, because
// lwIP's state is global.
#include <cstring>
#include <deque>
#include <vector>

#include <lwip/priv/tcp_priv.h>
#include <lwip/timeouts.h>

#include "embedded/lwip/host/loaded.h"
#include "embedded/lwip/interface.h"
#include "embedded/lwip/loop.h"
#include "embedded/lwip/network.h"
#include "net/sim/stack.h"

namespace net::lwip {
namespace {

sim::Surroundings* surroundings = nullptr;

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
        interface_((loop_.start(), link_), network_, StaticAddress().set_v4(options.address, options.prefix)) {
    loop_.interface = &interface_;
    // Whoever uses them is not of this shared object.
    LwipNetwork::use_streams();
    LwipNetwork::use_datagrams();
  }

  Loop& loop() override { return loop_; }
  Network& network() override { return network_; }
  void deliver(std::span<const std::byte> frame) override { link_.deliver(frame); }
  std::optional<TimePoint> due() override { return loop_.stack_due(); }

 private:
  class HostLoop final : public LwipLoop {
   public:
    LwipInterface* interface = nullptr;
    void start() { begin(); }
    TimePoint now() override { return surroundings->now(); }

   protected:
    void receive() override { interface->receive(); }
    void rest(TimePoint) override {}
    void interrupt() override {}
  };

  HostLoop loop_;
  HostLink link_;
  LwipNetwork network_{loop_};
  LwipInterface interface_;
};

}  // namespace

extern "C" [[gnu::visibility("default")]] Loaded net_lwip_host(sim::Surroundings& its_surroundings,
                                                               const sim::StackOptions& options) {
  surroundings = &its_surroundings;
  return {new HostStack(options), &context, &tcp_ticks};
}

}  // namespace net::lwip

extern "C" unsigned int net_lwip_random() { return net::lwip::surroundings->random(); }
