// Network: a source of sockets and names, the waist that every backend implements.
#pragma once

#include <cstdint>
#include <string_view>

#include "net/core/event.h"
#include "net/core/frame.h"
#include "net/core/operation.h"
#include "net/io/address.h"
#include "net/io/addresses.h"
#include "net/io/name_servers.h"
#include "net/io/parts.h"
#include "net/io/socket.h"

namespace net {

class Network;

// Looks a host name up by the network's own means. Lives in the awaiting frame; what it finds is added to
// `found`.
class ResolveOperation final : public TypedOperation<void> {
 public:
  ResolveOperation(Network& network, std::string_view name, Family of, Addresses& addresses)
      : host(name), family(of), found(addresses), network_(network) {}

  std::string_view host;
  Family family;  // kNone: both
  Addresses& found;
  void* state = nullptr;  // the backend's

  void describe(TextBuffer& out) const override { out << "resolve " << host; }
  using Operation::fail;
  using Operation::pending;
  using Operation::wake;
  using Operation::woken;

 private:
  Progress start() override;
  Progress resume() override;
  void cancel() override;
  Network& network_;
};

// Several networks can live in one process; free functions use the current one.
class Network {
 public:
  Network() { up_.set(); }
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  // New sockets, not yet connected, listening or bound; null with the reason in `code`. `kNone` with
  // make_stream means a Unix socket.
  virtual StreamSocket* make_stream(Family family, Errc& code) = 0;
  virtual ListenerSocket* make_listener(const Destination& at, const ListenOptions& options, Errc& code) = 0;
  virtual DatagramSocket* make_datagram(Family family, Errc& code) = 0;

  // A number that others cannot guess, as far as this host can make such: for the tokens of protocols (RFC
  // 4330, 5; RFC 6455, 5.3), not for keys.
  virtual std::uint32_t random() = 0;

  // Wait until this host is connected, with an address that others can reach, and until it has lost that. The
  // desktop's network counts as up at all times. *Errors*: none. *Cancellation*: at once.
  Event::Wait up() { return up_.wait(); }
  Event::Wait down() { return down_.wait(); }
  [[nodiscard]] bool is_up() const { return up_.is_set(); }

  // Names: a network has servers that `net::resolve` asks by DNS (net/dns), or it has none and looks names up
  // by itself, which these three do.
  NameServers* name_servers() {
    detail::use(net_use_names);
    return known_name_servers();
  }
  virtual Progress start_resolve(ResolveOperation& operation) { return operation.fail(Errc::not_supported); }
  virtual Progress resume_resolve(ResolveOperation&) { return Progress::kDone; }
  virtual void cancel_resolve(ResolveOperation&) {}

  // The network that `connect`, `listen` and the others use in this thread.
  static Network& current();

  // Makes this the thread's current network while it lives.
  class Used {
   public:
    explicit Used(Network& network);
    Used(const Used&) = delete;
    Used& operator=(const Used&) = delete;
    ~Used();

   private:
    Network* saved_;
  };

 protected:
  ~Network() = default;
  virtual NameServers* known_name_servers() { return nullptr; }
  void set_up(bool is_up) {
    (is_up ? down_ : up_).reset();
    (is_up ? up_ : down_).set();
  }

 private:
  Event up_{kDiagnostics ? "the network to be up" : ""};
  Event down_{kDiagnostics ? "the network to be down" : ""};
};

inline Progress ResolveOperation::start() { return network_.start_resolve(*this); }
inline Progress ResolveOperation::resume() { return network_.resume_resolve(*this); }
inline void ResolveOperation::cancel() { network_.cancel_resolve(*this); }

}  // namespace net
