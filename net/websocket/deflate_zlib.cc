#include <algorithm>
#include <array>
#include <memory>

#include <zlib.h>

#include "net/websocket/deflate.h"

namespace net::websocket {
namespace {

constexpr int kMemoryLevel = 7;
constexpr std::size_t kStep = 4096;
// What ends a compressed message, and is not sent (RFC 7692, 7.2.1).
constexpr std::array kTail = {std::byte{0}, std::byte{0}, std::byte{0xFF}, std::byte{0xFF}};

z_stream& stream_of(void* state) { return *static_cast<z_stream*>(state); }

void set_input(z_stream& stream, Bytes data) {
  stream.next_in =
      reinterpret_cast<Bytef*>(const_cast<std::byte*>(data.data()));  // NOLINT: zlib does not write
  stream.avail_in = static_cast<uInt>(data.size());
}

void set_output(z_stream& stream, std::span<std::byte> room) {
  stream.next_out = reinterpret_cast<Bytef*>(room.data());
  stream.avail_out = static_cast<uInt>(room.size());
}

}  // namespace

bool has_deflate() { return true; }

Errc Deflater::deflate(Bytes message, int window_bits, Buffer& out) {
  if (state_ == nullptr) {
    auto made = std::make_unique<z_stream>();
    if (deflateInit2(made.get(), Z_DEFAULT_COMPRESSION, Z_DEFLATED, -window_bits, kMemoryLevel,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
      return Errc::no_memory;
    }
    state_ = made.release();
  }
  z_stream& stream = stream_of(state_);
  set_input(stream, message);
  for (;;) {
    if (!out.reserve(std::max<std::size_t>(stream.avail_in / 2, 256))) return Errc::no_memory;
    std::span<std::byte> room = out.room();
    set_output(stream, room);
    ::deflate(&stream, Z_SYNC_FLUSH);
    out.grow(room.size() - stream.avail_out);
    if (stream.avail_out != 0) break;
  }
  out.shrink(kTail.size());
  return Errc::ok;
}

void Deflater::end() {
  if (state_ == nullptr) return;
  std::unique_ptr<z_stream> ended(&stream_of(state_));
  state_ = nullptr;
  deflateEnd(ended.get());
}

// A block said that it is the last (RFC 7692, 7.2.3.4): what follows may still refer to what came before.
bool Inflater::restart() {
  z_stream& stream = stream_of(state_);
  auto window = std::make_unique<std::array<Bytef, 32768>>();
  uInt size = 0;
  return inflateGetDictionary(&stream, window->data(), &size) == Z_OK && inflateReset(&stream) == Z_OK &&
         inflateSetDictionary(&stream, window->data(), size) == Z_OK;
}

Errc Inflater::run(Bytes piece, std::size_t limit, Buffer& out) {
  z_stream& stream = stream_of(state_);
  set_input(stream, piece);
  for (;;) {
    std::size_t allowed = limit - out.size();
    // One byte more than is allowed shows that there is more.
    std::size_t wanted = std::min(allowed + 1, std::max(kStep, piece.size() * 3));
    if (!out.reserve(wanted)) return Errc::no_memory;
    std::span<std::byte> room = out.room();
    room = room.first(std::min(room.size(), allowed + 1));
    set_output(stream, room);
    int status = ::inflate(&stream, Z_SYNC_FLUSH);
    std::size_t count = room.size() - stream.avail_out;
    if (count > allowed) return Errc::limit_exceeded;
    out.grow(count);
    if (status == Z_STREAM_END) {
      if (!restart()) return Errc::protocol_error;
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
      return status == Z_MEM_ERROR ? Errc::no_memory : Errc::protocol_error;
    }
    if (stream.avail_in == 0 && stream.avail_out != 0) return Errc::ok;
    if (status == Z_BUF_ERROR && stream.avail_out != 0) return Errc::protocol_error;
  }
}

Errc Inflater::inflate(Bytes piece, bool last, int window_bits, std::size_t limit, Buffer& out) {
  if (state_ == nullptr) {
    auto made = std::make_unique<z_stream>();
    if (inflateInit2(made.get(), -window_bits) != Z_OK) return Errc::no_memory;
    state_ = made.release();
  }
  Errc code = piece.empty() ? Errc::ok : run(piece, limit, out);
  if (code == Errc::ok && last) code = run(kTail, limit, out);
  return code;
}

void Inflater::end() {
  if (state_ == nullptr) return;
  std::unique_ptr<z_stream> ended(&stream_of(state_));
  state_ = nullptr;
  inflateEnd(ended.get());
}

}  // namespace net::websocket
