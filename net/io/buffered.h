// BufferedReader and BufferedWriter: lines, records and small writes over a stream.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "net/core/memory.h"
#include "net/core/task.h"
#include "net/io/stream.h"

namespace net {

// Reads in units over one stream. What arrives ahead is kept for the next read; read the stream only through
// it.
//
// *Lifetime*: the stream outlives the reader. Views that it gives are valid until its next read.
class BufferedReader {
 public:
  // `capacity` bytes, allocated at the first read, bound every unit that is given as a view.
  explicit BufferedReader(Stream& stream, std::size_t capacity = 4096) : stream_(stream), capacity_(capacity) {}
  BufferedReader(const BufferedReader&) = delete;
  BufferedReader& operator=(const BufferedReader&) = delete;
  ~BufferedReader() { net::release(data_, capacity_); }

  // At least one byte, at most `buffer.size()`; empty at the end of the stream.
  //
  // *Errors*: those of Stream::read. *Cancellation*: at once; no byte is lost.
  Task<std::span<std::byte>> read(std::span<std::byte> buffer);
  // Fills the buffer.
  //
  // *Errors*: end_of_stream if the stream ends before; those of Stream::read. *Cancellation*: at once; bytes
  // that had come are in `buffer`, so a unit cut short cannot be read again.
  Task<> read_exactly(std::span<std::byte> buffer);
  // Everything up to and with `delimiter`, at most `limit` bytes, as a view.
  //
  // *Errors*: limit_exceeded when no delimiter is among the first `limit` bytes (or the reader's capacity);
  // end_of_stream if the stream ends before one, also when nothing came; no_memory; those of Stream::read.
  // *Cancellation*: at once; no byte is lost. *Lifetime*: `delimiter` outlives the await, the view lasts until
  // the next read.
  Task<std::string_view> read_until(std::string_view delimiter, std::size_t limit);
  // A line without its end, "\n" or "\r\n", which counts for the limit. The last one may lack it, and needs
  // room for one all the same.
  //
  // *Errors*: as read_until; end_of_stream only when nothing is left. *Cancellation*: as read_until.
  // *Lifetime*: the view lasts until the next read.
  Task<std::string_view> read_line(std::size_t limit);

  // What has arrived and was not read.
  [[nodiscard]] Bytes buffered() const { return {data_ + begin_, end_ - begin_}; }

 private:
  Task<bool> fill();
  Task<std::size_t> find(std::string_view delimiter, std::size_t limit);
  std::string_view consume(std::size_t count);

  Stream& stream_;
  std::size_t capacity_;
  std::byte* data_ = nullptr;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

// Gathers small writes until its buffer is full or `flush` is called.
//
// *Lifetime*: the stream outlives the writer. What was not flushed is dropped with the writer.
class BufferedWriter {
 public:
  explicit BufferedWriter(Stream& stream, std::size_t capacity = 4096) : stream_(stream), capacity_(capacity) {}
  BufferedWriter(const BufferedWriter&) = delete;
  BufferedWriter& operator=(const BufferedWriter&) = delete;
  ~BufferedWriter() { net::release(data_, capacity_); }

  // Takes the bytes; sends when the buffer is full. What is larger than the buffer is sent without copying.
  //
  // *Errors*: no_memory; those of Stream::write, after which what was buffered is gone. *Cancellation*: that of
  // Stream::write; what was buffered is gone. *Lifetime*: `data` outlives the await.
  Task<> write(Bytes data);
  NET_MAKES_TASK Task<> write(std::string_view text) { return write(bytes(text)); }
  // Sends what is buffered.
  //
  // *Errors*, *Cancellation*: those of Stream::write; what was buffered is then gone. *Lifetime*: the writer
  // outlives the await.
  Task<> flush();

 private:
  Stream& stream_;
  std::size_t capacity_;
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace net
