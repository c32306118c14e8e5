// Two sides of which at least one is elsewhere: an emulated board, or CPython's sockets. pair_test.py starts
// them.
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <net/if.h>

#include "net/core/deadline.h"
#include "net/uv/runtime.h"
#include "tests/conformance/descriptors.h"
#include "tests/conformance/nina_lacks.h"
#include "tests/conformance/remote/connection.h"
#include "tests/conformance/remote/emulator.h"
#include "tests/conformance/remote/network.h"
#include "tests/conformance/tasks.h"
#include "tests/conformance/w5500_lacks.h"
#include "tests/conformance/world.h"

namespace net::conformance {
namespace {

// A side as the environment names it: "desktop", "python:127.0.0.1:PORT", or a board by what its TCP/IP is,
// "lwip:PLACE:PORT:OWN", "w5500:…" and "nina:…": where its agent is, and its address where that is another one.
class Party {
 public:
  enum class Kind : std::uint8_t { kDesktop, kPython, kLwip, kW5500, kNina };

  explicit Party(const char* variable) {
    const char* value = std::getenv(variable);
    std::string_view text = value != nullptr ? value : "";
    std::string_view name = next(text);
    std::size_t which = 0;
    while (which != kNames.size() && kNames[which] != name) ++which;
    kind = static_cast<Kind>(which);
    if (kind == Kind::kDesktop) return;
    std::optional<Address> place = Address::parse(next(text));
    auto port = static_cast<std::uint16_t>(std::strtoul(std::string(next(text)).c_str(), nullptr, 10));
    if (which == kNames.size() || !place || port == 0) {
      std::fprintf(stderr, "%s: no such side: %s (run by pair_test.py)\n", variable, value);
      std::exit(1);
    }
    address = Address::parse(text).value_or(*place);
    is_behind = address != *place;
    connection = std::make_unique<Connection>(Endpoint(*place, port));
  }

  [[nodiscard]] bool is_board() const { return kind == Kind::kLwip || is_chip(); }
  // Its TCP/IP is a chip's.
  [[nodiscard]] bool is_chip() const { return kind == Kind::kW5500 || kind == Kind::kNina; }

  Kind kind = Kind::kDesktop;
  Address address = Address::loopback_v4();
  bool is_behind = false;  // a network that is the emulator's
  std::unique_ptr<Connection> connection;
  std::unique_ptr<Translation> translation = std::make_unique<Translation>();

 private:
  static constexpr std::array<std::string_view, 5> kNames = {"desktop", "python", "lwip", "w5500", "nina"};

  static std::string_view next(std::string_view& text) {
    std::size_t end = text.find(':');
    std::string_view word = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return word;
  }
};

using Kind = Party::Kind;

// For all worlds, as the connections are.
class Parties {
 public:
  static Parties& all() {
    static Parties parties;
    return parties;
  }
  Party client{"EDDY_CLIENT"};
  Party server{"EDDY_SERVER"};

  [[nodiscard]] bool has_board() const { return client.is_board() || server.is_board(); }
  [[nodiscard]] bool has(Kind kind) const { return client.kind == kind || server.kind == kind; }
  [[nodiscard]] bool has_chip() const { return client.is_chip() || server.is_chip(); }
  // A board and this computer, with the emulator's network between them. Two boards share an Ethernet.
  [[nodiscard]] bool translated() const { return client.is_behind != server.is_behind; }

 private:
  Parties() {
    if (!translated()) return;
    const char* descriptor = std::getenv("EDDY_EMULATOR");
    Emulator emulator(descriptor != nullptr ? std::atoi(descriptor) : -1);
    Party& board = client.is_behind ? client : server;
    board.translation = std::make_unique<BehindQemu>(emulator, board.address);
  }
};

class PairWorld final : public World {
 public:
  explicit PairWorld(Family family)
      : family_(family), runtime_(uv::Runtime::make()), server_(runtime_->loop()) {
    if (auto& party = parties_.client; party.connection) {
      party.connection->attach(&loop());
      remote_client_ = std::make_unique<RemoteNetwork>(*party.connection, *party.translation);
    }
    if (auto& party = parties_.server; party.connection) {
      party.connection->attach(&loop());
      remote_server_ = std::make_unique<RemoteNetwork>(*party.connection, *party.translation);
    }
    sides_ =
        std::make_unique<Sides>(remote_client_ ? *remote_client_ : static_cast<Network&>(runtime_->network()),
                                remote_server_ ? *remote_server_ : static_cast<Network&>(server_));
  }
  ~PairWorld() override {
    for (Party* party : {&parties_.client, &parties_.server}) {
      if (party->connection) party->connection->attach(nullptr);
    }
  }

  [[nodiscard]] std::string_view lacks(Row row) const override {
    std::string_view reason =
        w5500_lacks(parties_.client.kind == Kind::kW5500, parties_.server.kind == Kind::kW5500, row);
    if (!reason.empty()) return reason;
    reason = nina_lacks(parties_.client.kind == Kind::kNina, parties_.server.kind == Kind::kNina, row);
    if (!reason.empty()) return reason;
    bool client_is_board = parties_.client.kind == Kind::kLwip;
    bool server_is_board = parties_.server.kind == Kind::kLwip;
    bool board = client_is_board || server_is_board;
    bool translated = parties_.translated();
    switch (row) {
      case Row::kUnixPaths: return "agents have no Unix sockets";
      case Row::kNames: return "agents look no names up";
      case Row::kSocketLimit:
      case Row::kAcceptLimit: return "nothing limits an agent's sockets from here";
      case Row::kProgrammingErrors: return "an agent serves one process";
      case Row::kBroadcast:
      case Row::kMulticast:
        // A chip's cable is the loopback interface, which this process is on.
        if (parties_.client.is_chip() && parties_.server.kind == Kind::kDesktop) return "";
        return "what is sent before a member has joined may arrive afterwards, between two hosts";
      case Row::kDualStack:
        if (family_ == Family::kV4) return "IPv4 sockets take IPv4 connections only";
        return {};
      case Row::kReusePort: return server_is_board ? "lwIP has one listener for a port" : "";
      case Row::kBufferSizes: return board ? "the sizes of buffers are fixed when lwIP is built" : "";
      case Row::kDatagramRefusals:
        if (client_is_board) return "lwIP does not tell UDP sockets of ICMP errors (udp_input, icmp_input)";
        return translated ? "QEMU's network passes on no ICMP errors" : "";
      case Row::kDropCounter:
        if (board) return "an Ethernet controller drops what it has no room for, and nobody counts";
        return parties_.server.kind == Kind::kPython ? "CPython does not tell how many were dropped" : "";
      case Row::kBacklog:
      case Row::kPendingConnect: return translated ? "QEMU's network completes connections by itself" : "";
      case Row::kRefusal:
        return translated && server_is_board ? "QEMU's network completes connections before the board does"
                                             : "";
      case Row::kReset:
        return translated && server_is_board ? "QEMU's network ends what the board resets in order" : "";
      case Row::kClientReset:
        return translated ? "QEMU's network ends in order what was reset with data on the way" : "";
      case Row::kClientEndpoint:
        return translated && client_is_board ? "QEMU's network connects from another port" : "";
      default: return {};
    }
  }
  [[nodiscard]] std::string_view side_lacks(Side side, Row row) const override {
    const Party& party = side == Side::kClient ? parties_.client : parties_.server;
    bool is_like_a_nina = row == Row::kBufferSizes ? party.is_board() : party.kind == Kind::kNina;
    if (is_lacked_by_each_nina(row) && !is_like_a_nina) return {};
    return lacks(row);
  }

  // This computer's kernel completes connections before a chip does, and refuses further ones while no socket
  // of the chip's listens.
  Task<Stream> connect(Listener& listener) override {
    Stream stream;
    if (parties_.server.kind != Kind::kW5500) {
      stream = co_await World::connect(listener);
    } else {
      std::size_t before = remote_server_->connected_sockets();
      stream = co_await World::connect(listener);
      auto seen = [&] { return remote_server_->connected_sockets() > before; };
      Result<> waited = co_await result(timeout(std::chrono::seconds(1), tests::eventually(seen)));
      static_cast<void>(waited);
    }
    co_return std::move(stream);
  }

  Loop& loop() override { return runtime_->loop(); }
  Network& network() override { return *sides_; }
  [[nodiscard]] Address address() const override { return address_of(Side::kServer, family_); }
  [[nodiscard]] Address address_of(Side side, Family family) const override {
    const Party& party = side == Side::kClient ? parties_.client : parties_.server;
    if (family == Family::kV6) return Address::loopback_v6();
    return parties_.translated() ? Address::loopback_v4() : party.address;
  }
  // What a chip is on: its own is 1 too.
  [[nodiscard]] std::uint32_t interface() const override {
    return parties_.has_chip() ? ::if_nametoindex("lo") : 0;
  }
  [[nodiscard]] Address foreign_address() const override {
    if (family_ == Family::kV4) return Address::v4(192, 0, 2, 1);
    return Address::v6({0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
  }
  [[nodiscard]] std::size_t queue_of(int backlog) const override {
    return static_cast<std::size_t>(backlog) + (parties_.server.is_board() ? 0 : 1);
  }
  [[nodiscard]] int backlog() const override { return parties_.client.kind == Kind::kNina ? 3 : 4; }
  [[nodiscard]] std::size_t bulk() const override {
    if (parties_.has_chip()) return 400'000;
    return parties_.has_board() && !parties_.translated() ? 200'000 : 5'000'000;
  }
  [[nodiscard]] std::size_t fits() const override {
    if (parties_.has(Kind::kNina)) return 5'000;
    if (parties_.has_chip()) return 8'000;
    return parties_.has_board() ? 10'000 : 50'000;
  }
  [[nodiscard]] std::size_t plenty() const override {
    if (parties_.has(Kind::kNina)) return 10'000;  // it takes some milliseconds for each little message
    return parties_.has_board() ? 50'000 : 200'000;
  }
  // A W5500 has eight sockets, of which the agent's connection is one, and two that listen; a NINA module six,
  // of which one listens.
  [[nodiscard]] std::size_t many() const override {
    if (parties_.server.kind == Kind::kW5500) return 2;
    if (parties_.server.kind == Kind::kNina) return 4;
    if (parties_.client.kind == Kind::kNina) return 5;
    if (parties_.client.kind == Kind::kW5500) return 6;
    return parties_.has_board() ? 10 : 50;
  }
  [[nodiscard]] std::size_t lasting() const override { return parties_.has_chip() ? 4 : 50; }
  [[nodiscard]] std::size_t repetitions() const override { return parties_.has(Kind::kNina) ? 30 : 100; }
  [[nodiscard]] std::size_t burst() const override {
    if (parties_.server.kind == Kind::kNina) return 6;  // CONFIG_LWIP_UDP_RECVMBOX_SIZE
    return parties_.has_board() ? 8 : 40;
  }
  [[nodiscard]] Duration settling() const override {
    return std::chrono::milliseconds(parties_.has_chip() ? 50 : 5);
  }
  [[nodiscard]] std::size_t largest_datagram() const override { return parties_.has_board() ? 1472 : 60'000; }
  [[nodiscard]] std::size_t open_sockets() const override {
    std::size_t count = open_descriptors();
    if (remote_client_) count += remote_client_->open_sockets();
    if (remote_server_) count += remote_server_->open_sockets();
    return count;
  }

 protected:
  void choose(Side side) override { sides_->choose(side); }

 private:
  Parties& parties_ = Parties::all();
  Family family_;
  std::unique_ptr<uv::Runtime> runtime_;
  uv::UvNetwork server_;
  std::unique_ptr<RemoteNetwork> remote_client_;
  std::unique_ptr<RemoteNetwork> remote_server_;
  std::unique_ptr<Sides> sides_;
};

}  // namespace

std::vector<WorldMaker> worlds() {
  std::vector<WorldMaker> all;
  all.push_back({"v4", [] { return std::make_unique<PairWorld>(Family::kV4); }});
  // QEMU forwards no ports over IPv6.
  if (!Parties::all().has_board()) {
    all.push_back({"v6", [] { return std::make_unique<PairWorld>(Family::kV6); }});
  }
  return all;
}

}  // namespace net::conformance
