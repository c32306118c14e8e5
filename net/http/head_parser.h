// Parsers of a message's head: start line and fields, strictly by RFC 9112.
//
// Nothing is allocated and nothing copied: a parser looks at the bytes in the connection's buffer, however few
// or many come at a time, and remembers offsets. What one connection accepts cannot mean anything else to
// another recipient of the same bytes: whatever the RFC lets recipients treat differently is refused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "net/http/fields.h"
#include "net/http/seen_fields.h"

namespace net::http {

enum class Parse : std::uint8_t { kMore, kDone, kRefused };

class HeadLimits {
 public:
  std::uint32_t bytes = 8192;  // of the whole head
  std::uint32_t fields = 100;
};

// How long the body is (RFC 9112, 6.3).
class Framing {
 public:
  enum class Kind : std::uint8_t { kNone, kLength, kChunked, kUntilClose };
  Kind kind = Kind::kNone;
  std::uint64_t length = 0;  // kLength
};

// What both kinds of heads share.
class HeadParser {
 public:
  // Looks at what has been received of a head, from its first byte on. Call it again with more behind the same
  // bytes, which may have moved.
  //
  // *Lifetime*: after kDone what the parser gives points into `received`.
  Parse parse(std::string_view received);
  // The bytes of a head that is done are elsewhere now.
  void moved_to(const char* head) { base_ = head; }
  // Begins another head.
  void reset() { *this = HeadParser(is_request_, limits_, seen_); }

  // After kDone. The head's length: what follows is the body.
  [[nodiscard]] std::size_t size() const { return parsed_; }
  [[nodiscard]] Fields fields() const { return Fields({base_ + fields_at_, parsed_ - 2 - fields_at_}); }
  // 1 or 0, of HTTP/1.1 or HTTP/1.0; a higher one counts as 1.
  [[nodiscard]] int minor_version() const { return minor_version_; }
  // Whether the connection may go on after this message (RFC 9112, 9.3).
  [[nodiscard]] bool keeps_alive() const { return minor_version_ != 0 ? !close_ : keep_alive_ && !close_; }
  // Whether the sender wants another protocol, on this connection (RFC 9110, 7.8: it says so in Connection as
  // well, and HTTP/1.0 knows nothing of it).
  [[nodiscard]] bool has_upgrade() const { return upgrade_ && upgrade_is_meant_ && minor_version_ != 0; }

  // After kRefused: the status for the peer, and the reason for people.
  [[nodiscard]] int refusal() const { return refusal_; }
  [[nodiscard]] const char* reason() const { return reason_; }

 protected:
  HeadParser(bool is_request, HeadLimits limits, SeenFields* seen)
      : seen_(seen), limits_(limits), is_request_(is_request) {}

  [[nodiscard]] std::string_view part(std::uint32_t at, std::uint32_t size) const { return {base_ + at, size}; }
  [[nodiscard]] bool has_length() const { return has_length_; }
  [[nodiscard]] bool is_chunked() const { return chunked_; }
  [[nodiscard]] std::uint64_t length() const { return length_; }

  // Request: method and target. Response: the reason phrase is the second.
  std::uint32_t first_size_ = 0;
  std::uint32_t second_at_ = 0;
  std::uint32_t second_size_ = 0;
  std::uint32_t host_at_ = 0;
  std::uint32_t host_size_ = 0;
  std::uint16_t status_ = 0;
  bool expects_continue_ = false;

 private:
  // Where a part of the head is.
  [[nodiscard]] std::uint32_t offset(std::string_view part) const {
    return static_cast<std::uint32_t>(part.data() - base_);
  }
  Parse refuse(int status, const char* reason);
  Parse plain_lines(std::string_view received);
  bool take_seen(std::string_view rest);
  void keep_seen();
  const char* plain_request_line(const char* at, const char* end);
  Parse start_line(std::string_view line);
  Parse request_line(std::string_view line);
  Parse status_line(std::string_view line);
  Parse field_line(std::string_view line);
  Parse known_field(std::string_view name, std::string_view value);
  Parse content_length(std::string_view value);
  Parse transfer_encoding(std::string_view value);
  Parse finish();
  bool version(std::string_view text);

  const char* base_ = nullptr;
  std::uint32_t parsed_ = 0;   // up to here lines are done with
  std::uint32_t scanned_ = 0;  // up to here there is no further end of line
  std::uint32_t fields_at_ = 0;
  std::uint32_t count_ = 0;
  std::uint64_t length_ = 0;
  SeenFields* seen_;
  HeadLimits limits_;
  const char* reason_ = "";
  std::int16_t refusal_ = 0;
  std::uint8_t minor_version_ = 1;
  bool is_request_;
  bool started_ = false;
  bool skipped_ = false;  // an empty line before the request line
  bool has_host_ = false;
  bool has_length_ = false;
  bool has_coding_ = false;
  bool chunked_ = false;
  bool close_ = false;
  bool keep_alive_ = false;
  bool upgrade_ = false;
  bool upgrade_is_meant_ = false;
};

class RequestParser : public HeadParser {
 public:
  // With `seen`, the fields of a head are recognised in the next one.
  //
  // *Lifetime*: `seen` outlives the parser.
  explicit RequestParser(HeadLimits limits = HeadLimits(), SeenFields* seen = nullptr)
      : HeadParser(true, limits, seen) {}

  // Before kDone too: whether there is a `method` already.
  [[nodiscard]] bool has_method() const { return first_size_ != 0; }
  [[nodiscard]] std::string_view method() const { return part(0 + start(), first_size_); }
  // As it came: "/path?query", "http://host/path", "host:port" for CONNECT, or "*".
  [[nodiscard]] std::string_view target() const { return part(second_at_, second_size_); }
  // Whom it is for: of the Host field, or of the target where that has one (RFC 9112, 3.3).
  [[nodiscard]] std::string_view host() const { return part(host_at_, host_size_); }
  [[nodiscard]] bool expects_continue() const { return expects_continue_; }
  [[nodiscard]] Framing framing() const;

 private:
  [[nodiscard]] std::uint32_t start() const { return second_at_ - 1 - first_size_; }
};

class ResponseParser : public HeadParser {
 public:
  explicit ResponseParser(HeadLimits limits = HeadLimits()) : HeadParser(false, limits, nullptr) {}

  [[nodiscard]] int status() const { return status_; }
  [[nodiscard]] std::string_view reason_phrase() const { return part(second_at_, second_size_); }
  // The body's length depends on the request's method as well.
  [[nodiscard]] Framing framing(std::string_view method) const;
};

}  // namespace net::http
