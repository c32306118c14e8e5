#include "net/http/head_parser.h"

#include <algorithm>
#include <cstring>

#include "net/http/syntax.h"

namespace net::http {
namespace {

// RFC 3986, 3.1, of the schemes of RFC 9110, 4.2. The authority of an absolute target; empty if it is none.
std::string_view authority_of(std::string_view target) {
  std::size_t colon = target.find("://");
  if (colon == std::string_view::npos) return {};
  std::string_view scheme = target.substr(0, colon);
  if (!same_ignoring_case(scheme, "http") && !same_ignoring_case(scheme, "https")) return {};
  target.remove_prefix(colon + 3);
  return target.substr(0, target.find_first_of("/?"));
}

}  // namespace

Parse HeadParser::refuse(int status, const char* reason) {
  refusal_ = static_cast<std::int16_t>(status);
  reason_ = reason;
  return Parse::kRefused;
}

Parse HeadParser::parse(std::string_view received) {
  if (refusal_ != 0) return Parse::kRefused;
  base_ = received.data();
  for (;;) {
    if (scanned_ == parsed_) {
      Parse plain = plain_lines(received);
      if (plain != Parse::kMore) return plain;
    }
    // What does not begin as a request is refused before a line of it ends: TLS, for instance.
    if (!started_ && is_request_ && received.size() > parsed_) {
      char first = received[parsed_];
      if (!detail::is(first, detail::kToken) && first != '\r') return refuse(400, "no method");
    }
    const char* from = base_ + scanned_;
    const auto* end = static_cast<const char*>(
        received.size() == scanned_ ? nullptr : std::memchr(from, '\n', received.size() - scanned_));
    // Of the head so far; without the line's end there is at least that to come.
    std::size_t size = end == nullptr ? received.size() + 1 : static_cast<std::size_t>(end - base_) + 1;
    if (size > limits_.bytes) {
      if (started_ || !is_request_) return refuse(431, "the head is too long");
      return refuse(414, "the request line is too long");
    }
    if (end == nullptr) {
      scanned_ = static_cast<std::uint32_t>(received.size());
      return Parse::kMore;
    }
    std::string_view line = received.substr(parsed_, size - 1 - parsed_);
    // RFC 9112, 2.2, lets a recipient take a bare LF for a line's end; others do not.
    if (!line.ends_with('\r')) return refuse(400, "a line ends without CR");
    line.remove_suffix(1);
    Parse done = Parse::kMore;
    if (!started_) {
      done = start_line(line);
    } else if (!line.empty()) {
      done = field_line(line);
    } else {
      done = finish();
    }
    if (done == Parse::kRefused) return done;
    parsed_ = scanned_ = static_cast<std::uint32_t>(size);
    if (done == Parse::kDone) return done;
    if (started_ && fields_at_ == 0) fields_at_ = parsed_;
  }
}

// Takes lines that are there whole and have nothing unusual in them, which is most, at one look at each
// character. What it leaves, and why, tells the way by single lines.
Parse HeadParser::plain_lines(std::string_view received) {
  const char* end = base_ + std::min<std::size_t>(received.size(), limits_.bytes);
  const char* at = base_ + parsed_;
  if (!started_) {
    if (!is_request_) return Parse::kMore;
    at = plain_request_line(at, end);
    if (at == nullptr) return Parse::kMore;
    started_ = true;
    fields_at_ = parsed_ = scanned_ = offset({at, end});
    if (seen_ != nullptr && take_seen({at, end})) return Parse::kDone;
  }
  while (end - at >= 2 && count_ < limits_.fields) {
    Parse done = Parse::kMore;
    const char* next = at + 2;
    if (at[0] == '\r' && at[1] == '\n') {
      done = finish();
      if (done != Parse::kDone) return done;
    } else {
      const char* colon = at + detail::leading({at, end}, detail::kToken);
      if (colon == at || colon == end || *colon != ':') break;
      const char* stop = colon + 1 + detail::leading_value({colon + 1, end});
      if (end - stop < 2 || stop[0] != '\r' || stop[1] != '\n') break;
      next = stop + 2;
      ++count_;
      done = known_field({at, colon}, trimmed({colon + 1, stop}));
      if (done == Parse::kRefused) return done;
    }
    at = next;
    parsed_ = scanned_ = offset({at, end});
    if (done == Parse::kDone) {
      // Only where another head has come already, as comparing has to pay for the copy.
      if (seen_ != nullptr && received.size() != parsed_) keep_seen();
      return done;
    }
  }
  return Parse::kMore;
}

// After a plain request line: whether the fields are those of the head before.
bool HeadParser::take_seen(std::string_view rest) {
  if (!seen_->begins(rest)) return false;
  has_host_ = true;
  host_at_ = parsed_ + seen_->host_at();
  host_size_ = seen_->host_size();
  count_ = seen_->count();
  parsed_ = scanned_ = parsed_ + seen_->size();
  return true;
}

// Of the fields that mean something here, all but Host are seldom; and whatever is about a body is parsed.
void HeadParser::keep_seen() {
  bool is_usual = has_host_ && minor_version_ != 0 && !has_length_ && !has_coding_ && !close_ && !keep_alive_ &&
                  !upgrade_ && !upgrade_is_meant_ && !expects_continue_ && host_at_ >= fields_at_;
  if (is_usual) seen_->keep(part(fields_at_, parsed_ - fields_at_), count_, part(host_at_, host_size_));
}

// "GET /path HTTP/1.1" and the line's end. Where the next line begins; null for any other.
const char* HeadParser::plain_request_line(const char* at, const char* end) {
  const char* space = at + detail::leading({at, end}, detail::kToken);
  if (space == at || end - space < 2 || space[0] != ' ' || space[1] != '/') return nullptr;
  const char* last = space + 1 + detail::leading({space + 1, end}, detail::kPlainTarget);
  constexpr std::string_view kRest = " HTTP/1.1\r\n";
  if (static_cast<std::size_t>(end - last) < kRest.size()) return nullptr;
  if (std::memcmp(last, kRest.data(), kRest.size()) != 0) return nullptr;
  first_size_ = static_cast<std::uint32_t>(space - at);
  if (std::string_view(at, first_size_) == "CONNECT") return nullptr;
  second_at_ = offset({space + 1, last});
  second_size_ = static_cast<std::uint32_t>(last - space - 1);
  return last + kRest.size();
}

Parse HeadParser::start_line(std::string_view line) {
  if (line.empty()) {
    // RFC 9112, 2.2: one empty line before a request is from clients that end a body with it.
    if (!is_request_ || skipped_) return refuse(400, "an empty line in place of the first");
    skipped_ = true;
    return Parse::kMore;
  }
  started_ = true;
  return is_request_ ? request_line(line) : status_line(line);
}

// "HTTP/1." and a digit (RFC 9112, 2.3).
bool HeadParser::version(std::string_view text) {
  if (text.size() != 8 || !text.starts_with("HTTP/1.")) return false;
  if (text[7] < '0' || text[7] > '9') return false;
  minor_version_ = text[7] == '0' ? 0 : 1;
  return true;
}

// RFC 9112, 3: method SP request-target SP HTTP-version.
Parse HeadParser::request_line(std::string_view line) {
  std::size_t space = line.find(' ');
  std::size_t last = line.rfind(' ');
  if (space == std::string_view::npos || space == last) return refuse(400, "no request line");
  std::string_view method = line.substr(0, space);
  std::string_view target = line.substr(space + 1, last - space - 1);
  std::string_view protocol = line.substr(last + 1);
  if (!is_token(method)) return refuse(400, "a bad method");
  if (!is_target(target)) return refuse(400, "a bad target");
  if (!version(protocol)) {
    bool is_version = protocol.size() == 8 && protocol.starts_with("HTTP/") && protocol[6] == '.' &&
                      hex_digit(protocol[5]) >= 0 && hex_digit(protocol[5]) < 10 &&
                      hex_digit(protocol[7]) >= 0 && hex_digit(protocol[7]) < 10;
    return is_version ? refuse(505, "another version of HTTP") : refuse(400, "a bad version");
  }
  first_size_ = static_cast<std::uint32_t>(method.size());
  second_at_ = offset(target);
  second_size_ = static_cast<std::uint32_t>(target.size());
  // RFC 9112, 3.2: which forms go with which methods.
  if (method == "CONNECT") {
    // A colon within brackets begins no port.
    std::size_t colon = target.rfind(':');
    bool has_port = colon != std::string_view::npos && colon + 1 != target.size() && !target.ends_with(']');
    if (!has_port || !is_authority(target)) {
      return refuse(400, "CONNECT to no host and port");
    }
    host_at_ = second_at_;
    host_size_ = second_size_;
  } else if (target == "*") {
    if (method != "OPTIONS") return refuse(400, "the target * of another method than OPTIONS");
  } else if (!target.starts_with('/')) {
    std::string_view authority = authority_of(target);
    if (!is_authority(authority)) return refuse(400, "a bad target");
    host_at_ = offset(authority);
    host_size_ = static_cast<std::uint32_t>(authority.size());
  }
  return Parse::kMore;
}

// RFC 9112, 4: HTTP-version SP status-code SP [ reason-phrase ]. Many servers leave the last SP out.
Parse HeadParser::status_line(std::string_view line) {
  if (line.size() < 12 || !version(line.substr(0, 8)) || line[8] != ' ') return refuse(400, "no status line");
  for (char c : line.substr(9, 3)) {
    if (c < '0' || c > '9') return refuse(400, "a bad status");
    status_ = static_cast<std::uint16_t>(status_ * 10 + (c - '0'));
  }
  if (status_ < 100) return refuse(400, "a bad status");
  if (line.size() > 12) {
    if (line[12] != ' ' || !is_field_value(line.substr(13))) return refuse(400, "a bad status line");
    second_size_ = static_cast<std::uint32_t>(line.size() - 13);
  }
  second_at_ = offset(line.substr(line.size() - second_size_));
  return Parse::kMore;
}

// RFC 9112, 5: name ":" OWS value OWS. A line that begins with a space continues the one before (obs-fold) for
// some recipients, and a space before the colon belongs to the name for some: neither begins with a token and
// a colon.
Parse HeadParser::field_line(std::string_view line) {
  if (++count_ > limits_.fields) return refuse(431, "too many fields");
  std::size_t colon = 0;
  while (colon != line.size() && detail::is(line[colon], detail::kToken)) ++colon;
  if (colon == 0 || colon == line.size() || line[colon] != ':') return refuse(400, "a bad field name");
  std::string_view value = line.substr(colon + 1);
  if (!is_field_value(value)) return refuse(400, "a control character in a field");
  return known_field(line.substr(0, colon), trimmed(value));
}

Parse HeadParser::known_field(std::string_view name, std::string_view value) {
  switch (name.size()) {
    case 4:
      if (!is_request_ || !detail::is_named(name, "host")) break;
      // RFC 9112, 3.2: just one, and valid.
      if (has_host_) return refuse(400, "two Host fields");
      if (!is_authority(value)) return refuse(400, "a bad Host field");
      has_host_ = true;
      if (host_size_ != 0) {
        // RFC 9112, 3.2.2: the target's host counts. A sender gives the same; what differs hides something.
        if (!same_ignoring_case(value, part(host_at_, host_size_))) {
          return refuse(400, "the target's host is not that of the Host field");
        }
        break;
      }
      host_at_ = offset(value);
      host_size_ = static_cast<std::uint32_t>(value.size());
      break;
    case 6:
      // RFC 9110, 10.1.1.
      if (!is_request_ || !detail::is_named(name, "expect")) break;
      for (std::string_view member; next_member(value, member);) {
        if (!same_ignoring_case(member, "100-continue")) return refuse(417, "an unknown expectation");
        expects_continue_ = true;
      }
      break;
    case 7:
      if (detail::is_named(name, "upgrade")) {
        std::string_view protocol;
        if (next_member(value, protocol)) upgrade_ = true;
      }
      break;
    case 10:
      if (!detail::is_named(name, "connection")) break;
      for (std::string_view member; next_member(value, member);) {
        if (same_ignoring_case(member, "close")) close_ = true;
        if (same_ignoring_case(member, "keep-alive")) keep_alive_ = true;
        if (same_ignoring_case(member, "upgrade")) upgrade_is_meant_ = true;
      }
      break;
    case 14:
      if (detail::is_named(name, "content-length")) return content_length(value);
      break;
    case 17:
      if (detail::is_named(name, "transfer-encoding")) return transfer_encoding(value);
      break;
    default: break;
  }
  return Parse::kMore;
}

// RFC 9112, 6.3, rule 5. Two equal ones could be taken for one; whoever sends them has something in mind.
Parse HeadParser::content_length(std::string_view value) {
  if (has_length_) return refuse(400, "two Content-Length fields");
  if (!parse_decimal(value, length_)) return refuse(400, "a bad Content-Length");
  has_length_ = true;
  return Parse::kMore;
}

// RFC 9112, 6.1: here just "chunked", once. Every other coding is one that the RFC lets a server not know.
Parse HeadParser::transfer_encoding(std::string_view value) {
  if (has_coding_) return refuse(400, "two Transfer-Encoding fields");
  has_coding_ = true;
  std::string_view list = value;
  std::string_view member;
  bool any = false;
  bool unknown = false;
  while (next_member(list, member)) {
    if (chunked_) return refuse(400, "a transfer coding after chunked");
    any = true;
    if (same_ignoring_case(member, "chunked")) {
      chunked_ = true;
    } else if (is_token(trimmed(member.substr(0, member.find(';')))) &&
               !same_ignoring_case(trimmed(member.substr(0, member.find(';'))), "chunked")) {
      unknown = true;
    } else {
      return refuse(400, "a bad Transfer-Encoding");
    }
  }
  if (!any) return refuse(400, "an empty Transfer-Encoding");
  // Without chunked at the end nobody knows where a request's body ends (RFC 9112, 6.3, rule 4.3).
  if (is_request_ && !chunked_) return refuse(400, "a transfer coding other than chunked at the end");
  if (unknown) return refuse(501, "an unknown transfer coding");
  if (value.size() != 7) return refuse(400, "a bad Transfer-Encoding");
  return Parse::kMore;
}

// The empty line.
Parse HeadParser::finish() {
  if (has_coding_ && has_length_) return refuse(400, "both Transfer-Encoding and Content-Length");
  // RFC 9112, 6.1: an HTTP/1.0 recipient in between would not have known it.
  if (has_coding_ && minor_version_ == 0) return refuse(400, "Transfer-Encoding in HTTP/1.0");
  if (!is_request_) return Parse::kDone;
  if (!has_host_ && minor_version_ != 0) return refuse(400, "no Host field");
  // RFC 9110, 9.3.6 and 9.3.8: content has no meaning there, and is what smugglers send.
  std::string_view method = part(second_at_ - 1 - first_size_, first_size_);
  if ((method == "CONNECT" || method == "TRACE") && (has_coding_ || length_ != 0)) {
    return refuse(400, "content in a request that has none");
  }
  // RFC 9110, 10.1.1: of an HTTP/1.0 client it means nothing.
  if (minor_version_ == 0) expects_continue_ = false;
  return Parse::kDone;
}

Framing RequestParser::framing() const {
  Framing framing;
  if (is_chunked()) {
    framing.kind = Framing::Kind::kChunked;
  } else if (length() != 0) {
    framing.kind = Framing::Kind::kLength;
    framing.length = length();
  }
  return framing;
}

// RFC 9112, 6.3.
Framing ResponseParser::framing(std::string_view method) const {
  Framing framing;
  bool is_tunnel = method == "CONNECT" && status_ / 100 == 2;
  if (method == "HEAD" || status_ / 100 == 1 || status_ == 204 || status_ == 304 || is_tunnel) return framing;
  if (is_chunked()) {
    framing.kind = Framing::Kind::kChunked;
  } else if (!has_length()) {
    framing.kind = Framing::Kind::kUntilClose;
  } else if (length() != 0) {
    framing.kind = Framing::Kind::kLength;
    framing.length = length();
  }
  return framing;
}

}  // namespace net::http
