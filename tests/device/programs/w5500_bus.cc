// The pins of a W5500 as a driver has them, by the chip's registers alone; nothing here is Eddy's driver for
// it. Names and numbers are those of the W5500 datasheet, chapters 3 and 4.
#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "embedded/boards/board.h"
#include "net/core/text.h"

using namespace std::chrono_literals;

namespace {

using Bytes = std::span<std::byte>;
using Sent = std::span<const std::byte>;

constexpr unsigned kCommon = 0;
constexpr unsigned kSocket = 1;
constexpr unsigned kSending = 2;
constexpr unsigned kReceived = 3;

constexpr std::uint16_t kGateway = 0x01;  // GAR, SUBR, SHAR, SIPR
constexpr std::uint16_t kSocketsMask = 0x18;
constexpr std::uint16_t kPhy = 0x2E;
constexpr std::uint16_t kVersion = 0x39;

constexpr std::uint16_t kMode = 0x00;
constexpr std::uint16_t kCommand = 0x01;
constexpr std::uint16_t kEvents = 0x02;
constexpr std::uint16_t kPort = 0x04;
constexpr std::uint16_t kPeer = 0x0C;
constexpr std::uint16_t kWritten = 0x24;
constexpr std::uint16_t kArrived = 0x26;
constexpr std::uint16_t kRead = 0x28;

template <class... Parts>
void say(Parts... parts) {
  net::Text<160> line;
  (line << ... << parts) << "\r\n";
  net::board::write(line.text());
}

void exchange(std::uint16_t address, unsigned block, Sent sent, Bytes received) {
  const std::array header{std::byte(address >> 8), std::byte(address),
                          std::byte(block << 3 | (received.empty() ? 4 : 0))};
  net::offload::Bus& bus = net::board::bus();
  bus.select();
  bus.transfer(header, {});
  bus.transfer(sent, received);
  bus.deselect();
}
void set(std::uint16_t address, unsigned block, std::initializer_list<std::uint32_t> values) {
  std::array<std::byte, 18> bytes;
  std::transform(values.begin(), values.end(), bytes.begin(),
                 [](std::uint32_t each) { return static_cast<std::byte>(each); });
  exchange(address, block, Sent(bytes).first(values.size()), {});
}
std::uint32_t get(std::uint16_t address, unsigned block, std::size_t size = 1) {
  std::array<std::byte, 2> bytes{};
  exchange(address, block, {}, Bytes(bytes).first(size));
  auto first = std::to_integer<std::uint32_t>(bytes[0]);
  return size == 1 ? first : first << 8 | std::to_integer<std::uint32_t>(bytes[1]);
}

void start() {
  net::offload::Bus& bus = net::board::bus();
  bus.reset(true);
  net::board::rest(net::board::now() + 1ms);
  bus.reset(false);
  net::board::rest(net::board::now() + 2ms);
}

// What is written into the chip's memory is read from it.
int memory() {
  static std::array<std::byte, 1000> written;
  static std::array<std::byte, 1000> read;
  int wrong = 0;
  for (std::size_t size : {1U, 8U, 9U, 1000U}) {
    for (std::byte& each : written) each = static_cast<std::byte>(net::board::random());
    read.fill(std::byte{0xA5});
    exchange(100, kSending, Sent(written).first(size), {});
    exchange(100, kSending, {}, Bytes(read).first(size));
    if (!std::equal(written.begin(), written.begin() + size, read.begin())) ++wrong;
    if (size < read.size() && read[size] != std::byte{0xA5}) ++wrong;
  }
  net::TimePoint begin = net::board::now();
  exchange(100, kSending, written, {});
  auto took = std::chrono::floor<std::chrono::microseconds>(net::board::now() - begin);
  say("memory: wrong ", wrong, ", us ", static_cast<std::uint32_t>(took.count()));
  return 0;
}

// Sends each datagram of port 5000 back, and sleeps until there is one.
int echo() {
  static std::array<std::byte, 1024> datagram;
  net::offload::Bus& bus = net::board::bus();
  set(kGateway, kCommon, {10, 0, 2, 2, 255, 255, 255, 0, 2, 0, 0, 0, 0, 1, 10, 0, 2, 15});
  set(kSocketsMask, kCommon, {1});
  set(kMode, kSocket, {2});
  set(kPort, kSocket, {5000 >> 8, 5000 & 0xFF});
  set(kCommand, kSocket, {1});
  say("UDP port 5000 is open");
  for (std::uint32_t woken = 0;; ++woken) {
    for (int key = net::board::read(); key != -1; key = net::board::read()) {
      if (key == 0x10) say("link ", get(kPhy, kCommon) & 1);
      if (key != 0x03) continue;
      say("woken ", woken);
      return 0;
    }
    if (bus.interrupted()) set(kEvents, kSocket, {0x1F});
    while (get(kArrived, kSocket, 2) != 0) {
      std::uint32_t at = get(kRead, kSocket, 2);
      std::array<std::byte, 8> header{};
      exchange(static_cast<std::uint16_t>(at), kReceived, {}, header);
      auto size = std::to_integer<std::uint32_t>(header[6]) << 8 | std::to_integer<std::uint32_t>(header[7]);
      exchange(static_cast<std::uint16_t>(at + 8), kReceived, {}, Bytes(datagram).first(size));
      at += 8 + size;
      set(kRead, kSocket, {at >> 8, at});
      set(kCommand, kSocket, {0x40});
      exchange(kPeer, kSocket, Sent(header).first(6), {});
      std::uint32_t to = get(kWritten, kSocket, 2);
      exchange(static_cast<std::uint16_t>(to), kSending, Sent(datagram).first(size), {});
      to += size;
      set(kWritten, kSocket, {to >> 8, to});
      set(kCommand, kSocket, {0x20});
    }
    bus.listen();
    net::board::rest(net::TimePoint(24h));
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::string_view what = argc > 1 ? argv[1] : "";
  start();
  say("version ", get(kVersion, kCommon));
  return what == "echo" ? echo() : memory();
}
