#include "net/io/buffered.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace net {
namespace {

constexpr std::size_t kEnded = ~std::size_t{0};

std::byte* allocate_bytes(std::size_t size) { return static_cast<std::byte*>(allocate(size)); }

}  // namespace

// Reads more behind what is there; false at the end of the stream.
Task<bool> BufferedReader::fill() {
  if (data_ == nullptr) data_ = allocate_bytes(capacity_);
  if (data_ == nullptr) co_await fail(Errc::no_memory, "read into a buffer");
  if (begin_ != 0) {
    std::memmove(data_, data_ + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  std::span<std::byte> got = co_await stream_.read({data_ + end_, capacity_ - end_});
  end_ += got.size();
  co_return !got.empty();
}

std::string_view BufferedReader::consume(std::size_t count) {
  std::string_view taken = text({data_ + begin_, count});
  begin_ += count;
  return taken;
}

// The length up to and with the delimiter, or kEnded.
Task<std::size_t> BufferedReader::find(std::string_view delimiter, std::size_t limit) {
  limit = std::min(limit, capacity_);
  std::size_t searched = 0;
  for (;;) {
    std::string_view have = text(buffered()).substr(0, limit);
    std::size_t at = have.find(delimiter, searched);
    if (at != std::string_view::npos) co_return at + delimiter.size();
    if (have.size() == limit) co_await fail(Errc::limit_exceeded, "read until a delimiter");
    // A delimiter may begin in what is there and end in what comes.
    searched = have.size() < delimiter.size() ? 0 : have.size() - delimiter.size() + 1;
    bool more = co_await fill();
    if (!more) co_return kEnded;
  }
}

Task<std::span<std::byte>> BufferedReader::read(std::span<std::byte> buffer) {
  if (begin_ == end_) {
    std::span<std::byte> got = co_await stream_.read(buffer);
    co_return got;
  }
  std::size_t count = std::min(buffer.size(), end_ - begin_);
  if (count != 0) std::memcpy(buffer.data(), data_ + begin_, count);
  begin_ += count;
  co_return buffer.first(count);
}

Task<> BufferedReader::read_exactly(std::span<std::byte> buffer) {
  while (!buffer.empty()) {
    std::span<std::byte> got = co_await read(buffer);
    if (got.empty()) co_await fail(Errc::end_of_stream, "read a record");
    buffer = buffer.subspan(got.size());
  }
}

Task<std::string_view> BufferedReader::read_until(std::string_view delimiter, std::size_t limit) {
  std::size_t length = co_await find(delimiter, limit);
  if (length == kEnded) co_await fail(Errc::end_of_stream, "read until a delimiter");
  co_return consume(length);
}

Task<std::string_view> BufferedReader::read_line(std::size_t limit) {
  std::size_t length = co_await find("\n", limit);
  if (length == kEnded) {
    length = end_ - begin_;
    if (length == 0) co_await fail(Errc::end_of_stream, "read a line");
  }
  std::string_view line = consume(length);
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  co_return line;
}

Task<> BufferedWriter::write(Bytes data) {
  if (data_ == nullptr) data_ = allocate_bytes(capacity_);
  if (data_ == nullptr) co_await fail(Errc::no_memory, "write into a buffer");
  if (data.size() > capacity_ - size_) {
    std::array<Bytes, 2> pieces{Bytes(data_, size_), data};
    if (data.size() >= capacity_) {
      size_ = 0;
      co_await stream_.write(std::span<const Bytes>(pieces));
      co_return;
    }
    co_await flush();
  }
  if (!data.empty()) std::memcpy(data_ + size_, data.data(), data.size());
  size_ += data.size();
}

Task<> BufferedWriter::flush() {
  std::size_t size = size_;
  size_ = 0;
  if (size != 0) co_await stream_.write(Bytes(data_, size));
}

}  // namespace net
