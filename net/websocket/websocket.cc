#include "net/websocket/websocket.h"

#include <array>

#include "net/websocket/connection.h"

namespace net::websocket {

Prepared::Prepared(Kind kind, Bytes data) : kind_(kind) {
  std::array<std::byte, kLongestHeader> head;
  header_ = FrameHeader(static_cast<Opcode>(kind), data.size()).write(head);
  if (!frame_.reserve(header_ + data.size())) return;
  bool fits = frame_.append(Bytes(head).first(header_)) && frame_.append(data);
  static_cast<void>(fits);
}

Prepared::Prepared(std::string_view text) : Prepared(Kind::kText, bytes(text)) {}

WebSocket::WebSocket(Stream stream, Role role, const Options& options, std::optional<Deflate> deflate,
                     std::string_view protocol, Bytes early, http::Parting parting)
    : connection_(new Connection(std::move(stream), role, options, deflate, std::move(parting))) {
  if (connection_ == nullptr) return;
  if (connection_->keep(early) && connection_->keep_protocol(protocol)) return;
  delete std::exchange(connection_, nullptr);
}

WebSocket& WebSocket::operator=(WebSocket&& other) noexcept {
  if (this == &other) return *this;
  delete std::exchange(connection_, std::exchange(other.connection_, nullptr));
  return *this;
}

WebSocket::~WebSocket() { delete connection_; }

Task<Message> WebSocket::read() { return connection_->read(false); }
Task<Message> WebSocket::read_part() { return connection_->read(true); }

Task<> WebSocket::write_text(std::string_view text) {
  return connection_->write(Opcode::kText, bytes(text), true);
}
Task<> WebSocket::write_binary(Bytes data) { return connection_->write(Opcode::kBinary, data, true); }
Task<> WebSocket::write(const Prepared& message) { return connection_->write_prepared(message); }
Task<> WebSocket::write_part(Kind kind, Bytes part, bool last) {
  return connection_->write_part(kind, part, last);
}
Task<> WebSocket::ping(Bytes payload) { return connection_->ping(payload); }

Task<> WebSocket::close(std::uint16_t code, std::string_view reason) {
  return connection_->close(code, reason);
}
void WebSocket::abort() { connection_->stream().abort(); }

std::uint16_t WebSocket::close_code() const { return connection_->close_code(); }
std::string_view WebSocket::close_reason() const { return text(connection_->close_reason()); }
std::string_view WebSocket::protocol() const { return text(connection_->protocol()); }
bool WebSocket::compresses() const { return connection_->compresses(); }
Stream& WebSocket::stream() { return connection_->stream(); }

}  // namespace net::websocket
