#include "tests/support/name_server.h"

#include <array>

#include "net/core/combine.h"
#include "net/io/stream.h"

namespace net::tests {
namespace {

constexpr unsigned kA = 1;
constexpr unsigned kCname = 5;
constexpr unsigned kAaaa = 28;

using Message = Zone::Message;

unsigned number_at(Bytes message, std::size_t at) {
  return std::to_integer<unsigned>(message[at]) << 8 | std::to_integer<unsigned>(message[at + 1]);
}
void put(Message& message, unsigned number) {
  message.push_back(static_cast<std::byte>(number >> 8));
  message.push_back(static_cast<std::byte>(number));
}
void put_name(Message& message, std::string_view name) {
  while (!name.empty()) {
    std::string_view label = name.substr(0, name.find('.'));
    name.remove_prefix(std::min(name.size(), label.size() + 1));
    message.push_back(static_cast<std::byte>(label.size()));
    for (char c : label) message.push_back(static_cast<std::byte>(c));
  }
  message.push_back(std::byte{0});
}
// `owner` is where its name stands in the message.
void put_record(Message& message, std::size_t owner, unsigned type, const Message& data) {
  put(message, static_cast<unsigned>(0xc000 | owner));
  put(message, type);
  put(message, 1);
  put(message, 0);
  put(message, 60);
  put(message, static_cast<unsigned>(data.size()));
  message.insert(message.end(), data.begin(), data.end());
}

Task<> answer_udp(const Zone& zone, UdpSocket& socket) {
  std::array<std::byte, Zone::kUdp> buffer;
  for (;;) {
    Datagram query = co_await socket.receive(buffer);
    Message answer = zone.answer(query.data, Zone::kUdp);
    // One that does not get through is asked for again.
    if (!answer.empty()) static_cast<void>(co_await result(socket.send_to(answer, query.from)));
  }
}

Task<bool> read_all(Stream& stream, std::span<std::byte> buffer) {
  while (!buffer.empty()) {
    std::span<std::byte> got = co_await stream.read(buffer);
    if (got.empty()) co_return false;
    buffer = buffer.subspan(got.size());
  }
  co_return true;
}

Task<> answer_stream(const Zone& zone, Stream& stream) {
  std::array<std::byte, Zone::kUdp> buffer;
  bool any = co_await read_all(stream, std::span(buffer).first(2));
  if (!any) co_return;
  std::span<std::byte> query = std::span(buffer).first(number_at(buffer, 0));
  co_await read_all(stream, query);
  Message answer = zone.answer(query, Zone::kTcp);
  Message length;
  put(length, static_cast<unsigned>(answer.size()));
  answer.insert(answer.begin(), length.begin(), length.end());
  co_await stream.write(Bytes(answer));
}

Task<> answer_tcp(const Zone& zone, Listener& listener) {
  for (;;) {
    Stream stream = co_await listener.accept();
    Result<> answered = co_await result(answer_stream(zone, stream));
    // The client may go.
    if (!answered && answered.error() == Errc::no_memory) co_await fail(answered.error());
  }
}

}  // namespace

void Zone::set(std::string_view host, std::vector<Address> v6, std::vector<Address> v4) {
  Host& entry = hosts_[std::string(host)];
  entry.v6 = std::move(v6);
  entry.v4 = std::move(v4);
}

void Zone::set_alias(std::string_view host, std::string_view of) { hosts_[std::string(host)].alias = of; }

void Zone::set_silent(std::string_view host, Family family, bool silent) {
  Host& entry = hosts_[std::string(host)];
  (family == Family::kV6 ? entry.silent_v6 : entry.silent_v4) = silent;
}

void Zone::end_silence() {
  for (auto& [name, host] : hosts_) host.silent_v6 = host.silent_v4 = false;
}

Message Zone::answer(Bytes query, std::size_t limit) const {
  std::string name;
  std::size_t at = 12;
  while (query[at] != std::byte{0}) {
    auto length = std::to_integer<std::size_t>(query[at]);
    if (!name.empty()) name += '.';
    name += text(query.subspan(at + 1, length));
    at += 1 + length;
  }
  unsigned type = number_at(query, at + 1);
  Message answer(query.begin(), query.begin() + static_cast<std::ptrdiff_t>(at + 5));
  auto set_flags = [&](unsigned flags) {
    answer[2] = static_cast<std::byte>(flags >> 8);
    answer[3] = static_cast<std::byte>(flags);
  };
  constexpr unsigned kFlags = 0x8180;  // response, recursion desired and available
  set_flags(kFlags);
  auto host = hosts_.find(name);
  std::size_t owner = 12;
  unsigned records = 0;
  while (host != hosts_.end() && !host->second.alias.empty()) {
    Message target;
    put_name(target, host->second.alias);
    put_record(answer, owner, kCname, target);
    owner = answer.size() - target.size();
    host = hosts_.find(host->second.alias);
    ++records;
  }
  if (host == hosts_.end()) {
    set_flags(kFlags | 3);
  } else if (type == kAaaa ? host->second.silent_v6 : host->second.silent_v4) {
    return {};
  } else if (host->second.fails) {
    set_flags(kFlags | 2);
  } else {
    for (const Address& address : type == kAaaa ? host->second.v6 : host->second.v4) {
      Message data;
      for (std::size_t i = 0; i != (type == kAaaa ? 16 : 4); ++i) {
        data.push_back(static_cast<std::byte>(address.bytes()[i]));
      }
      put_record(answer, owner, type == kAaaa ? kAaaa : kA, data);
      ++records;
    }
  }
  answer[7] = static_cast<std::byte>(records);
  if (answer.size() > limit) {
    answer.resize(at + 5);
    answer[7] = std::byte{0};
    set_flags(kFlags | 0x0200);
  }
  return answer;
}

Task<> serve_names(const Zone& zone, UdpSocket& udp, Listener& tcp) {
  co_await all(answer_udp(zone, udp), answer_tcp(zone, tcp));
}

Task<> serve_names_on(const Zone& zone, std::uint16_t port) {
  UdpSocket udp = co_await bind_udp(port);
  Listener tcp = co_await listen(port);
  co_await serve_names(zone, udp, tcp);
}

}  // namespace net::tests
