// NinaListener: a port at which the module listens.
#include <algorithm>
#include <utility>

#include "embedded/offload/nina/stream.h"
#include "net/core/log.h"

namespace net::nina {
namespace {

// A listener has one descriptor; who was accepted has another one, which it keeps until a task takes him.
class NinaListener final : public ListenerSocket, public SocketUser, public Pooled, private Timer {
 public:
  NinaListener(NinaNetwork& network, const Endpoint& at, const ListenOptions& options)
      : Timer([](Timer& timer) { static_cast<NinaListener&>(timer).available(); }),
        network_(network),
        local_(at),
        options_(options) {
    network.add(*this);
  }

  void done(Command command) override;
  void lost() override;
  void available() override;

  Progress start_accept() override;
  Progress resume_accept() override;
  void cancel_accept() override;
  void close() override;
  [[nodiscard]] Endpoint local() const override { return local_; }
  void describe_local(TextBuffer& out) const override {
    if constexpr (kDiagnostics) out << local_;
  }

 private:
  ~NinaListener() { Timers::stop(*this); }
  AcceptOperation& accepting() { return *this; }
  Progress listen();
  void wait();
  Errc open();
  void opened(Command command);
  void accept();
  void accepted();
  void end(Errc code, std::uint8_t number = 0);

  NinaNetwork& network_;
  Endpoint local_;
  ListenOptions options_;
  NinaSocket* socket_ = nullptr;
  NinaSocket* accepted_ = nullptr;  // or for whom ACCEPT is under way
  Ip ip_{};
  std::uint16_t port_ = 0;
  bool listens_ = false;
  bool waits_ = false;  // somebody, for `listen` or a connection
  bool there_ = false;  // a connection may be
  bool ready_ = false;  // one is
};

Progress NinaListener::start_accept() {
  if (accepting().kind == AcceptOperation::Kind::kListen) return listen();
  if (ready_) return resume_accept();
  wait();
  return Progress::kPending;
}

void NinaListener::wait() {
  waits_ = true;
  // ACCEPT may be under way already.
  if (socket_ != nullptr && listens_ && accepted_ == nullptr) socket_->watch(kReadable);
}

Progress NinaListener::listen() {
  AcceptOperation& operation = accepting();
  if (options_.reuse_port) return operation.fail(Errc::not_supported);
  if (!local_.valid()) return operation.fail(Errc::invalid_argument);
  if (!network_.is_local(local_.address())) return operation.fail(Errc::address_not_available);
  std::uint16_t port = local_.port();
  if (port != 0 && network_.is_used(port, false)) return operation.fail(Errc::address_in_use);
  // Everything may have been done when `open` comes back.
  held_port = port;
  waits_ = true;
  Errc code = open();
  if (code == Errc::ok) return Progress::kPending;
  held_port = 0;
  waits_ = false;
  return operation.fail(code);
}

// Who closes first keeps the port for two minutes: listeners take it nevertheless.
Errc NinaListener::open() {
  Errc code = Errc::ok;
  socket_ = network_.take(this, code);
  if (socket_ != nullptr) socket_->open(false, local_.port(), true);
  return code;
}

void NinaListener::done(Command command) {
  if (socket_->number() == kBadDescriptor && listens_) {
    network_.reset();
    return;
  }
  switch (command) {
    case Command::kBind:
    case Command::kListen: opened(command); break;
    case Command::kPoll:
      if (socket_->value != 0) there_ = true;
      accept();
      break;
    case Command::kAccept: accepted(); break;
    default: break;
  }
}

void NinaListener::opened(Command command) {
  std::uint8_t number = socket_->number();
  bool first = !listens_;
  if (number == 0 && command == Command::kBind) {
    held_port = socket_->local_port();
    local_.set_port(held_port);
    socket_->value = static_cast<std::uint32_t>(std::clamp(options_.backlog, 1, 255));
    socket_->begin(Command::kListen);
  } else if (number == 0) {
    listens_ = true;
    if (first) {
      detail::announce("TCP port", local_.port());
      end(Errc::ok);
    } else if (waits_) {
      socket_->watch(kReadable);
    }
  } else {
    if (!first) network_.loop().timers().start(*this, network_.loop().now() + kUntilNextTry);
    // Not before, or `available` would take another one in the midst of this.
    socket_->release();
    socket_ = nullptr;
    if (!first) return;
    held_port = 0;
    end(to_errc(number), number);
  }
}

void NinaListener::end(Errc code, std::uint8_t number) {
  if (!std::exchange(waits_, false)) return;
  if (code == Errc::ok) {
    accepting().wake();
  } else {
    accepting().wake(code, number == 0 ? 0 : kNative | number);
  }
}

// ACCEPT without a descriptor for who comes would lose him.
void NinaListener::accept() {
  if (!waits_ || !there_ || !listens_ || socket_->busy() || accepted_ != nullptr) return;
  Errc code = Errc::ok;
  accepted_ = network_.take(nullptr, code, true);
  if (accepted_ != nullptr) {
    there_ = false;
    socket_->begin(Command::kAccept);
  } else if (code != Errc::ok) {
    end(code);
  }
}

void NinaListener::accepted() {
  std::uint8_t number = socket_->number();
  if (number == 0) {
    ip_ = socket_->ip;
    port_ = socket_->port;
    ready_ = true;
    accepted_->adopt(static_cast<std::uint8_t>(socket_->value), local_.port());
    end(Errc::ok);
    return;
  }
  std::exchange(accepted_, nullptr)->release();
  if (number == kAgain || number == kAborted || number == kNoAnswer) {
    if (waits_) socket_->watch(kReadable);
  } else {
    end(to_errc(number), number);
  }
}

Progress NinaListener::resume_accept() {
  if (accepting().kind == AcceptOperation::Kind::kListen) return Progress::kDone;
  if (!ready_) {
    wait();
    return Progress::kPending;
  }
  auto* stream = new NinaStream(network_);
  if (stream == nullptr) return accepting().fail(Errc::no_memory);
  ready_ = false;
  stream->adopt(*std::exchange(accepted_, nullptr), ip_, port_);
  accepting().accepted = stream;
  return Progress::kDone;
}

// ACCEPT that is under way goes on: whom it brings is there for the next one.
void NinaListener::cancel_accept() {
  if (accepting().kind == AcceptOperation::Kind::kListen && waits_) {
    held_port = 0;
    if (socket_ != nullptr) std::exchange(socket_, nullptr)->release();
  } else if (socket_ != nullptr) {
    socket_->watch(0);
  }
  waits_ = false;
  accepting().wake(Errc::cancelled);
}

void NinaListener::lost() {
  Timers::stop(*this);
  socket_ = nullptr;
  there_ = ready_ = false;
  // Nobody else knows of it.
  if (accepted_ != nullptr) std::exchange(accepted_, nullptr)->release();
  if (accepting().kind != AcceptOperation::Kind::kListen || !waits_) return;
  held_port = 0;
  end(Errc::network_down);
}

// After the module was reset it listens again.
void NinaListener::available() {
  if (held_port == 0) return;
  if (socket_ == nullptr) {
    if (!armed()) open();
  } else {
    accept();
  }
}

void NinaListener::close() {
  held_port = 0;
  if (accepted_ != nullptr) accepted_->release();
  if (socket_ != nullptr) socket_->release();
  delete this;
}

}  // namespace

ListenerSocket* NinaNetwork::make_listener(const Destination& at, const ListenOptions& options, Errc& code) {
  // Of both families: there is one.
  Endpoint endpoint = at.or_v4 ? Endpoint(Address::any_v4(), at.endpoint.port()) : at.endpoint;
  if (!at.path.empty() || endpoint.address().is_v6()) {
    code = Errc::not_supported;
    return nullptr;
  }
  auto* listener = new NinaListener(*this, endpoint, options);
  if (listener == nullptr) code = Errc::no_memory;
  return listener;
}

}  // namespace net::nina
