// Asks a time server for the time: NTP in 48 bytes over a bare UDP socket (RFC 5905, 7.3).
#include <array>

#include "examples/host.h"
#include "examples/options.h"
#include "examples/say.h"
#include "net/net.h"

using namespace std::chrono_literals;

constexpr std::uint64_t kUnixEpoch = 2208988800;  // 1970 in NTP's seconds, which count from 1900

// "2026-02-03 04:05:06 UTC" for a transmit timestamp's seconds.
void write_time(net::TextBuffer& out, std::uint32_t ntp_seconds) {
  std::uint64_t since_1900 = ntp_seconds;
  // The count starts again in 2036: without the highest bit it is of the new era (RFC 4330, 3).
  if ((ntp_seconds & 0x80000000) == 0) since_1900 += std::uint64_t{1} << 32;
  std::chrono::sys_seconds time(std::chrono::seconds(static_cast<std::int64_t>(since_1900 - kUnixEpoch)));
  auto day = std::chrono::floor<std::chrono::days>(time);
  std::chrono::year_month_day date(day);
  std::chrono::hh_mm_ss clock(time - day);
  auto two_digits = [&out](auto number) {
    out << (number < 10 ? "0" : "") << static_cast<std::uint64_t>(number);
  };
  out << static_cast<int>(date.year()) << '-';
  two_digits(static_cast<unsigned>(date.month()));
  out << '-';
  two_digits(static_cast<unsigned>(date.day()));
  out << ' ';
  two_digits(clock.hours().count());
  out << ':';
  two_digits(clock.minutes().count());
  out << ':';
  two_digits(clock.seconds().count());
  out << " UTC";
}

net::Task<> ask(std::string_view host, std::uint16_t port) {
  net::Endpoint server = co_await example::find(host, port);
  net::UdpSocket socket = co_await net::connect_udp(server);
  std::array<std::byte, 48> packet{};
  packet[0] = std::byte{0b00100011};  // no leap warning, version 4, mode 3: client
  co_await socket.send(packet);
  net::Datagram reply = co_await socket.receive(packet);
  net::Text<64> text;
  if (reply.data.size() < packet.size()) {
    text << "reply of " << reply.from;
    co_await net::fail(net::Errc::protocol_error, text.text());
  }
  std::uint32_t seconds = 0;
  for (std::byte each : reply.data.last(8).first(4))
    seconds = seconds << 8 | std::to_integer<std::uint32_t>(each);
  write_time(text, seconds);
  example::say(text.text(), " from ", reply.from);
}

net::Task<> ask_in_time(std::string_view host, std::uint16_t port, net::Duration timeout) {
  co_await net::timeout(timeout, ask(host, port));
}

int main(int argc, char** argv) {
  std::string_view host = "pool.ntp.org";
  std::uint16_t port = 123;
  net::Duration timeout = 5s;
  example::Options options(argc, argv, "Asks a time server for the time.");
  options.add("--host", host, "the server's name or address");
  options.add("--port", port, "the server's port");
  options.add("--timeout", timeout, "the deadline for the answer");
  if (!options.parse()) return options.status();
  return net::run(ask_in_time, host, port, timeout);
}
