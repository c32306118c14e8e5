// However a stream is cut into reads, BufferedReader gives the same lines.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/core/scope.h"
#include "net/core/sleep.h"
#include "net/io/block_on.h"
#include "net/io/buffered.h"
#include "net/io/memory_stream.h"
#include "net/uv/runtime.h"

namespace {

constexpr std::size_t kLimit = 64;

// The lines of `text`, and whether it ended by a line that is too long, as a plain loop finds them.
struct Lines {
  std::vector<std::string> all;
  net::Errc end = net::Errc::ok;
  friend bool operator==(const Lines&, const Lines&) = default;
};

Lines expected(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    std::size_t end = text.find('\n');
    std::size_t length = end == std::string_view::npos ? text.size() : end + 1;
    if (length > kLimit || (end == std::string_view::npos && length == kLimit)) {
      lines.end = net::Errc::limit_exceeded;
      return lines;
    }
    std::string_view line = text.substr(0, length);
    text.remove_prefix(length);
    if (line.ends_with('\n')) line.remove_suffix(1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.all.emplace_back(line);
  }
  lines.end = net::Errc::end_of_stream;
  return lines;
}

// Each byte of `cuts` is the size of one write.
net::Task<> send(net::Stream& stream, std::string_view text, std::string_view cuts) {
  while (!text.empty()) {
    std::size_t size = cuts.empty() ? text.size() : static_cast<unsigned char>(cuts.front()) % 17 + 1;
    if (!cuts.empty()) cuts.remove_prefix(1);
    size = std::min(size, text.size());
    net::Result<> written = co_await net::result(stream.write(text.substr(0, size)));
    if (!written) co_return;  // the reader has seen enough
    text.remove_prefix(size);
    co_await net::yield();
  }
  net::Result<> ended = co_await net::result(stream.shutdown());
  static_cast<void>(ended);
}

net::Task<> receive(net::Stream& stream, Lines& lines) {
  net::BufferedReader reader(stream, kLimit);
  while (lines.end == net::Errc::ok) {
    net::Result<std::string_view> line = co_await net::result(reader.read_line(kLimit));
    if (line) {
      lines.all.emplace_back(*line);
    } else {
      lines.end = line.error().code();
    }
  }
  stream.abort();
}

net::Task<> exchange(std::string_view text, std::string_view cuts, Lines& lines) {
  std::pair<net::Stream, net::Stream> ends = net::stream_pair(16);
  co_await net::scope([&](net::Scope& scope) -> net::Task<> {
    scope.spawn(send, std::ref(ends.first), text, cuts);
    scope.spawn(receive, std::ref(ends.second), std::ref(lines));
    co_return;
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static std::unique_ptr<net::uv::Runtime> runtime = net::uv::Runtime::make();
  std::string_view input(reinterpret_cast<const char*>(data), size);
  std::string_view cuts = input.substr(0, input.size() / 4);
  std::string_view text = input.substr(cuts.size());
  Lines lines;
  net::Result<> done = net::block_on(runtime->loop(), runtime->network(), exchange, text, cuts, lines);
  if (done && lines == expected(text)) return 0;
  std::fprintf(stderr, "%zu lines, then %s\n", lines.all.size(), std::string(net::describe(lines.end)).c_str());
  std::abort();
}
