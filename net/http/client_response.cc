#include "net/http/client_response.h"

#include <algorithm>
#include <array>

#include "net/core/deadline.h"
#include "net/http/client_error.h"

namespace net::http {

// The connection goes back when its body has ended.
void ClientResponse::finish() {
  ClientConnection* connection = lease_.connection();
  if (connection != nullptr && connection->body.ended()) lease_.end(keeps_ && connection->input.empty());
}

Task<std::span<std::byte>> ClientResponse::read(std::span<std::byte> buffer) {
  if (failed_ != Errc::ok) co_await fail(client_error(Error(failed_), ClientPhase::kBody, url()));
  if (lease_.connection() == nullptr || buffer.empty()) co_return buffer.first(0);
  auto reading = timeout(options_->body_time, lease_.connection()->body.read(buffer));
  Result<std::span<std::byte>> got = co_await result(reading);
  if (!got) {
    Error error = got.error();
    if (error != Errc::cancelled) {
      failed_ = error.code();
      lease_.end(false);
    }
    co_await fail(client_error(error, ClientPhase::kBody, url()));
  }
  finish();
  co_return *got;
}

Task<std::string_view> ClientResponse::text() {
  constexpr std::size_t kPart = 4096;
  text_.clear();
  for (;;) {
    if (text_.size() > options_->body_bytes || (length_ != kUnknown && length_ > options_->body_bytes)) {
      failed_ = Errc::limit_exceeded;
      lease_.end(false);
      co_await fail(client_error(Error(failed_), ClientPhase::kBody, url()));
    }
    // It doubles as it comes: who announces a megabyte may send nothing of it. One byte more than the limit
    // tells that the body is longer.
    std::uint64_t left = std::min(length_, options_->body_bytes) - text_.size();
    std::uint64_t part = std::min<std::uint64_t>(left, std::max(kPart, text_.size()));
    bool has_room = !text_.room().empty() || text_.reserve(text_.size() + static_cast<std::size_t>(part) + 1);
    if (!has_room) co_await fail(client_error(Error(Errc::no_memory), ClientPhase::kBody, url()));
    std::span<std::byte> got = co_await read(std::as_writable_bytes(text_.room()));
    if (got.empty()) break;
    text_.grow(got.size());
  }
  co_return text_.view();
}

Task<> ClientResponse::skip() {
  constexpr std::size_t kMost = 65536;
  std::array<std::byte, 512> dropped;
  for (std::size_t size = 0; size < kMost;) {
    std::span<std::byte> got = co_await read(dropped);
    if (got.empty()) co_return;
    size += got.size();
  }
}

}  // namespace net::http
