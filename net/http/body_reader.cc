#include "net/http/body_reader.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "net/core/sleep.h"

namespace net::http {

void BodyReader::begin(Framing framing, std::uint64_t limit) {
  framing_ = framing;
  limit_ = limit;
  received_ = 0;
  chunks_ = ChunkedDecoder();
  ended_ = false;
}

bool BodyReader::ended() const {
  switch (framing_.kind) {
    case Framing::Kind::kLength: return received_ == framing_.length;
    case Framing::Kind::kChunked: return chunks_.done();
    case Framing::Kind::kUntilClose: return ended_;
    case Framing::Kind::kNone: break;
  }
  return true;
}

bool BodyReader::too_long() const {
  return received_ > limit_ || (framing_.kind == Framing::Kind::kLength && framing_.length > limit_);
}

bool BodyReader::waits() const {
  if (framing_.kind != Framing::Kind::kChunked) return input_.empty();
  ChunkedDecoder ahead = chunks_;
  ChunkedDecoder::Step step = ahead.step(input_.unread(), 1);
  return step.data.empty() && !ahead.bad() && !ahead.done();
}

Task<std::span<std::byte>> BodyReader::read(std::span<std::byte> buffer) {
  if (ended() || buffer.empty()) co_return buffer.first(0);
  if (too_long()) co_await fail(Errc::limit_exceeded, "read a body");
  if (spend()) co_await yield();  // what has come may be many small parts
  std::span<std::byte> got;
  if (framing_.kind == Framing::Kind::kChunked) {
    got = co_await read_chunked(buffer);
  } else {
    // Not a byte of the next message is to come along.
    std::uint64_t left = framing_.length - received_;
    if (framing_.kind == Framing::Kind::kLength && left < buffer.size()) {
      buffer = buffer.first(static_cast<std::size_t>(left));
    }
    if (input_.empty()) {
      got = co_await input_.read_past(buffer);
    } else {
      got = buffer.first(std::min(buffer.size(), input_.unread().size()));
      std::memcpy(got.data(), input_.unread().data(), got.size());
      input_.consume(got.size());
    }
    if (got.empty() && framing_.kind == Framing::Kind::kLength) {
      co_await fail(Errc::end_of_stream, "read a body");
    }
    ended_ = got.empty();
  }
  received_ += got.size();
  if (too_long()) co_await fail(Errc::limit_exceeded, "read a body");
  co_return got;
}

Task<std::span<std::byte>> BodyReader::read_chunked(std::span<std::byte> buffer) {
  for (;;) {
    ChunkedDecoder::Step step = chunks_.step(input_.unread(), buffer.size());
    input_.consume(step.taken);
    if (!step.data.empty()) {
      std::memcpy(buffer.data(), step.data.data(), step.data.size());
      co_return buffer.first(step.data.size());
    }
    if (chunks_.bad()) co_await fail(Errc::protocol_error, "read a chunk");
    if (chunks_.done()) co_return buffer.first(0);
    bool more = co_await input_.fill();
    if (!more) co_await fail(Errc::end_of_stream, "read a chunk");
  }
}

Task<bool> BodyReader::skip(std::size_t most) {
  std::array<std::byte, 512> dropped;
  std::uint64_t until = received_ + most;
  if (!can_skip(most)) co_return false;
  while (!ended()) {
    if (received_ >= until) co_return false;
    co_await read(dropped);
  }
  co_return true;
}

}  // namespace net::http
