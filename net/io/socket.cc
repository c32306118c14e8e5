#include "net/io/socket.h"

#include <utility>

#include "net/io/network.h"
#include "net/io/parts.h"
#include "net/io/stream.h"

namespace net {
namespace {

constinit NET_THREAD_LOCAL Network* current_network = nullptr;

StreamSocket& socket_of(ReadOperation& read) { return static_cast<StreamSocket&>(read); }
StreamSocket& socket_of(WriteOperation& write) { return static_cast<StreamSocket&>(write); }
ListenerSocket& socket_of(AcceptOperation& accept) { return static_cast<ListenerSocket&>(accept); }
DatagramSocket& socket_of(ReceiveOperation& receive) { return static_cast<DatagramSocket&>(receive); }
DatagramSocket& socket_of(SendOperation& send) { return static_cast<DatagramSocket&>(send); }

// "read from 10.0.0.7:4312"; the local end too where there is room for it, which there is in dumps.
void describe_stream(TextBuffer& out, std::string_view what, const StreamSocket& socket) {
  detail::use(net_use_endpoints);
  out << what;
  if (Endpoint peer = socket.peer(); peer.valid()) {
    out << peer;
  } else {
    out << "local stream";
  }
}

}  // namespace

Network& Network::current() { return *current_network; }
Network::Used::Used(Network& network) : saved_(std::exchange(current_network, &network)) {}
Network::Used::~Used() { current_network = saved_; }

void ReadOperation::describe(TextBuffer& out) const {
  if constexpr (!kDiagnostics) return;
  const auto& socket = static_cast<const StreamSocket&>(*this);
  describe_stream(out, "read from ", socket);
  if (Endpoint local = socket.local(); local.valid()) out << " on " << local;
}
Progress ReadOperation::start() { return socket_of(*this).start_read(); }
Progress ReadOperation::resume() { return socket_of(*this).resume_read(); }
void ReadOperation::cancel() { socket_of(*this).cancel_read(); }

void WriteOperation::describe(TextBuffer& out) const {
  if constexpr (!kDiagnostics) return;
  const auto& socket = static_cast<const StreamSocket&>(*this);
  switch (kind) {
    case Kind::kConnect: out << "connect to " << *destination; return;
    case Kind::kShutdown: describe_stream(out, "shut down ", socket); return;
    case Kind::kWrite: describe_stream(out, "write to ", socket); break;
  }
  if (Endpoint local = socket.local(); local.valid()) out << " on " << local;
}
Progress WriteOperation::start() { return socket_of(*this).start_write(); }
Progress WriteOperation::resume() { return socket_of(*this).resume_write(); }
void WriteOperation::cancel() { socket_of(*this).cancel_write(); }

void AcceptOperation::describe(TextBuffer& out) const {
  if constexpr (!kDiagnostics) return;
  out << (kind == Kind::kListen ? "listen on " : "accept on ");
  static_cast<const ListenerSocket&>(*this).describe_local(out);
}
Stream AcceptOperation::take() { return Stream(std::exchange(accepted, nullptr)); }
Progress AcceptOperation::start() { return socket_of(*this).start_accept(); }
Progress AcceptOperation::resume() { return socket_of(*this).resume_accept(); }
void AcceptOperation::cancel() { socket_of(*this).cancel_accept(); }

void ReceiveOperation::describe(TextBuffer& out) const {
  if constexpr (!kDiagnostics) return;
  const auto& socket = static_cast<const DatagramSocket&>(*this);
  out << "receive ";
  if (Endpoint peer = socket.peer(); peer.valid()) out << "from " << peer << ' ';
  out << "on " << socket.local();
}
Progress ReceiveOperation::start() { return socket_of(*this).start_receive(); }
Progress ReceiveOperation::resume() { return socket_of(*this).resume_receive(); }
void ReceiveOperation::cancel() { socket_of(*this).cancel_receive(); }

void SendOperation::describe(TextBuffer& out) const {
  if constexpr (!kDiagnostics) return;
  switch (kind) {
    case Kind::kBind: out << "bind to " << to; break;
    case Kind::kConnect: out << "connect to " << to; break;
    case Kind::kSend:
      out << "send to ";
      out << (to.valid() ? to : static_cast<const DatagramSocket&>(*this).peer());
      break;
    case Kind::kJoin: out << "join " << to.address(); break;
    case Kind::kLeave: out << "leave " << to.address(); break;
  }
}
Progress SendOperation::start() { return socket_of(*this).start_send(); }
Progress SendOperation::resume() { return socket_of(*this).resume_send(); }
void SendOperation::cancel() { socket_of(*this).cancel_send(); }

}  // namespace net
