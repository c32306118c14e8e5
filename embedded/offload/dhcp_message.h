// Messages of DHCP, as a client writes and reads them: RFC 2131 and RFC 2132.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace net::offload {

using DhcpIp = std::array<std::byte, 4>;

enum class DhcpType : std::uint8_t { kNone, kDiscover, kOffer, kRequest, kDecline, kAcknowledge, kRefuse };

inline constexpr std::uint16_t kDhcpClientPort = 68;
inline constexpr std::uint16_t kDhcpServerPort = 67;

// What a client asks.
class DhcpQuestion {
 public:
  DhcpType type = DhcpType::kDiscover;
  std::uint32_t id = 0;
  std::array<std::byte, 6> hardware_address{};
  DhcpIp own{};        // while it has an address, and renews it
  DhcpIp requested{};  // that was offered
  DhcpIp server{};     // by whom

  constexpr DhcpQuestion() {}  // NOLINT: no aggregate
};

// What a server answers.
class DhcpAnswer {
 public:
  DhcpType type = DhcpType::kNone;
  DhcpIp address{};
  DhcpIp subnet{};
  DhcpIp router{};
  DhcpIp server{};
  std::array<DhcpIp, 2> name_servers{};
  std::uint32_t lease = 0;  // seconds; all ones: for ever

  constexpr DhcpAnswer() {}  // NOLINT: no aggregate
};

// As short as a message may be (RFC 1542, 2.1).
using DhcpMessage = std::array<std::byte, 300>;
void write_question(const DhcpQuestion& question, DhcpMessage& message);
// Nothing if it is no answer to that question.
std::optional<DhcpAnswer> read_answer(std::span<const std::byte> message, const DhcpQuestion& question);

}  // namespace net::offload
