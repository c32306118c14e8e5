#include "net/http/response.h"

#include <algorithm>
#include <array>

#include "net/http/burst.h"
#include "net/http/connection.h"
#include "net/http/server_state.h"
#include "net/http/status.h"
#include "net/http/syntax.h"

namespace net::http {
namespace {

constexpr std::string_view kContentType = "Content-Type";
constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\n";

// What is written behind a handler's fields, at most: Date, Content-Length, Connection, the empty line.
constexpr std::size_t kMostRest = 128;

enum class Known : std::uint8_t { kNot, kFraming, kType, kUpgrade };

// Fields that mean something here. The server itself writes those of framing, as it knows how the message is
// framed.
Known known(std::string_view name) {
  switch (name.size()) {
    case 4: return detail::is_named(name, "date") ? Known::kFraming : Known::kNot;
    case 7: return detail::is_named(name, "upgrade") ? Known::kUpgrade : Known::kNot;
    case 10: return detail::is_named(name, "connection") ? Known::kFraming : Known::kNot;
    case 12: return detail::is_named(name, "content-type") ? Known::kType : Known::kNot;
    case 14: return detail::is_named(name, "content-length") ? Known::kFraming : Known::kNot;
    case 17: return detail::is_named(name, "transfer-encoding") ? Known::kFraming : Known::kNot;
    default: return Known::kNot;
  }
}

// RFC 9112, 4: the phrase may be empty, the space before it not.
class StatusLine : public Text<64> {
 public:
  explicit StatusLine(int status) { *this << "HTTP/1.1 " << status << ' ' << reason_phrase(status) << "\r\n"; }
};

}  // namespace

void Response::begin() {
  length_ = 0;
  mark_ = burst_.output_.size();
  status_ = 200;
  status_written_ = 0;
  state_ = State::kFields;
  has_length_ = has_type_ = has_upgrade_ = bad_ = too_long_ = endless_ = false;
}

Response& Response::status(int code) {
  bad_ = bad_ || started() || code < 200 || code > 999;
  if (!bad_) status_ = static_cast<std::uint16_t>(code);
  return *this;
}

Response& Response::close() {
  burst_.connection_.closes_ = true;
  return *this;
}

Response& Response::endless() {
  endless_ = true;
  burst_.part();
  return *this;
}

Response& Response::content_length(std::uint64_t length) {
  bad_ = bad_ || started();
  length_ = length;
  has_length_ = true;
  return *this;
}

// The status may still change; then its line is written anew.
void Response::start_head() {
  if (status_written_ != 0) return;
  if (status_ == 200) {
    line_size_ = kOk.size();
    too_long_ = !burst_.output_.append(kOk);
  } else {
    StatusLine line(status_);
    line_size_ = static_cast<std::uint8_t>(line.text().size());
    too_long_ = !burst_.output_.append(line.text());
  }
  status_written_ = status_;
}

Response& Response::header(std::string_view name, std::string_view value) {
  bool is_type = name == kContentType;  // as it is mostly written, and most answers have it
  bad_ = bad_ || started() || (!is_type && !is_token(name)) || !is_field_value(value);
  Known what = is_type ? Known::kType : bad_ ? Known::kNot : known(name);
  bad_ = bad_ || what == Known::kFraming;
  if (bad_) return *this;
  start_head();
  char* at = too_long_ ? nullptr : burst_.output_.reserve(name.size() + value.size() + 4);
  if (at == nullptr) {
    too_long_ = true;
    return *this;
  }
  at = write_text(at, name);
  at = write_text(at, ": ");
  at = write_text(at, value);
  burst_.output_.wrote(write_text(at, "\r\n"));
  has_type_ = has_type_ || what == Known::kType;
  has_upgrade_ = has_upgrade_ || what == Known::kUpgrade;
  return *this;
}

void Response::add_lines(std::string_view lines) {
  bad_ = bad_ || started();
  if (bad_) return;
  start_head();
  too_long_ = too_long_ || !burst_.output_.append(lines);
}

// RFC 9110, 6.4.1: what has no content whatever its fields say.
bool Response::has_no_content() const {
  return status_ == 204 || status_ == 304 || burst_.parser_.method() == "HEAD";
}

// Completes the header. False if it is too long, or bad; the output is as before the answer then.
bool Response::finish_head(bool known, std::uint64_t length) {
  Output& output = burst_.output_;
  Connection& connection = burst_.connection_;
  start_head();
  bool fits = !bad_ && !too_long_;
  if (fits && status_ != status_written_) {
    StatusLine line(status_);
    fits = output.replace(mark_, line_size_, line.text());
  }
  char* at = fits ? output.reserve(kMostRest) : nullptr;
  if (at == nullptr) {
    output.truncate(mark_);
    return false;
  }
  at = write_text(at, connection.server_.date_line());
  if (burst_.waits_to_send()) connection.closes_ = true;
  bool is_tunnel = status_ / 100 == 2 && burst_.parser_.method() == "CONNECT";
  if (status_ != 204 && status_ != 304 && status_ != 101 && !is_tunnel) {
    if (known) {
      at = write_text(at, "Content-Length: ");
      at = write_number(at, length);
      at = write_text(at, "\r\n");
    } else if (burst_.parser_.minor_version() != 0) {
      at = write_text(at, "Transfer-Encoding: chunked\r\n");
    } else {
      connection.closes_ = true;
    }
  }
  if (has_upgrade_) {  // RFC 9110, 7.8: who sends Upgrade says so there as well
    bool ends = connection.closes_ && status_ != 101;
    at = write_text(at, ends ? "Connection: Upgrade, close\r\n" : "Connection: Upgrade\r\n");
  } else if (connection.closes_) {
    at = write_text(at, "Connection: close\r\n");
  } else if (burst_.parser_.minor_version() == 0) {
    at = write_text(at, "Connection: keep-alive\r\n");
  }
  output.wrote(write_text(at, "\r\n"));
  return true;
}

Task<> Response::send(std::string_view content) { return send_all(bytes(content), true); }

// Gathers the header and, if there is room, the content; the answer is complete then.
Errc Response::begin_content(Bytes content, bool is_text) {
  if (started()) return Errc::invalid_argument;
  if (is_text && !has_type_ && !content.empty()) header(kContentType, "text/plain; charset=utf-8");
  if (!burst_.can_drop_body()) burst_.connection_.closes_ = true;
  if (!finish_head(true, content.size())) return bad_ ? Errc::invalid_argument : Errc::limit_exceeded;
  if (content.empty() || has_no_content() || burst_.output_.append(text(content))) {
    state_ = State::kDone;
  } else {
    state_ = State::kRaw;
    length_ = content.size();
  }
  return Errc::ok;
}

Task<> Response::send_all(Bytes content, bool is_text) {
  Errc begun = begin_content(content, is_text);
  if (begun != Errc::ok) co_await fail(begun, "begin an answer");
  if (state_ == State::kDone) co_return;
  co_await burst_.flush(content);
  state_ = State::kDone;
}

Task<> Response::send(Bytes content, std::shared_ptr<const void> owner) {
  Errc begun = begin_content(content, false);
  if (begun != Errc::ok) co_await fail(begun, "begin an answer");
  if (state_ == State::kDone) co_return;
  if (!burst_.share(content, std::move(owner))) co_await burst_.flush(content);
  state_ = State::kDone;
}

Task<> Response::write(Bytes part) {
  // Before anything of the part is gathered.
  if (context.fiber->cancelled()) co_await fail(Errc::cancelled);
  if (burst_.parted()) co_await fail(Errc::cancelled, "write after the server's end");
  if (state_ == State::kFields) {
    if (!finish_head(has_length_, length_)) {
      co_await fail(bad_ ? Errc::invalid_argument : Errc::limit_exceeded, "write a header");
    }
    if (has_no_content()) {
      state_ = State::kNoContent;
    } else if (has_length_) {
      state_ = State::kRaw;
    } else {
      state_ = burst_.parser_.minor_version() != 0 ? State::kChunked : State::kUntilClose;
    }
  }
  switch (state_) {
    case State::kNoContent: part = {}; break;
    case State::kUntilClose: break;
    case State::kRaw:
      if (part.size() > length_) co_await fail(Errc::invalid_argument, "write more than the content's length");
      length_ -= part.size();
      break;
    case State::kChunked:
      if (part.empty()) break;
      if (burst_.output_.room() < 20) co_await burst_.flush();
      if (!burst_.output_.append(part.size(), 16) || !burst_.output_.append("\r\n")) {
        co_await fail(Errc::no_memory, "write a chunk");
      }
      co_await burst_.flush(part, bytes("\r\n"));
      co_return;
    default: co_await fail(Errc::invalid_argument, "write after the answer's end");
  }
  co_await burst_.flush(part);
}

Task<> Response::finish() {
  switch (state_) {
    case State::kFields:
      if (has_length_ && length_ != 0 && !has_no_content()) {
        co_await fail(Errc::invalid_argument, "write less than the content's length");
      }
      if (!burst_.can_drop_body()) burst_.connection_.closes_ = true;
      if (!finish_head(true, length_)) {
        co_await fail(bad_ ? Errc::invalid_argument : Errc::limit_exceeded, "write a header");
      }
      break;
    case State::kRaw:
      if (length_ != 0) co_await fail(Errc::invalid_argument, "write less than the content's length");
      break;
    case State::kChunked:
      if (burst_.output_.room() < 5) co_await burst_.flush();
      if (!burst_.output_.append("0\r\n\r\n")) co_await fail(Errc::no_memory, "write the last chunk");
      break;
    default: break;
  }
  state_ = State::kDone;
}

Task<Upgraded> Response::upgrade(std::string_view protocol) {
  bool can = !started() && burst_.body_.ended();
  if (!can) co_await fail(Errc::invalid_argument, "upgrade a connection that is being answered");
  status_ = protocol.empty() ? 200 : 101;
  if (!protocol.empty()) header("Upgrade", protocol);
  bool fits = finish_head(true, 0);
  if (!fits) co_await fail(bad_ ? Errc::invalid_argument : Errc::limit_exceeded, "write a header");
  state_ = State::kUpgraded;
  co_await burst_.flush();
  burst_.upgraded_ = true;
  burst_.output_.release();
  Upgraded upgraded;
  upgraded.stream = std::move(burst_.connection_.stream_);
  upgraded.early = burst_.input_.unread();
  upgraded.parting = Parting(burst_);
  co_return upgraded;
}

}  // namespace net::http
