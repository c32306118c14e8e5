// The sockets of a W5500, which the model of one is (embedded/emulator/w5500), on either side and on both.
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
#include "tests/conformance/descriptors.h"
#include "tests/conformance/fake_resolver.h"
#include "tests/conformance/private_network.h"
#include "tests/conformance/tasks.h"
#include "tests/conformance/world.h"
#include "tests/support/name_server.h"
#include "tests/support/w5500_model.h"

namespace net::conformance {
namespace {

using std::chrono::milliseconds;
using tests::W5500Board;

// Whom the chip asks for names: on this computer, without tasks.
class NameServer final : public Names, private uv::UvSocket {
 public:
  NameServer(uv::UvLoop& loop, NameServers& servers) : UvSocket(loop) {
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

constexpr std::uint8_t kClientNumber = 2;
constexpr std::uint8_t kServerNumber = 3;

Task<> wait_until_up(Network& network) { co_await network.up(); }

class W5500World final : public World {
 public:
  W5500World(bool client, bool server) : runtime_(uv::Runtime::make()), server_(runtime_->loop()) {
    if (client) client_board_ = std::make_unique<W5500Board>(runtime_->loop(), kClientNumber);
    if (server) server_board_ = std::make_unique<W5500Board>(runtime_->loop(), kServerNumber);
    sides_ =
        std::make_unique<Sides>(client ? client_board_->network() : static_cast<Network&>(runtime_->network()),
                                server ? server_board_->network() : static_cast<Network&>(server_));
    for (W5500Board* board : {client_board_.get(), server_board_.get()}) {
      if (board != nullptr) static_cast<void>(block_on(loop(), *sides_, wait_until_up, board->network()));
    }
    if (client) {
      name_server_ = std::make_unique<NameServer>(runtime_->loop(), *client_board_->network().name_servers());
    }
  }

  [[nodiscard]] std::string_view lacks(Row row) const override {
    bool client = client_board_ != nullptr;
    bool server = server_board_ != nullptr;
    switch (row) {
      case Row::kUnixPaths: return "the chip has no Unix sockets";
      case Row::kIpv6:
      case Row::kDualStack:
      case Row::kBothFamilies: return "the chip has no IPv6 (datasheet, page 2)";
      case Row::kReusePort: return server ? "of several sockets at a port the chip chooses one by itself" : "";
      case Row::kPendingConnect: return server ? "the chip refuses whom no socket of its listens for" : "";
      case Row::kDatagramRefusals: return client ? "the model tells of no port that is unreachable" : "";
      case Row::kEmptyDatagrams: return client ? "the datasheet knows no SEND of nothing" : "";
      case Row::kDropCounter: return server ? "the chip does not count what it drops" : "";
      case Row::kAcceptLimit: return "a connection has its socket before it is accepted";
      case Row::kBufferSizes: return "a socket's buffers have a size while it is closed (Sn_RXBUF_SIZE)";
      default: return {};
    }
  }
  [[nodiscard]] std::string_view side_lacks(Side side, Row row) const override {
    bool chip = (side == Side::kClient ? client_board_ : server_board_) != nullptr;
    if (row == Row::kBufferSizes && !chip) return {};
    return lacks(row);
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

  // This computer's kernel completes connections before the chip does, and refuses further ones while no
  // socket of the chip's listens.
  Task<Stream> connect(Listener& listener) override {
    Stream stream;
    if (server_board_ == nullptr) {
      stream = co_await World::connect(listener);
    } else {
      std::size_t before = server_board_->network().connected_sockets();
      stream = co_await World::connect(listener);
      auto seen = [&] { return server_board_->network().connected_sockets() > before; };
      Result<> waited = co_await result(timeout(std::chrono::seconds(1), tests::eventually(seen)));
      static_cast<void>(waited);
    }
    co_return std::move(stream);
  }

  // One more, as the kernel is told, on the desktop.
  [[nodiscard]] std::size_t queue_of(int backlog) const override {
    return static_cast<std::size_t>(backlog) + (server_board_ == nullptr ? 1 : 0);
  }
  [[nodiscard]] std::size_t fits() const override { return 8'000; }
  [[nodiscard]] std::size_t plenty() const override { return 50'000; }
  [[nodiscard]] std::size_t many() const override { return server_board_ != nullptr ? 2 : 6; }
  [[nodiscard]] std::size_t bulk() const override { return 400'000; }
  [[nodiscard]] std::size_t look_ups() const override { return client_board_ != nullptr ? 3 : 5; }
  [[nodiscard]] std::size_t lasting() const override { return 4; }
  [[nodiscard]] std::size_t repetitions() const override { return 200; }
  [[nodiscard]] std::size_t largest_datagram() const override { return w5500::kLargestDatagram; }
  [[nodiscard]] Duration settling() const override { return milliseconds(20); }
  [[nodiscard]] std::size_t open_sockets() const override {
    std::size_t count = open_descriptors();
    for (const auto& board : {&client_board_, &server_board_}) {
      if (*board != nullptr) count += (*board)->network().open_sockets();
    }
    return count;
  }
  [[nodiscard]] std::uint32_t interface() const override { return ::if_nametoindex("lo"); }
  void allow_sockets(std::size_t more) override {
    for (W5500Board* board : {client_board_.get(), server_board_.get()}) {
      if (board != nullptr) board->allow_sockets(more);
    }
    if (client_board_ == nullptr || server_board_ == nullptr) limit_.emplace(more);
  }
  void allow_all_sockets() override {
    limit_.reset();
    for (W5500Board* board : {client_board_.get(), server_board_.get()}) {
      if (board != nullptr) board->allow_all_sockets();
    }
  }

 protected:
  void choose(Side side) override { sides_->choose(side); }

 private:
  std::unique_ptr<uv::Runtime> runtime_;
  uv::UvNetwork server_;
  std::unique_ptr<W5500Board> client_board_;
  std::unique_ptr<W5500Board> server_board_;
  std::unique_ptr<Sides> sides_;
  FakeResolver resolver_;
  std::unique_ptr<NameServer> name_server_;
  std::optional<DescriptorLimit> limit_;
};

}  // namespace

std::vector<WorldMaker> worlds() {
  // The model's process is in it too. Its ports are nobody else's.
  static const bool entered = enter_narrow_network(16384);
  if (!entered) std::fprintf(stderr, "no network of its own: %s\n", std::strerror(errno));
  std::vector<WorldMaker> all;
  all.push_back({"to_desktop", [] { return std::make_unique<W5500World>(true, false); }});
  all.push_back({"from_desktop", [] { return std::make_unique<W5500World>(false, true); }});
  all.push_back({"to_w5500", [] { return std::make_unique<W5500World>(true, true); }});
  return all;
}

}  // namespace net::conformance
