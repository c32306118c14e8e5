// Where there is no zlib: nothing is ever agreed on that these could be asked for.
#include "net/websocket/deflate.h"

namespace net::websocket {

bool has_deflate() { return false; }

Errc Deflater::deflate(Bytes, int, Buffer&) { return Errc::not_supported; }
void Deflater::end() { state_ = nullptr; }

Errc Inflater::inflate(Bytes, bool, int, std::size_t, Buffer&) { return Errc::not_supported; }
void Inflater::end() { state_ = nullptr; }

}  // namespace net::websocket
