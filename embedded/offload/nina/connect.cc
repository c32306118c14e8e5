// Connections that are made from here: linked only into programs that make some (net/io/parts.h).
#include "embedded/offload/nina/stream.h"
#include "net/io/parts.h"

namespace net::nina {

StreamSocket* NinaNetwork::make_nina_stream(NinaNetwork& network, Family family, Errc& code) {
  if (family != Family::kV4) {
    code = Errc::not_supported;  // IPv6, or a Unix socket
    return nullptr;
  }
  auto* stream = new NinaStream(network);
  if (stream == nullptr) {
    code = Errc::no_memory;
    return nullptr;
  }
  stream->socket_ = network.take(stream, code);
  if (stream->socket_ == nullptr) {
    delete stream;
    return nullptr;
  }
  return stream;
}

void NinaNetwork::use_streams() {
  stream_maker = make_nina_stream;
  NinaStream::connector = NinaStream::connect;
  NinaStream::continuer = NinaStream::connecting;
}

Progress NinaStream::connect(NinaStream& stream) {
  WriteOperation& write = stream.writing();
  NinaNetwork& network = stream.network_;
  const Endpoint& to = write.destination->endpoint;
  const Address& address = to.address();
  Ip ip = offload::to_ip(address);
  bool routed = network.is_up() && !address.is_any() && !address.is_multicast() && !network.is_broadcast(ip);
  if (!routed || stream.socket_ == nullptr) return write.fail(Errc::unreachable);
  stream.ip_ = ip;
  stream.port_ = to.port();
  stream.writes_ = true;
  stream.socket_->open(false, 0, false);
  return Progress::kPending;
}

// The port is this host's choice, as no command tells the module's.
void NinaStream::connecting(NinaStream& stream, Command command) {
  NinaSocket& socket = *stream.socket_;
  std::uint8_t number = socket.number();
  switch (command) {
    case Command::kBind:
      if (number != 0) break;
      stream.local_port_ = socket.local_port();
      socket.ip = stream.ip_;
      socket.port = stream.port_;
      socket.begin(Command::kConnect);
      return;
    case Command::kConnect:
      // The second time it was in progress already.
      if (number != 0 && number != kInProgress && number != kAlready && number != kIsConnected) break;
      socket.watch(kWritable);
      return;
    case Command::kPoll:
      if (socket.value != 0) socket.begin(Command::kGetOption);
      return;
    case Command::kGetOption:
      if (number != 0) break;
      number = static_cast<std::uint8_t>(socket.value);
      if (number == 0) {
        stream.connected_ = true;
        stream.end_write(Errc::ok);
        stream.pump();
        return;
      }
      break;
    default: break;
  }
  // A reset is the answer of a host where nobody listens; and its silence, after 10.5 s.
  Errc code = to_errc(number);
  if (number == kConnectionReset) code = Errc::connection_refused;
  if (number == kAborted) code = Errc::timed_out;
  stream.number_ = number;
  stream.end_write(code);
}

}  // namespace net::nina

extern "C" void net_use_streams() { net::nina::NinaNetwork::use_streams(); }
