#include "net/dns/look_up.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "net/core/combine.h"
#include "net/core/deadline.h"
#include "net/dns/message.h"
#include "net/io/connect.h"
#include "net/io/stream.h"
#include "net/io/udp.h"

namespace net::dns {
namespace {

using std::chrono::seconds;

// How long each server is waited for, from one round to the next.
constexpr std::array<Duration, 5> kWaits = {seconds(1), seconds(2), seconds(4), seconds(4), seconds(4)};
// Of an answer by TCP. What does not fit is left out: it has more addresses by then than `Addresses` takes.
constexpr std::size_t kLargestAnswer = 1280;

// Their frames, which have the query in them, are gone while the answer is waited for.
Task<> send(UdpSocket& socket, const Question& question) {
  Query query(question);
  co_await socket.send(query.for_udp());
}
Task<> send(Stream& stream, const Question& question) {
  Query query(question);
  co_await stream.write(query.for_tcp());
}

Task<> read_all(Stream& stream, std::span<std::byte> buffer) {
  while (!buffer.empty()) {
    std::span<std::byte> got = co_await stream.read(buffer);
    if (got.empty()) co_await fail(Errc::end_of_stream);
    buffer = buffer.subspan(got.size());
  }
}

Task<Verdict> ask_by_tcp(Endpoint server, const Question& question, Addresses& found) {
  Stream stream = co_await connect(server);
  co_await send(stream, question);
  std::array<std::byte, kLargestAnswer> buffer;
  std::span<std::byte> length(buffer.data(), 2);
  co_await read_all(stream, length);
  std::size_t size = std::to_integer<std::size_t>(length[0]) << 8 | std::to_integer<std::size_t>(length[1]);
  Extent extent = size <= buffer.size() ? Extent::kWhole : Extent::kBeginning;
  std::span<std::byte> answer(buffer.data(), std::min(size, buffer.size()));
  co_await read_all(stream, answer);
  Verdict verdict = read_answer(answer, question, found, extent);
  bool usable = verdict == Verdict::kFound || verdict == Verdict::kNone;
  co_return usable ? verdict : Verdict::kFailed;
}

// Asks one server once. A socket for each question: its port is as hard to guess as the id.
Task<Verdict> ask_by_udp(Endpoint server, const Question& question, Addresses& found) {
  UdpSocket socket = co_await connect_udp(server);
  co_await send(socket, question);
  Verdict verdict = Verdict::kForeign;
  while (verdict == Verdict::kForeign) {
    Datagram answer = co_await socket.receive_view();
    verdict = read_answer(answer.data, question, found);
  }
  co_return verdict;
}

Task<Verdict> ask_server(Endpoint server, const Question& question, Addresses& found) {
  Verdict verdict = co_await ask_by_udp(server, question, found);
  if (verdict == Verdict::kTruncated) verdict = co_await ask_by_tcp(server, question, found);
  co_return verdict;
}

// A failure that is this host's own, and that another server would not mend.
bool is_own(Errc code) {
  return code == Errc::cancelled || code == Errc::no_memory || code == Errc::too_many_open;
}

// Asks until there is an answer. A task of its own for each family; the failure is without a context.
Task<> ask(NameServers& servers, std::string_view host, Type type, Addresses& found) {
  for (Duration wait : kWaits) {
    bool silent = false;  // some server, which may answer yet
    for (std::size_t place = 0; place != NameServers::kPlaces; ++place) {
      Endpoint server = servers.at(place);
      if (!server.valid()) continue;
      Question question(host, type, static_cast<std::uint16_t>(servers.random()));
      auto asking = timeout(wait, ask_server(server, question, found));
      Result<Verdict> verdict = co_await result(asking);
      if (!verdict) {
        if (is_own(verdict.error().code())) co_await fail(verdict.error());
        silent = silent || verdict.error() == Errc::timed_out;
      } else if (*verdict == Verdict::kFound) {
        co_return;
      } else if (*verdict == Verdict::kNone) {
        co_await fail(Errc::host_not_found);
      }
    }
    if (!silent) break;
  }
  co_await fail(Errc::resolver_failed);
}

// As `ask`, with its failure kept.
Task<> ask_beside(NameServers& servers, std::string_view host, Type type, Addresses& found, Errc& code) {
  Result<> done = co_await result(ask(servers, host, type, found));
  code = done ? Errc::ok : done.error().code();
}

// Whether this host has an address from which it can send there (RFC 6724, rule 1 of 6).
Task<bool> reaches(Address address) {
  Result<UdpSocket> socket = co_await result(connect_udp(Endpoint(address, NameServers::kPort)));
  if (!socket) co_return false;
  Address own = socket->local().address();
  co_return !own.is_any() && (!own.is_link_local() || address.is_link_local());
}

Task<> ask_for_both(NameServers& servers, std::string_view host, Addresses& found) {
  Addresses v6;
  Addresses v4;
  Errc v6_code = Errc::ok;
  Errc v4_code = Errc::ok;
  co_await all(ask_beside(servers, host, Type::kAaaa, v6, v6_code),
               ask_beside(servers, host, Type::kA, v4, v4_code));
  // The failure that counts: of this host, else of the servers, else that there is no such name.
  Errc code = is_own(v6_code) || v4_code == Errc::host_not_found || v4_code == Errc::ok ? v6_code : v4_code;
  if (code == Errc::cancelled || (v6.empty() && v4.empty())) co_await fail(code);
  bool v6_first = v4.empty();
  if (!v6.empty() && !v4.empty()) v6_first = co_await reaches(v6[0]);
  for (const Addresses* each : {v6_first ? &v6 : &v4, v6_first ? &v4 : &v6}) {
    for (const Address& address : *each) found.push_back(address);
  }
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Whether a name is this one, or below it.
bool is_within(std::string_view host, std::string_view domain) {
  if (host.ends_with('.')) host.remove_suffix(1);
  if (host.size() < domain.size()) return false;
  std::string_view end = host.substr(host.size() - domain.size());
  bool below = host.size() == domain.size() || host[host.size() - domain.size() - 1] == '.';
  return below &&
         std::equal(end.begin(), end.end(), domain.begin(), [](char a, char b) { return lower(a) == b; });
}

Task<> look_up_quietly(NameServers& servers, std::string_view host, Family family, Addresses& found) {
  if (!is_name(host) || is_within(host, "invalid")) co_await fail(Errc::host_not_found);
  if (is_within(host, "localhost")) {
    if (family != Family::kV4) found.push_back(Address::loopback_v6());
    if (family != Family::kV6) found.push_back(Address::loopback_v4());
  } else if (family == Family::kNone) {
    co_await ask_for_both(servers, host, found);
  } else {
    co_await ask(servers, host, family == Family::kV6 ? Type::kAaaa : Type::kA, found);
  }
}

}  // namespace

Task<> look_up(NameServers& servers, std::string_view host, Family family, Addresses& found) {
  Result<> done = co_await result(look_up_quietly(servers, host, family, found));
  if (done) co_return;
  Text<80> what;
  what << "resolve " << host;
  co_await fail(Error(done.error().code(), what.text(), done.error().native()));
}

}  // namespace net::dns
