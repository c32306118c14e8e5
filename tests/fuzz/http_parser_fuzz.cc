// What we accept, http-parser (Node's parser of old, which is lenient) reads the same or refuses; what we
// refuse and it accepts, and the reverse, is listed here with who is right.
#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <http_parser.h>

#include "net/http/head_parser.h"
#include "net/http/syntax.h"
#include "tests/support/http_messages.h"

namespace {

using net::http::Message;
using net::http::Messages;

// What http-parser says of the same bytes.
class Other {
 public:
  std::vector<Message> messages;
  http_errno error = HPE_OK;
  bool skips_body = false;  // of answers to HEAD
  std::string trailers;     // their names

  Other(http_parser_type type, std::string_view text, bool to_head) : skips_body(to_head) {
    http_parser_settings settings;
    http_parser_settings_init(&settings);
    settings.on_message_begin = [](http_parser* p) { return self(p).messages.emplace_back(), 0; };
    settings.on_url = [](http_parser* p, const char* at, std::size_t n) {
      return self(p).last().target.append(at, n), 0;
    };
    settings.on_header_field = [](http_parser* p, const char* at, std::size_t n) {
      return self(p).name({at, n}), 0;
    };
    settings.on_header_value = [](http_parser* p, const char* at, std::size_t n) {
      return self(p).value({at, n}), 0;
    };
    settings.on_headers_complete = [](http_parser* p) { return self(p).head(*p); };
    settings.on_body = [](http_parser* p, const char* at, std::size_t n) {
      return self(p).last().body.append(at, n), 0;
    };
    settings.on_message_complete = [](http_parser* p) { return self(p).end(*p), 0; };
    http_parser parser;
    http_parser_init(&parser, type);
    parser.data = this;
    http_parser_execute(&parser, &settings, text.data(), text.size());
    error = HTTP_PARSER_ERRNO(&parser);
    if (error == HPE_PAUSED) error = HPE_OK;
  }

  [[nodiscard]] std::size_t complete() const {
    return messages.size() - (messages.empty() || messages.back().complete ? 0 : 1);
  }

 private:
  static Other& self(http_parser* p) { return *static_cast<Other*>(p->data); }
  Message& last() { return messages.back(); }
  void name(std::string_view part) {
    if (in_trailers_) trailers += part;
    if (in_trailers_) return;
    if (!in_name_) last().fields.emplace_back();
    in_name_ = true;
    last().fields.back().first += part;
  }
  void value(std::string_view part) {
    if (in_trailers_) return;
    in_name_ = false;
    last().fields.back().second += part;
  }
  int head(const http_parser& p) {
    in_name_ = false;
    in_trailers_ = true;
    Message& message = last();
    if (p.type == HTTP_REQUEST) message.method = http_method_str(static_cast<http_method>(p.method));
    message.status = p.type == HTTP_REQUEST ? 0 : static_cast<int>(p.status_code);
    message.minor_version = p.http_minor;
    message.changes_protocol = p.upgrade != 0;
    for (auto& field : message.fields) field.second = net::http::trimmed(field.second);
    // Its users are to tell it of answers without a body.
    bool has_none = message.status / 100 == 1 || message.status == 204 || message.status == 304;
    return skips_body || has_none ? 1 : 0;
  }
  // What stands behind the last message is not looked at.
  void end(http_parser& p) {
    in_trailers_ = false;
    last().complete = true;
    last().keeps_alive = http_should_keep_alive(&p) != 0;
    if (!last().keeps_alive || last().changes_protocol) http_parser_pause(&p, 1);
  }

  bool in_name_ = false;
  bool in_trailers_ = false;
};

class Listed {
 public:
  std::string_view ours;
  std::string_view section;  // of the RFC that lets us, or makes us, refuse
};

// Refused by us and accepted by http-parser: we are right in each, by a MUST or a MAY.
constexpr Listed kRefusedByUs[] = {
    // It takes a bare LF for a line's end: "a recipient MAY recognize a single LF".
    {"a line ends without CR", "9112 2.2"},
    // It skips any number of CR and LF: "SHOULD ignore at least one empty line".
    {"an empty line in place of the first", "9112 2.2"},
    {"no method", "9112 2.2"},
    {"a bad method", "9112 2.2"},
    // Spaces before the target, and none within the grammar's single ones: "MAY […] parse on
    // whitespace-delimited
    // word boundaries".
    {"no request line", "9112 3"},
    {"a bad target", "9112 3"},
    // It reads any two digits, and versions that are not ours.
    {"a bad version", "9112 2.3"},
    {"another version of HTTP", "9110 15.6.6"},
    {"no status line", "9112 4"},
    {"a bad status", "9112 4"},
    {"a bad status line", "9112 4"},
    // Spaces in names, lines that continue: "MUST reject […] or replace".
    {"a bad field name", "9112 5.1"},
    {"a control character in a field", "9110 5.5"},
    // It leaves the semantics to its users.
    {"no Host field", "9112 3.2"},
    {"two Host fields", "9112 3.2"},
    {"a bad Host field", "9112 3.2"},
    {"the target's host is not that of the Host field", "9112 3.2.2"},
    {"CONNECT to no host and port", "9112 3.2.3"},
    {"the target * of another method than OPTIONS", "9112 3.2.4"},
    {"content in a request that has none", "9110 9.3.6"},
    {"an unknown expectation", "9110 10.1.1"},
    {"an unknown transfer coding", "9112 6.1"},
    {"Transfer-Encoding in HTTP/1.0", "9112 6.1"},
    {"two Transfer-Encoding fields", "9112 6.1"},
    {"a bad Transfer-Encoding", "9112 6.1"},
    {"an empty Transfer-Encoding", "9112 6.1"},
    {"a transfer coding after chunked", "9112 6.3"},
    // Beyond 2^63 - 1, which no 64-bit signed number holds.
    {"a bad Content-Length", "9110 8.6"},
    // Anything behind a space, extensions of any form, other bytes than CRLF behind content.
    {"a bad chunk", "9112 7.1"},
    {"the head is too long", "6585 5"},
    {"the request line is too long", "9110 15.5.15"},
    {"too many fields", "6585 5"},
};

bool is_listed(std::string_view reason, const Message& message) {
  if (reason == "a transfer coding other than chunked at the end") {
    // It does not care for codings before a tunnel or another protocol. And we do not go on to a second field
    // or a line that continues this one, which would be refused as well.
    return message.changes_protocol ||
           std::any_of(message.fields.begin(), message.fields.end(), [](const auto& f) {
             constexpr std::string_view kLast = "chunked";
             return net::http::same_ignoring_case(f.first, "transfer-encoding") &&
                    f.second.size() > kLast.size() - 1 &&
                    net::http::same_ignoring_case(
                        std::string_view(f.second).substr(f.second.size() - kLast.size()), kLast);
           });
  }
  for (const Listed& each : kRefusedByUs) {
    if (each.ours == reason) return true;
  }
  return false;
}

[[noreturn]] void disagree(std::string_view text, const char* what, const Messages& ours, const Other& other) {
  std::fprintf(stderr, "%s\n%s\nours:\n%shttp-parser: %zu messages, %s\n", what,
               net::http::in_quotes(text).c_str(), ours.to_string().c_str(), other.messages.size(),
               http_errno_description(other.error));
  for (const Message& each : other.messages) {
    std::fprintf(stderr, "%s %s %d 1.%d body=%s%s%s%s\n", each.method.c_str(), each.target.c_str(), each.status,
                 each.minor_version, net::http::in_quotes(each.body).c_str(), each.complete ? "" : " more",
                 each.keeps_alive ? " keep" : " close", each.changes_protocol ? " other protocol" : "");
    for (const auto& [name, value] : each.fields) {
      std::fprintf(stderr, ": %s=%s\n", name.c_str(), net::http::in_quotes(value).c_str());
    }
  }
  std::abort();
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> all) {
  return std::find(all.begin(), all.end(), text) != all.end();
}

// Methods are an open set to the RFC (9110, 9.1) and a closed one to http-parser.
bool knows_method(std::string_view method) {
#define EDDY_METHOD(number, name, string) #string,
  return is_one_of(method, {HTTP_METHOD_MAP(EDDY_METHOD)});
#undef EDDY_METHOD
}

bool has_field(const Message& message, std::string_view name) {
  return std::any_of(message.fields.begin(), message.fields.end(),
                     [&](const auto& field) { return net::http::same_ignoring_case(field.first, name); });
}

// Whether a longer name begins so.
bool begins_a_name(const Message& message, std::string_view name) {
  return std::any_of(message.fields.begin(), message.fields.end(), [&](const auto& field) {
    return field.first.size() > name.size() &&
           net::http::same_ignoring_case(field.first.substr(0, name.size()), name);
  });
}

bool has_empty_member(const Message& message, std::string_view name) {
  for (const auto& [field, value] : message.fields) {
    if (!net::http::same_ignoring_case(field, name)) continue;
    for (std::string_view rest = value;;) {
      std::size_t comma = rest.find(',');
      if (net::http::trimmed(rest.substr(0, comma)).empty()) return true;
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
  return false;
}

// Options that begin as those that it knows, and go on otherwise, or that are none: it then overlooks the next
// one.
bool has_misread_member(const Message& message) {
  for (const auto& [field, value] : message.fields) {
    if (!net::http::same_ignoring_case(field, "connection")) continue;
    std::string_view list = value;
    for (std::string_view member; net::http::next_member(list, member);) {
      bool is_known = false;
      bool begins_so = false;
      for (std::string_view known : {"close", "keep-alive", "upgrade"}) {
        is_known = is_known || net::http::same_ignoring_case(member, known);
        begins_so = begins_so || net::http::same_ignoring_case(member.substr(0, 1), known.substr(0, 1));
      }
      if ((begins_so && !is_known) || !net::http::is_token(member)) return true;
    }
  }
  return false;
}

// It takes trailers for fields of the head (RFC 9110, 6.5.1: "MUST NOT […] unless").
bool has_meaning_in_trailers(const Other& other) {
  std::string names = other.trailers;
  for (char& c : names) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (std::string_view name : {"content-length", "transfer-encoding", "connection", "upgrade"}) {
    if (names.find(name) != std::string::npos) return true;
  }
  return false;
}

// Accepted by us, as it is in `ours`, and refused by http-parser: whether it is wrong, or as right as we are.
bool is_listed(std::string_view text, const Message& ours, http_errno error) {
  std::string_view target = ours.target;
  switch (error) {
    case HPE_INVALID_METHOD: return !knows_method(ours.method);
    // It has a machine of its own for targets, which knows neither all characters of RFC 3986 in an authority
    // (3.2.2) nor an empty port (3.2.3).
    case HPE_INVALID_URL: return !target.starts_with('/') && target != "*";
    // It takes no tab around numbers, nor before a chunk's extensions (RFC 9110, 5.6.3: OWS has tabs).
    case HPE_INVALID_CONTENT_LENGTH:
    case HPE_INVALID_CHUNK_SIZE: return text.find('\t') != std::string_view::npos;
    // Nor here; and it takes other fields whose names begin so for this one (RFC 9110, 5.1).
    case HPE_INVALID_TRANSFER_ENCODING:
      return begins_a_name(ours, "transfer-encoding") || text.find('\t') != std::string_view::npos;
    case HPE_UNEXPECTED_CONTENT_LENGTH:
      return begins_a_name(ours, "transfer-encoding") || begins_a_name(ours, "content-length");
    default: return false;
  }
}

void compare(std::string_view text, const Messages& ours, const Other& other) {
  std::size_t complete = 0;
  while (complete != ours.parts.size() && ours.parts[complete].complete) ++complete;
  for (std::size_t i = 0; i != std::min(complete, other.complete()); ++i) {
    const Message& a = ours.parts[i];
    const Message& b = other.messages[i];
    if (a.method != b.method || a.target != b.target || a.status != b.status) {
      disagree(text, "another start line", ours, other);
    }
    if (a.fields != b.fields) disagree(text, "other fields", ours, other);
    // RFC 9110, 2.5: a higher minor version is read as the highest known.
    if (a.minor_version != std::min(b.minor_version, 1)) disagree(text, "another version", ours, other);
    if (a.changes_protocol != b.changes_protocol) {
      if (text.find('\t') != std::string_view::npos || has_empty_member(a, "upgrade")) return;
      if (has_empty_member(a, "connection") || has_misread_member(a) || has_meaning_in_trailers(other)) return;
      // 101 is a change to us, whatever its fields say (RFC 9110, 15.2.2).
      if (a.status == 101) return;
      // It does not look at the version (RFC 9110, 7.8: "MUST ignore an Upgrade […] in an HTTP/1.0 request").
      if (b.changes_protocol && a.minor_version == 0 && has_field(a, "upgrade")) return;
      disagree(text, "another protocol", ours, other);
    }
    if (a.body != b.body) disagree(text, "another body", ours, other);
    if (a.keeps_alive != b.keeps_alive) {
      // It takes a tab behind a value for its part (RFC 9110, 5.6.3).
      if (text.find('\t') != std::string_view::npos) return;
      // It takes Proxy-Connection for Connection, which no RFC does (9112, C.2.2).
      if (has_field(a, "proxy-connection")) return;
      // It does not skip empty members (RFC 9110, 5.6.1.2: "MUST parse and ignore").
      if (has_empty_member(a, "connection") || has_misread_member(a) || has_meaning_in_trailers(other)) return;
      // In HTTP/1.0 it lets keep-alive win over close (RFC 9112, 9.3: "close" is asked for first).
      if (a.minor_version == 0 && !a.keeps_alive) return;
      disagree(text, "keeps the connection or not", ours, other);
    }
    if (!a.keeps_alive || a.changes_protocol) return;
  }
  // Beyond what both have read to its end, one of them may have refused.
  if (other.error == HPE_OK && !ours.refusal.empty() && other.complete() > complete &&
      !is_listed(ours.refusal, other.messages[complete])) {
    disagree(text, "refused by us alone", ours, other);
  }
  if (other.error != HPE_OK && complete > other.complete() && !has_meaning_in_trailers(other)) {
    if (!is_listed(text, ours.parts[other.complete()], other.error))
      disagree(text, "refused by http-parser alone", ours, other);
  }
}

}  // namespace

// The first byte says what the messages are.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::array<std::string_view, 1> whole = {text};
  switch (data[0] % 8) {
    case 0: compare(text, net::http::read_responses(whole, "GET"), Other(HTTP_RESPONSE, text, false)); break;
    case 1: compare(text, net::http::read_responses(whole, "HEAD"), Other(HTTP_RESPONSE, text, true)); break;
    default: compare(text, net::http::read_requests(whole), Other(HTTP_REQUEST, text, false)); break;
  }
  return 0;
}
