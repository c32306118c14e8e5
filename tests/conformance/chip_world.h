// ChipWorld: a chip with TCP/IP of its own as one side, this computer as the other; or two chips.
#pragma once

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <gtest/gtest.h>
#include <unistd.h>

#include "net/core/deadline.h"
#include "net/io/block_on.h"
#include "net/io/connect.h"
#include "net/uv/runtime.h"
#include "net/uv/socket.h"
#include "tests/conformance/descriptors.h"
#include "tests/conformance/fake_resolver.h"
#include "tests/conformance/private_network.h"
#include "tests/conformance/tasks.h"
#include "tests/conformance/world.h"
#include "tests/support/name_server.h"

namespace net::conformance {

// Whom the chip asks for names: on this computer, without tasks.
class ChipNameServer final : public Names, private uv::UvSocket {
 public:
  ChipNameServer(uv::UvLoop& loop, NameServers& servers) : UvSocket(loop) {
    set_descriptor(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    sockaddr_in own{};
    own.sin_family = AF_INET;
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof own;
    auto* address = reinterpret_cast<sockaddr*>(&own);
    EXPECT_EQ(::bind(descriptor(), address, size), 0);
    EXPECT_EQ(::getsockname(descriptor(), address, &size), 0);
    servers.set(0, Endpoint(Address::loopback_v4(), ntohs(own.sin_port)));
    EXPECT_EQ(arm(kReadable), Errc::ok);
  }

  void set(std::string_view host, std::vector<Address> v6, std::vector<Address> v4) override {
    zone_.set(host, std::move(v6), std::move(v4));
  }
  void hold(std::string_view host, Family family) override { zone_.set_silent(host, family); }
  void fail(std::string_view host) override { zone_.set_failing(host); }
  void release() override {
    zone_.end_silence();
    for (const Held& each : std::exchange(held_, {})) answer(each);
  }

 private:
  struct Held {
    tests::Zone::Message query;
    sockaddr_in from;
  };

  void ready(unsigned) override {
    std::byte buffer[512];
    Held received{};
    socklen_t size = sizeof received.from;
    auto* from = reinterpret_cast<sockaddr*>(&received.from);
    ssize_t length = ::recvfrom(descriptor(), buffer, sizeof buffer, 0, from, &size);
    if (length < 0) return;
    received.query.assign(buffer, buffer + length);
    answer(received);
  }
  void answer(const Held& held) {
    // Whatever its length: there is no listener for TCP.
    tests::Zone::Message answer = zone_.answer(held.query, tests::Zone::kTcp);
    if (answer.empty()) {
      held_.push_back(held);
      return;
    }
    const auto* to = reinterpret_cast<const sockaddr*>(&held.from);
    ::sendto(descriptor(), answer.data(), answer.size(), 0, to, sizeof held.from);
  }

  tests::Zone zone_;
  std::vector<Held> held_;
};

inline constexpr std::uint8_t kClientNumber = 2;
inline constexpr std::uint8_t kServerNumber = 3;

inline Task<> wait_until_up(Network& network) { co_await network.up(); }

// `Board` has a chip on the loopback interface, at 127.0.0.x, and its network.
template <class Board>
class ChipWorld : public World {
 public:
  ChipWorld(bool client, bool server) : runtime_(uv::Runtime::make()), server_(runtime_->loop()) {
    if (client) client_board_ = std::make_unique<Board>(runtime_->loop(), kClientNumber);
    if (server) server_board_ = std::make_unique<Board>(runtime_->loop(), kServerNumber);
    sides_ =
        std::make_unique<Sides>(client ? client_board_->network() : static_cast<Network&>(runtime_->network()),
                                server ? server_board_->network() : static_cast<Network&>(server_));
    for (Board* board : {client_board_.get(), server_board_.get()}) {
      if (board != nullptr)
        static_cast<void>(block_on(runtime_->loop(), *sides_, wait_until_up, board->network()));
    }
    if (client) {
      name_server_ =
          std::make_unique<ChipNameServer>(runtime_->loop(), *client_board_->network().name_servers());
    }
  }

  Loop& loop() override { return runtime_->loop(); }
  Network& network() override { return *sides_; }
  // This computer's resolver, or whom the chip asks.
  Names* names() override {
    if (name_server_ != nullptr) return name_server_.get();
    return &resolver_;
  }
  [[nodiscard]] Address address() const override { return address_of(Side::kServer, Family::kV4); }
  [[nodiscard]] Address address_of(Side side, Family) const override {
    if (side == Side::kClient) return Address::v4(127, 0, 0, client_board_ != nullptr ? kClientNumber : 1);
    return Address::v4(127, 0, 0, server_board_ != nullptr ? kServerNumber : 1);
  }
  [[nodiscard]] Address foreign_address() const override { return Address::v4(192, 0, 2, 1); }

  // One more, as the kernel is told, on the desktop.
  [[nodiscard]] std::size_t queue_of(int backlog) const override {
    return static_cast<std::size_t>(backlog) + (server_board_ == nullptr ? 1 : 0);
  }
  [[nodiscard]] std::size_t fits() const override { return 8'000; }
  [[nodiscard]] std::size_t plenty() const override { return 50'000; }
  [[nodiscard]] std::size_t bulk() const override { return 400'000; }
  [[nodiscard]] std::size_t look_ups() const override { return client_board_ != nullptr ? 3 : 5; }
  [[nodiscard]] std::size_t lasting() const override { return 4; }
  [[nodiscard]] std::size_t repetitions() const override { return 200; }
  [[nodiscard]] std::size_t largest_datagram() const override { return 1472; }
  [[nodiscard]] Duration settling() const override { return std::chrono::milliseconds(20); }
  [[nodiscard]] std::size_t open_sockets() const override {
    std::size_t count = open_descriptors();
    for (const auto& board : {&client_board_, &server_board_}) {
      if (*board != nullptr) count += (*board)->network().open_sockets();
    }
    return count;
  }
  [[nodiscard]] std::uint32_t interface() const override { return ::if_nametoindex("lo"); }
  void allow_sockets(std::size_t more) override {
    if (client_board_ != nullptr) client_board_->allow_sockets(more);
    if (server_board_ != nullptr) server_board_->allow_sockets(of_server(more));
    if (client_board_ == nullptr) limit_.emplace(more);
    if (server_board_ == nullptr) limit_.emplace(of_server(more));
  }
  void allow_all_sockets() override {
    limit_.reset();
    for (Board* board : {client_board_.get(), server_board_.get()}) {
      if (board != nullptr) board->allow_all_sockets();
    }
  }

 protected:
  void choose(Side side) override { sides_->choose(side); }
  // Of so many sockets that both sides have together, how many the server's chip has.
  [[nodiscard]] virtual std::size_t of_server(std::size_t more) const { return more; }
  // Null where this computer is that side.
  [[nodiscard]] Board* client_board() const { return client_board_.get(); }
  [[nodiscard]] Board* server_board() const { return server_board_.get(); }

 private:
  std::unique_ptr<uv::Runtime> runtime_;
  uv::UvNetwork server_;
  std::unique_ptr<Board> client_board_;
  std::unique_ptr<Board> server_board_;
  std::unique_ptr<Sides> sides_;
  FakeResolver resolver_;
  std::unique_ptr<ChipNameServer> name_server_;
  std::optional<DescriptorLimit> limit_;
};

// The chip as client, as server and as both, in a network of their own: the model's process is in it too, and
// its ports are nobody else's. `mtu`: of that network.
template <class Chip>
std::vector<WorldMaker> chip_worlds(const std::string& name, std::size_t mtu) {
  static const bool entered = enter_narrow_network(mtu);
  if (!entered) std::fprintf(stderr, "no network of its own: %s\n", std::strerror(errno));
  std::vector<WorldMaker> all;
  all.push_back({"to_desktop", [] { return std::make_unique<Chip>(true, false); }});
  all.push_back({"from_desktop", [] { return std::make_unique<Chip>(false, true); }});
  all.push_back({"to_" + name, [] { return std::make_unique<Chip>(true, true); }});
  return all;
}

}  // namespace net::conformance
