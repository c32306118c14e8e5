#include "embedded/offload/w5500/dhcp.h"

#include <algorithm>
#include <chrono>

#include "net/core/log.h"

namespace net::w5500 {
namespace {

using offload::DhcpAnswer;
using offload::DhcpIp;
using offload::DhcpMessage;
using offload::DhcpType;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Ip kEverybody = {std::byte{255}, std::byte{255}, std::byte{255}, std::byte{255}};
constexpr Ip kUsualSubnet = {std::byte{255}, std::byte{255}, std::byte{255}, std::byte{0}};
constexpr std::size_t kHeader = 8;     // before each datagram
constexpr std::size_t kLargest = 576;  // of a message, unless one asks for more (RFC 2131, 2)
constexpr std::uint32_t kForEver = 0xFFFFFFFF;
constexpr Duration kOften = seconds(60);  // RFC 2131, 4.4.5
constexpr std::uint8_t kRequests = 4;     // before another server is looked for

}  // namespace

DhcpClient::DhcpClient(W5500Network& network)
    : Timer([](Timer& timer) { static_cast<DhcpClient&>(timer).tick(); }), network_(network) {
  question_.hardware_address = network.settings().hardware_address;
  network.add(*this);
}

DhcpClient::~DhcpClient() { stop_asking(); }

void DhcpClient::wait(Duration time) { network_.loop().timers().start(*this, network_.loop().now() + time); }

Duration DhcpClient::held() const { return network_.loop().now() - bound_at_; }

void DhcpClient::available() {
  if (state_ == State::kIdle && network_.has_link()) begin();
}

void DhcpClient::lost() {
  socket_ = nullptr;
  if (state_ != State::kBound && state_ != State::kRenewing) state_ = State::kIdle;
}

void DhcpClient::stop_asking() {
  held_port = 0;
  if (socket_ != nullptr) std::exchange(socket_, nullptr)->release();
}

void DhcpClient::begin() {
  question_.type = DhcpType::kDiscover;
  question_.id = network_.random();
  question_.own = question_.requested = question_.server = {};
  state_ = State::kSelecting;
  attempts_ = 0;
  tick();
}

void DhcpClient::tick() {
  switch (state_) {
    case State::kIdle: return;
    case State::kRequesting:
      if (attempts_ == kRequests) {
        begin();
        return;
      }
      [[fallthrough]];
    case State::kSelecting: {
      ask();
      // RFC 2131, 4.1: twice as long each time, give or take a second.
      Duration time = seconds(4) * (1 << std::min<int>(attempts_, 4));
      attempts_ = static_cast<std::uint8_t>(std::min(attempts_ + 1, 100));
      wait(time - seconds(1) + milliseconds(network_.random() & 0x7FF));
      return;
    }
    case State::kBound:
    case State::kRenewing: {
      Duration left = seconds(lease_) - held();
      if (left <= Duration(0)) {
        // RFC 2131, 4.4.5: not a moment longer.
        network_.set_addresses(kNoIp, kNoIp, kNoIp);
        begin();
        return;
      }
      if (state_ == State::kBound) {
        state_ = State::kRenewing;
        question_.type = DhcpType::kRequest;
        question_.id = network_.random();
        question_.own = network_.settings().address;
        question_.requested = {};
      }
      ask();
      wait(std::min(left, std::max(left / 2, kOften)));
      return;
    }
  }
}

// Not if there is no socket for it now.
void DhcpClient::ask() {
  if (socket_ == nullptr) {
    Errc code = Errc::ok;
    socket_ = network_.take(*this, code);
    if (socket_ == nullptr || !socket_->open(kUdp, offload::kDhcpClientPort)) {
      stop_asking();
      return;
    }
    held_port = offload::kDhcpClientPort;
    holds_datagrams = true;
  }
  if (socket_->sending()) return;
  // Its own server is asked until an eighth of the time is left, then everybody (RFC 2131, 4.4.5).
  bool renews = state_ == State::kRenewing && held() < seconds(lease_) / 8 * 7;
  Ip to = renews ? Ip(question_.server) : kEverybody;
  offload::DhcpQuestion question = question_;
  if (state_ == State::kRenewing) question.server = {};
  DhcpMessage message;
  offload::write_question(question, message);
  socket_->aim(to, offload::kDhcpServerPort);
  socket_->put(message);
  socket_->send(kSend);
}

void DhcpClient::changed(ChipSocket& socket, std::uint8_t) {
  while (socket_ != nullptr) {
    std::size_t there = socket.received();
    if (there == 0) return;
    auto header = socket.peek_header();
    std::size_t length = word_of(std::span(header).subspan<6>());
    if (there < kHeader + length) {
      network_.suspect();
      socket.drop(there);
      return;
    }
    std::array<std::byte, kLargest> message;
    std::span<std::byte> part(message.data(), std::min(length, message.size()));
    socket.peek(kHeader, part);
    socket.drop(kHeader + length);
    std::optional<DhcpAnswer> answer = offload::read_answer(part, question_);
    if (answer) hear(*answer);
  }
}

void DhcpClient::hear(const DhcpAnswer& answer) {
  if (state_ == State::kSelecting && answer.type == DhcpType::kOffer) {
    question_.type = DhcpType::kRequest;
    question_.requested = answer.address;
    question_.server = answer.server;
    state_ = State::kRequesting;
    attempts_ = 0;
    tick();
    return;
  }
  bool awaited = state_ == State::kRequesting || state_ == State::kRenewing;
  if (awaited && answer.type == DhcpType::kAcknowledge) bind(answer);
  if (awaited && answer.type == DhcpType::kRefuse) {
    if (state_ == State::kRenewing) network_.set_addresses(kNoIp, kNoIp, kNoIp);
    begin();
  }
}

void DhcpClient::bind(const DhcpAnswer& answer) {
  stop_asking();
  state_ = State::kBound;
  bound_at_ = network_.loop().now();
  lease_ = answer.lease;
  if (answer.server != DhcpIp{}) question_.server = answer.server;
  for (std::size_t i = 0; i != answer.name_servers.size(); ++i) {
    bool told = answer.name_servers[i] != DhcpIp{};
    Endpoint server(from_ip(answer.name_servers[i]), NameServers::kPort);
    network_.set_name_server(i, told ? server : Endpoint());
  }
  network_.set_addresses(answer.address, answer.subnet != DhcpIp{} ? answer.subnet : kUsualSubnet,
                         answer.router);
  if (lease_ == kForEver) {
    Timers::stop(*this);
  } else {
    wait(seconds(lease_) / 2);
  }
}

}  // namespace net::w5500
