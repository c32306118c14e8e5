// The pins of a NINA module as a driver has them: each exchange waits until it is ready, as its firmware wants
// it. What is sent is what came before.
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "embedded/boards/board.h"
#include "net/core/text.h"

using namespace std::chrono_literals;

namespace {

template <class... Parts>
void say(Parts... parts) {
  net::Text<160> line;
  (line << ... << parts) << "\r\n";
  net::board::write(line.text());
}

// Sleeps until READY has this level; gives the milliseconds that it took.
std::uint32_t await(bool level) {
  net::TimePoint begin = net::board::now();
  net::offload::Pin& ready = net::board::ready();
  while (ready.level() != level) {
    ready.listen(level);
    net::board::rest(net::TimePoint(24h));
  }
  return static_cast<std::uint32_t>((net::board::now() - begin) / 1ms);
}

void start() {
  net::offload::Bus& bus = net::board::bus();
  bus.reset(true);
  net::board::rest(net::board::now() + 10ms);
  bus.reset(false);
}

// Both ways at once, in the same bytes; gives how long it had to wait before and behind the fall of CS.
std::array<std::uint32_t, 2> exchange(std::span<std::byte> bytes) {
  net::offload::Bus& bus = net::board::bus();
  std::uint32_t idle = await(false);
  bus.select();
  std::uint32_t busy = await(true);
  bus.transfer(bytes, bytes);
  bus.deselect();
  return {idle, busy};
}

// What is sent is what came before.
int pins() {
  net::offload::Bus& bus = net::board::bus();
  say("interrupted ", bus.interrupted() ? 1 : 0);
  start();
  std::array<std::byte, 20> bytes{};
  for (std::size_t size : {4U, 20U}) {
    auto [idle, busy] = exchange(std::span(bytes).first(size));
    say("idle ", idle, ", busy ", busy, ", first ", std::to_integer<int>(bytes[0]), ", last ",
        std::to_integer<int>(bytes[size - 1]));
  }
  bus.listen();
  net::board::rest(net::TimePoint(24h));
  say("interrupted ", bus.interrupted() ? 1 : 0, ", ms ",
      static_cast<std::uint32_t>((net::board::now() - net::TimePoint{}) / 1ms));
  return 0;
}

// Asks for the firmware's version: GET_FW_VERSION of nina-fw, which is 37 in hexadecimal.
int version() {
  start();
  std::array question{std::byte{0xE0}, std::byte{0x37}, std::byte{0x00}, std::byte{0xEE}};
  exchange(question);
  std::array<std::byte, 20> answer{};
  exchange(answer);
  net::Text<40> text;
  for (std::size_t i = 4; i < 4 + std::to_integer<std::size_t>(answer[3]) && i < answer.size(); ++i) {
    text << static_cast<char>(answer[i]);
  }
  say("answer ", std::to_integer<int>(answer[0]), ' ', std::to_integer<int>(answer[1]), ' ',
      std::to_integer<int>(answer[2]), ", version ", text.text());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return argc > 1 && std::string_view(argv[1]) == "version" ? version() : pins();
}
