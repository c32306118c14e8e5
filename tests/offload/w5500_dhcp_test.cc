#include <utility>
#include <vector>

#include "embedded/offload/w5500/dhcp.h"
#include "net/core/scope.h"
#include "tests/offload/w5500_bench.h"

namespace net::tests {
namespace {

using offload::DhcpType;

// A server of this computer's, on the ports that servers have.
class Server {
 public:
  explicit Server(UdpSocket socket) : socket_(std::move(socket)) {}

  // The next message's type and whom it asks for.
  struct Asked {
    unsigned type;
    std::vector<std::byte> message;
    bool by_broadcast;

    // Whether it has the option.
    [[nodiscard]] bool has(unsigned option) const {
      std::size_t at = 240;
      while (at + 1 < message.size() && message[at] != std::byte{255}) {
        if (message[at] == std::byte(option)) return true;
        at += message[at] == std::byte{} ? 1 : 2 + std::to_integer<std::size_t>(message[at + 1]);
      }
      return false;
    }
  };
  Task<Asked> hear() {
    Datagram got = co_await socket_.receive_view();
    Asked asked{0, {got.data.begin(), got.data.end()}, true};
    asked.type = std::to_integer<unsigned>(asked.message[242]);
    asked.by_broadcast = asked.message[10] != std::byte{};
    co_return std::move(asked);
  }
  Task<> answer(const Asked& asked, DhcpType type, std::uint8_t lease) {
    std::vector<std::byte> message(asked.message.begin(), asked.message.begin() + 240);
    message[0] = std::byte{2};
    message[16] = std::byte{127};
    message[19] = std::byte{kBoard};
    auto add = [&](std::initializer_list<unsigned> option) {
      for (unsigned each : option) message.push_back(static_cast<std::byte>(each));
    };
    add({53, 1, static_cast<unsigned>(type)});
    if (tells_mask) add({1, 4, 255, 0, 0, 0});
    add({3, 4, 127, 0, 0, 1});
    if (tells_two_name_servers) {
      add({6, 8, 127, 0, 0, 1, 127, 0, 0, 7});
    } else {
      add({6, 4, 127, 0, 0, 1});
    }
    add({51, 4, 0, 0, 0, lease});
    add({54, 4, 127, 0, 0, 1, 255});
    Address to = asked.by_broadcast ? Address::v4(127, 255, 255, 255) : kBoardAddress;
    co_await socket_.send_to(message, Endpoint(to, offload::kDhcpClientPort));
  }

  bool tells_mask = true;
  bool tells_two_name_servers = false;

 private:
  UdpSocket socket_;
};

class W5500Dhcp : public testing::Test {
 protected:
  W5500Dhcp() {
    static const bool entered = conformance::enter_narrow_network(65536);
    EXPECT_TRUE(entered);
  }

  void run(Task<> (*body)(Server&, w5500::W5500Network&)) {
    std::unique_ptr<uv::Runtime> runtime = uv::Runtime::make();
    W5500Board board(runtime->loop(), kBoard, false);
    w5500::DhcpClient client(board.network());
    Result<> outcome = block_on(runtime->loop(), runtime->network(), begin, board.network(), body);
    EXPECT_TRUE(outcome) << outcome.error().message();
  }

 private:
  static Task<> begin(w5500::W5500Network& chip, Task<> (*body)(Server&, w5500::W5500Network&)) {
    UdpSocket socket = co_await bind_udp(Endpoint(Address::any_v4(), offload::kDhcpServerPort));
    Result<> allowed = socket.set_broadcast(true);
    EXPECT_TRUE(allowed);
    Server server(std::move(socket));
    co_await body(server, chip);
  }
};

Task<> lease(Server& server, std::uint8_t seconds) {
  Server::Asked asked = co_await server.hear();
  EXPECT_EQ(asked.type, 1U);
  co_await server.answer(asked, DhcpType::kOffer, seconds);
  asked = co_await server.hear();
  EXPECT_EQ(asked.type, 3U);
  // RFC 2131, 4.3.2: what was offered, and by whom.
  EXPECT_TRUE(asked.has(50));
  EXPECT_TRUE(asked.has(54));
  co_await server.answer(asked, DhcpType::kAcknowledge, seconds);
}

TEST_F(W5500Dhcp, GivesTheNetworkAnAddressAndNameServersAndLeavesNoSocket) {
  run([](Server& server, w5500::W5500Network& chip) -> Task<> {
    EXPECT_FALSE(chip.is_up());
    co_await lease(server, 200);
    co_await chip.up();
    EXPECT_EQ(w5500::from_ip(chip.settings().address), kBoardAddress);
    EXPECT_EQ(w5500::from_ip(chip.settings().gateway), kHere);
    EXPECT_EQ(chip.name_servers()->at(0), Endpoint(kHere, 53));
    EXPECT_EQ(chip.open_sockets(), 0U);
  });
}

TEST_F(W5500Dhcp, RenewsAtHalfTheTimeWithTheServerItself) {
  run([](Server& server, w5500::W5500Network& chip) -> Task<> {
    server.tells_two_name_servers = true;
    co_await lease(server, 2);
    co_await chip.up();
    EXPECT_EQ(chip.name_servers()->at(1), Endpoint(Address::v4(127, 0, 0, 7), 53));
    Server::Asked renewal = co_await server.hear();
    EXPECT_EQ(renewal.type, 3U);
    EXPECT_FALSE(renewal.by_broadcast);
    EXPECT_EQ(renewal.message[15], std::byte{kBoard});
    // RFC 2131, 4.3.2: its address says it all.
    EXPECT_FALSE(renewal.has(50));
    EXPECT_FALSE(renewal.has(54));
    server.tells_two_name_servers = false;
    co_await server.answer(renewal, DhcpType::kAcknowledge, 200);
    auto closed = [&] { return chip.open_sockets() == 0; };
    co_await eventually(closed);
    EXPECT_TRUE(chip.is_up());
    EXPECT_EQ(chip.name_servers()->at(0), Endpoint(kHere, 53));
    EXPECT_EQ(chip.name_servers()->at(1), Endpoint());
  });
}

TEST_F(W5500Dhcp, WithoutAnAnswerTheAddressGoesAndANewOneIsLookedFor) {
  run([](Server& server, w5500::W5500Network& chip) -> Task<> {
    co_await lease(server, 1);
    co_await chip.up();
    Server::Asked renewal = co_await server.hear();
    EXPECT_EQ(renewal.type, 3U);
    co_await chip.down();
    Server::Asked asked = co_await server.hear();
    while (asked.type == 3) asked = co_await server.hear();
    EXPECT_EQ(asked.type, 1U);
  });
}

// RFC 2131, 4.4.5: not until the lease would have ended.
TEST_F(W5500Dhcp, ARefusedRenewalTakesTheAddressAtOnce) {
  run([](Server& server, w5500::W5500Network& chip) -> Task<> {
    co_await lease(server, 2);
    co_await chip.up();
    Server::Asked renewal = co_await server.hear();
    co_await server.answer(renewal, DhcpType::kRefuse, 2);
    co_await chip.down();
    EXPECT_EQ(chip.settings().address, w5500::kNoIp);
    Server::Asked asked = co_await server.hear();
    EXPECT_EQ(asked.type, 1U);
  });
}

TEST_F(W5500Dhcp, AnAcknowledgementOfWhatWasNotAskedForIsNone) {
  run([](Server& server, w5500::W5500Network& chip) -> Task<> {
    Server::Asked asked = co_await server.hear();
    co_await server.answer(asked, DhcpType::kAcknowledge, 2);
    co_await server.answer(asked, DhcpType::kOffer, 2);
    asked = co_await server.hear();
    EXPECT_FALSE(chip.is_up());
    EXPECT_TRUE(asked.by_broadcast);
    EXPECT_TRUE(asked.has(54));
  });
}

TEST_F(W5500Dhcp, WithoutAMaskItsSubnetHasTwoHundredAndFiftyFourHosts) {
  run([](Server& server, w5500::W5500Network& chip) -> Task<> {
    server.tells_mask = false;
    co_await lease(server, 200);
    co_await chip.up();
    EXPECT_EQ(w5500::from_ip(chip.settings().subnet), Address::v4(255, 255, 255, 0));
  });
}

TEST_F(W5500Dhcp, ARefusalBeginsAnew) {
  run([](Server& server, w5500::W5500Network& chip) -> Task<> {
    Server::Asked asked = co_await server.hear();
    co_await server.answer(asked, DhcpType::kOffer, 200);
    asked = co_await server.hear();
    co_await server.answer(asked, DhcpType::kRefuse, 200);
    co_await lease(server, 200);
    co_await chip.up();
  });
}

}  // namespace
}  // namespace net::tests
