// W5500Listener: a port at which sockets of the chip listen.
//
// A socket that listens becomes the connection. So several do, of which the next ones take who comes until the
// first has been replaced; to whom finds none the chip answers with a reset.
#include <algorithm>

#include "embedded/offload/w5500/stream.h"
#include "net/core/log.h"

// How many sockets of the chip listen at once, for each listener.
#ifndef NET_W5500_STANDBY
#define NET_W5500_STANDBY 2
#endif

namespace net::w5500 {
namespace {

class W5500Listener final : public ListenerSocket, public SocketUser, public Pooled {
 public:
  W5500Listener(W5500Network& network, const Endpoint& at, const ListenOptions& options)
      : network_(network), local_(at), options_(options) {
    network.add(*this);
  }

  void changed(ChipSocket& socket, std::uint8_t interrupts) override;
  void lost() override;
  void available() override;

  Progress start_accept() override;
  Progress resume_accept() override { return accept() ? Progress::kDone : Progress::kPending; }
  void cancel_accept() override { accepting().wake(Errc::cancelled); }
  void close() override;
  [[nodiscard]] Endpoint local() const override { return local_; }
  void describe_local(TextBuffer& out) const override {
    if constexpr (kDiagnostics) out << local_;
  }

 private:
  static constexpr std::size_t kStandby = NET_W5500_STANDBY;

  ~W5500Listener() = default;
  AcceptOperation& accepting() { return *this; }
  Progress listen();
  bool accept();
  Errc stand_by(ChipSocket*& place);

  W5500Network& network_;
  Endpoint local_;
  ListenOptions options_;
  std::array<ChipSocket*, kStandby> standby_{};
  ChipSocket* first_ = nullptr;  // of those who wait to be accepted
  int waiting_ = 0;
};

Progress W5500Listener::start_accept() {
  if (accepting().kind == AcceptOperation::Kind::kListen) {
    Progress progress = listen();
    if (!accepting().failed()) detail::announce("TCP port", local_.port());
    return progress;
  }
  return accept() ? Progress::kDone : Progress::kPending;
}

Progress W5500Listener::listen() {
  AcceptOperation& operation = accepting();
  if (options_.reuse_port) return operation.fail(Errc::not_supported);
  if (!local_.valid()) return operation.fail(Errc::invalid_argument);
  if (!network_.is_local(local_.address())) return operation.fail(Errc::address_not_available);
  std::uint16_t port = local_.port() != 0 ? local_.port() : network_.any_port();
  if (network_.is_used(port, false)) return operation.fail(Errc::address_in_use);
  local_.set_port(port);
  held_port = port;
  Errc code = stand_by(standby_[0]);
  if (code != Errc::ok) return operation.fail(code);
  available();
  return Progress::kDone;
}

Errc W5500Listener::stand_by(ChipSocket*& place) {
  Errc code = Errc::ok;
  ChipSocket* socket = network_.take(*this, code);
  if (socket == nullptr) return code;
  if (!socket->open(kTcp | kNoDelayedAck, held_port) || !socket->listen()) {
    socket->release();
    return Errc::network_down;
  }
  place = socket;
  return Errc::ok;
}

// As many stand by as the backlog still has room for.
void W5500Listener::available() {
  if (held_port == 0) return;
  auto standing =
      std::count_if(standby_.begin(), standby_.end(), [](ChipSocket* each) { return each != nullptr; });
  int room = std::max(options_.backlog, 1) - waiting_ - static_cast<int>(standing);
  for (ChipSocket*& place : standby_) {
    if (place != nullptr) continue;
    if (room-- <= 0 || stand_by(place) != Errc::ok) return;
  }
}

void W5500Listener::changed(ChipSocket& socket, std::uint8_t) {
  auto* place = std::find(standby_.begin(), standby_.end(), &socket);
  if (place == standby_.end()) {
    // It waits to be accepted. One that was reset is as if it had never come.
    if (socket.status() != kClosed) return;
    ChipSocket** link = &first_;
    while (*link != &socket) link = &(*link)->next;
    *link = socket.next;
    --waiting_;
    socket.release();
    return;
  }
  if (socket.is_connected()) {
    *place = nullptr;
    socket.begin();
    ChipSocket** link = &first_;
    while (*link != nullptr) link = &(*link)->next;
    *link = &socket;
    socket.next = nullptr;
    ++waiting_;
    if (accepting().pending()) accepting().wake();
  } else if (socket.status() == kClosed) {
    *place = nullptr;
    socket.release();
  }
  available();
}

void W5500Listener::lost() {
  standby_ = {};
  first_ = nullptr;
  waiting_ = 0;
}

bool W5500Listener::accept() {
  if (first_ == nullptr) return false;
  auto* stream = new W5500Stream(network_);
  if (stream == nullptr) {
    accepting().fail(Errc::no_memory);
    return true;
  }
  ChipSocket& socket = *first_;
  first_ = socket.next;
  --waiting_;
  stream->adopt(socket);
  accepting().accepted = stream;
  available();
  return true;
}

void W5500Listener::close() {
  held_port = 0;
  for (ChipSocket* each : standby_) {
    if (each != nullptr) each->release();
  }
  while (first_ != nullptr) {
    ChipSocket& waiting = *first_;
    first_ = waiting.next;
    waiting.release();
  }
  delete this;
}

}  // namespace

ListenerSocket* W5500Network::make_listener(const Destination& at, const ListenOptions& options, Errc& code) {
  // Of both families: there is one.
  Endpoint endpoint = at.or_v4 ? Endpoint(Address::any_v4(), at.endpoint.port()) : at.endpoint;
  if (!at.path.empty() || endpoint.address().is_v6()) {
    code = Errc::not_supported;
    return nullptr;
  }
  auto* listener = new W5500Listener(*this, endpoint, options);
  if (listener == nullptr) code = Errc::no_memory;
  return listener;
}

}  // namespace net::w5500
