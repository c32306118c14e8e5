#include "embedded/offload/dhcp_message.h"

#include <algorithm>

namespace net::offload {
namespace {

// RFC 2131, 2: offsets of the fields.
constexpr std::size_t kId = 4;
constexpr std::size_t kFlags = 10;
constexpr std::size_t kOwn = 12;
constexpr std::size_t kYours = 16;
constexpr std::size_t kHardware = 28;
constexpr std::size_t kCookie = 236;
constexpr std::size_t kOptions = 240;
constexpr std::array<std::byte, 4> kMagic = {std::byte{99}, std::byte{130}, std::byte{83}, std::byte{99}};
constexpr std::byte kAsks{1};
constexpr std::byte kAnswers{2};

// RFC 2132.
enum Option : std::uint8_t {
  kPad = 0,
  kSubnet = 1,
  kRouter = 3,
  kNameServers = 6,
  kHostName = 12,
  kRequested = 50,
  kLease = 51,
  kType = 53,
  kServer = 54,
  kWanted = 55,
  kEnd = 255,
};

template <std::size_t N>
void put(DhcpMessage& message, std::size_t& at, Option option, const std::array<std::byte, N>& value) {
  message[at++] = static_cast<std::byte>(option);
  message[at++] = static_cast<std::byte>(N);
  std::copy(value.begin(), value.end(), message.begin() + static_cast<std::ptrdiff_t>(at));
  at += N;
}

std::array<std::byte, 4> bytes_of(std::uint32_t number) {
  return {static_cast<std::byte>(number >> 24), static_cast<std::byte>(number >> 16 & 0xFF),
          static_cast<std::byte>(number >> 8 & 0xFF), static_cast<std::byte>(number & 0xFF)};
}

void copy_ip(std::span<const std::byte> value, DhcpIp& to) {
  if (value.size() >= to.size()) std::copy_n(value.begin(), to.size(), to.begin());
}

void read_option(Option option, std::span<const std::byte> value, DhcpAnswer& answer) {
  switch (option) {
    case kSubnet: copy_ip(value, answer.subnet); break;
    case kRouter: copy_ip(value, answer.router); break;
    case kServer: copy_ip(value, answer.server); break;
    case kNameServers:
      copy_ip(value, answer.name_servers[0]);
      if (value.size() > 4) copy_ip(value.subspan(4), answer.name_servers[1]);
      break;
    case kLease:
      if (value.size() != 4) break;
      for (std::byte each : value) answer.lease = answer.lease << 8 | std::to_integer<std::uint32_t>(each);
      break;
    case kType:
      if (value.size() == 1) answer.type = static_cast<DhcpType>(value[0]);
      break;
    default: break;
  }
}

}  // namespace

void write_question(const DhcpQuestion& question, DhcpMessage& message) {
  auto place = [&](std::size_t at) { return message.begin() + static_cast<std::ptrdiff_t>(at); };
  message.fill({});
  message[0] = kAsks;
  message[1] = std::byte{1};  // Ethernet
  message[2] = std::byte{6};
  std::array<std::byte, 4> id = bytes_of(question.id);
  std::copy(id.begin(), id.end(), place(kId));
  // Whoever has no address yet hears broadcasts only.
  if (question.own == DhcpIp{}) message[kFlags] = std::byte{0x80};
  std::copy(question.own.begin(), question.own.end(), place(kOwn));
  std::copy(question.hardware_address.begin(), question.hardware_address.end(), place(kHardware));
  std::copy(kMagic.begin(), kMagic.end(), place(kCookie));
  std::size_t at = kOptions;
  put(message, at, kType, std::array{static_cast<std::byte>(question.type)});
  if (question.requested != DhcpIp{}) put(message, at, kRequested, question.requested);
  if (question.server != DhcpIp{}) put(message, at, kServer, question.server);
  put(message, at, kWanted, std::array{std::byte{kSubnet}, std::byte{kRouter}, std::byte{kNameServers}});
  put(message, at, kHostName, std::array{std::byte{'e'}, std::byte{'d'}, std::byte{'d'}, std::byte{'y'}});
  message[at] = std::byte{kEnd};
}

std::optional<DhcpAnswer> read_answer(std::span<const std::byte> message, const DhcpQuestion& question) {
  auto has = [&](std::size_t at, std::span<const std::byte> bytes) {
    return std::equal(bytes.begin(), bytes.end(), message.begin() + static_cast<std::ptrdiff_t>(at));
  };
  bool ours = message.size() > kOptions && message[0] == kAnswers && has(kId, bytes_of(question.id)) &&
              has(kHardware, question.hardware_address) && has(kCookie, kMagic);
  if (!ours) return {};
  DhcpAnswer answer;
  copy_ip(message.subspan(kYours), answer.address);
  std::span<const std::byte> options = message.subspan(kOptions);
  while (!options.empty() && options[0] != std::byte{kEnd}) {
    if (options[0] == std::byte{kPad}) {
      options = options.subspan(1);
      continue;
    }
    std::size_t length = options.size() > 1 ? std::to_integer<std::size_t>(options[1]) : options.size();
    if (options.size() < length + 2) return {};  // cut off
    read_option(static_cast<Option>(options[0]), options.subspan(2, length), answer);
    options = options.subspan(length + 2);
  }
  if (answer.type == DhcpType::kNone) return {};
  return answer;
}

}  // namespace net::offload
