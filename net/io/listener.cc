#include "net/io/listener.h"

#include "net/io/network.h"

namespace net {
namespace {

// How a listener comes to be.
class Opening {
 public:
  // With `either` it is of IPv4 where there is no IPv6.
  Opening(const Destination& at, const ListenOptions& options, bool either)
      : at_(at), options_(options), either_(either) {}

  // What to await next, of `listener`; null when that listens, or cannot.
  Operation* next(Listener& listener) {
    do {
      if (socket_ == nullptr) {
        code_ = Errc::ok;
        socket_ = Network::current().make_listener(at_, options_, code_);
        listener = Listener(socket_);
        if (socket_ != nullptr) return socket_;
      } else {
        code_ = socket_->code();
        if (code_ == Errc::ok) socket_->kind = AcceptOperation::Kind::kAccept;
      }
    } while (take_v4());
    return nullptr;
  }
  [[nodiscard]] bool failed() const { return code_ != Errc::ok; }
  [[nodiscard]] Fail failure() const {
    if (socket_ != nullptr) return Fail(socket_->error());
    Text<80> what;
    if constexpr (kDiagnostics) what << "listen on " << at_;
    return fail(code_, what.text());
  }

 private:
  bool take_v4() {
    bool no_v6 = code_ == Errc::not_supported || code_ == Errc::address_not_available;
    if (!no_v6 || !either_) return false;
    at_.endpoint = Endpoint(Address::any_v4(), at_.endpoint.port());
    either_ = false;
    socket_ = nullptr;
    return true;
  }

  Destination at_;
  ListenOptions options_;
  bool either_;
  Errc code_ = Errc::ok;
  ListenerSocket* socket_ = nullptr;  // the listener's
};

Task<Listener> open(Opening opening) {
  Listener listener;
  while (Operation* listening = opening.next(listener)) co_await detail::settled(*listening);
  if (opening.failed()) co_await opening.failure();
  co_return std::move(listener);
}

}  // namespace

Task<Listener> listen(Endpoint at, ListenOptions options) {
  return open(Opening(Destination(at), options, false));
}

Task<Listener> listen(std::uint16_t port, ListenOptions options) {
  // One IPv6 socket serves both families.
  Address any = options.dual_stack ? Address::any_v6() : Address::any_v4();
  return open(Opening(Destination(Endpoint(any, port)), options, options.dual_stack));
}

Task<Listener> listen_unix(std::string_view path, ListenOptions options) {
  return open(Opening(Destination(path), options, false));
}

}  // namespace net
