// Response: what a handler answers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "net/core/task.h"
#include "net/http/parting.h"
#include "net/io/stream.h"

namespace net::http {

class Burst;

// A connection that has left HTTP for another protocol.
class Upgraded {
 public:
  Stream stream;
  // What the peer sent before it had the answer. *Lifetime*: the handler's.
  std::string_view early;
  // For what takes the stream: what to do when the server drains; see Response::endless.
  Parting parting;
};

// One answer: its status and fields, then either all of its content or parts of it.
//
// *Lifetime*: until its handler has ended. A handler that answers nothing answers 200 without content; one that
// fails, 500; 503 for no_memory and too_many_open; or what the failure of the request's body means.
class Response {
 public:
  Response(const Response&) = delete;
  Response& operator=(const Response&) = delete;

  // 200 unless it is set; before the first content. RFC 9110, 15.
  Response& status(int code);
  [[nodiscard]] int status() const { return status_; }
  // Adds a field. Content-Length, Transfer-Encoding, Connection and Date are written by the server.
  //
  // *Errors*: a name or value that is none (line ends!), and a header that is too long, make `send`, `write` or
  // the end of the handler fail.
  Response& header(std::string_view name, std::string_view value);
  // The connection ends after this answer.
  Response& close();

  // The answer goes on until the peer or the server ends it. When the server drains, the handler is cancelled
  // at once, but not within a part that is being sent, and what there is of the answer gets its end: the last
  // chunk. EventStream and websocket::accept call it.
  Response& endless();

  // Answers, with all of the content. Without a Content-Type a text is "text/plain; charset=utf-8".
  //
  // It may return before the bytes are sent: answers to pipelined requests go together. For HEAD the content is
  // left out. *Errors*: those of Stream::write; invalid_argument and limit_exceeded for a bad header, or if
  // something was sent already. *Cancellation*: as Stream::write. *Lifetime*: `content` outlives the await.
  NET_MAKES_TASK Task<> send(std::string_view content);
  NET_MAKES_TASK Task<> send(Bytes content) { return send_all(content, false); }
  // The same, and `owner` keeps the content until it has been sent: a long answer need not be sent, nor copied,
  // before answers to the requests behind it, and goes together with those. Null: the content stays for ever.
  //
  // *Errors*, *Cancellation*: as above. *Lifetime*: `content` is there as long as `owner` is held.
  Task<> send(Bytes content, std::shared_ptr<const void> owner);

  // Answers with the length of the content that `write` gives.
  Response& content_length(std::uint64_t length);
  // Sends a part of the content at once; without `content_length` in chunks (RFC 9112, 7.1), to HTTP/1.0 until
  // the end of the connection. What ends the content is the end of the handler. An empty part sends the header
  // alone.
  //
  // *Errors*: those of Stream::write; invalid_argument for a bad header or more than the length.
  // *Cancellation*: as Stream::write. *Lifetime*: `part` outlives the await.
  Task<> write(Bytes part);
  NET_MAKES_TASK Task<> write(std::string_view part) { return write(bytes(part)); }

  // Answers 101 and gives the connection to the handler, for another protocol (RFC 9110, 7.8). `protocol` is
  // the value of Upgrade; empty for CONNECT, which is answered 200.
  //
  // *Errors*, *Cancellation*: as Stream::write.
  Task<Upgraded> upgrade(std::string_view protocol);

  // Whether the header has been given to the connection; after that status and fields are settled.
  [[nodiscard]] bool started() const { return state_ != State::kFields; }

 private:
  friend class Burst;
  friend class Files;
  explicit Response(Burst& burst) : burst_(burst) {}

  enum class State : std::uint8_t { kFields, kRaw, kChunked, kUntilClose, kNoContent, kDone, kUpgraded };

  void begin();
  void start_head();
  // Adds fields that have been checked: lines, each with its end.
  void add_lines(std::string_view lines);
  bool finish_head(bool known, std::uint64_t length);
  bool has_no_content() const;
  Errc begin_content(Bytes content, bool is_text);
  Task<> send_all(Bytes content, bool is_text);
  // Called when the handler has ended.
  Task<> finish();

  Burst& burst_;
  std::uint64_t length_ = 0;  // kRaw: what is left to be written
  std::size_t mark_ = 0;      // where this answer begins in the output
  std::uint16_t status_ = 200;
  std::uint16_t status_written_ = 0;
  std::uint8_t line_size_ = 0;
  State state_ = State::kFields;
  bool has_length_ = false;
  bool has_type_ = false;
  bool has_upgrade_ = false;
  bool bad_ = false;
  bool too_long_ = false;
  bool endless_ = false;
};

}  // namespace net::http
