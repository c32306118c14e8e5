#include "net/http/gzip.h"

#include <zlib.h>

#include "net/core/blocking.h"
#include "net/http/conditions.h"

namespace net::http {
namespace {

constexpr std::size_t kLeast = 256;         // less is not worth the header of a compressed file
constexpr std::size_t kAtOnce = 64 * 1024;  // takes about a millisecond

}  // namespace

std::string compress_gzip(std::string_view text) {
  constexpr int kGzip = 15 + 16;  // the largest window, and gzip's header instead of zlib's
  z_stream stream = {};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY) != Z_OK) return {};
  std::string out(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));  // zlib's C does not change it
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  bool whole = deflate(&stream, Z_FINISH) == Z_STREAM_END;
  out.resize(whole ? stream.total_out : 0);
  deflateEnd(&stream);
  return out;
}

Task<> send_compressed(Request& request, Response& response, std::string_view content) {
  // Caches must not give the one to who wants the other (RFC 9110, 12.5.5).
  response.header("Vary", "Accept-Encoding");
  std::string compressed;
  if (content.size() >= kLeast && content.size() < (1U << 30) && accepts_coding(request.fields(), "gzip")) {
    if (content.size() <= kAtOnce) {
      compressed = compress_gzip(content);
    } else {
      auto compress = blocking([content] { return compress_gzip(content); });
      compressed = co_await compress;
    }
  }
  bool smaller = !compressed.empty() && compressed.size() < content.size();
  if (smaller) response.header("Content-Encoding", "gzip");
  std::string_view sent = smaller ? std::string_view(compressed) : content;
  co_await response.send(sent);
}

}  // namespace net::http
