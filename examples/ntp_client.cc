// Asks a time server for the time.
#include "examples/host.h"
#include "examples/options.h"
#include "examples/say.h"
#include "net/net.h"
#include "net/ntp/client.h"

using namespace std::chrono_literals;

// "2026-02-03 04:05:06 UTC".
void write_time(net::TextBuffer& out, net::ntp::Time time) {
  auto day = std::chrono::floor<std::chrono::days>(time);
  std::chrono::year_month_day date(day);
  std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
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

net::Task<> ask(std::string_view host, std::uint16_t port, net::Duration timeout) {
  net::Endpoint server = co_await net::timeout(timeout, example::find(host, port));
  net::ntp::QueryOptions options;
  options.set_timeout(timeout);
  net::ntp::Sample sample = co_await net::ntp::query(server, options);
  net::Text<64> text;
  write_time(text, sample.time);
  auto milliseconds =
      static_cast<std::uint64_t>(std::chrono::ceil<std::chrono::milliseconds>(sample.error()).count());
  example::say(text.text(), " from ", server, ", stratum ", std::uint32_t{sample.stratum}, ", to within ",
               milliseconds, " ms");
}

int main(int argc, char** argv) {
  std::string_view host = "pool.ntp.org";
  std::uint16_t port = net::ntp::kPort;
  net::Duration timeout = 5s;
  example::Options options(argc, argv, "Asks a time server for the time.");
  options.add("--host", host, "the server's name or address");
  options.add("--port", port, "the server's port");
  options.add("--timeout", timeout, "the deadline for the answer");
  if (!options.parse()) return options.status();
  return net::run(ask, host, port, timeout);
}
