#include "net/http/client_request.h"

#include <array>

#include "net/http/syntax.h"

namespace net::http {
namespace {

// What says where a message ends, whom it is for, and what becomes of the connection.
constexpr std::array<std::string_view, 10> kOwn = {
    "host",    "connection", "content-length", "transfer-encoding", "expect",
    "upgrade", "te",         "trailer",        "keep-alive",        "proxy-connection"};

bool is_own(std::string_view name) {
  for (std::string_view each : kOwn) {
    if (same_ignoring_case(each, name)) return true;
  }
  return false;
}

// RFC 4648, 4. False without memory.
bool append_base64(OwnedText& out, std::string_view first, std::string_view second) {
  constexpr const char* kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::size_t size = first.size() + second.size();
  if (!out.make_room((size + 2) / 3 * 4)) return false;
  auto byte = [&](std::size_t at) -> unsigned {
    if (at >= size) return 0;
    return static_cast<unsigned char>(at < first.size() ? first[at] : second[at - first.size()]);
  };
  for (std::size_t at = 0; at < size; at += 3) {
    unsigned group = byte(at) << 16 | byte(at + 1) << 8 | byte(at + 2);
    std::array<char, 4> digits = {kDigits[group >> 18], kDigits[group >> 12 & 63], kDigits[group >> 6 & 63],
                                  kDigits[group & 63]};
    if (size - at < 3) digits[3] = '=';
    if (size - at < 2) digits[2] = '=';
    if (!out.append({digits.data(), digits.size()})) return false;
  }
  return true;
}

bool has_control_character(std::string_view text) {
  for (char c : text) {
    if (static_cast<unsigned char>(c) < ' ' || c == 127) return true;
  }
  return false;
}

}  // namespace

// The first mistake counts.
void ClientRequest::refuse(Errc code, const char* reason) {
  if (code_ != Errc::ok) return;
  code_ = code;
  wrong_ = reason;
}

void ClientRequest::add(std::string_view name, std::string_view value) {
  bool added = lines_.make_room(name.size() + value.size() + 4) && lines_.append(name) && lines_.append(": ") &&
               lines_.append(value) && lines_.append("\r\n");
  if (!added) refuse(Errc::no_memory, "a field");
}

ClientRequest& ClientRequest::header(std::string_view name, std::string_view value) {
  if (!is_token(name)) {
    refuse(Errc::invalid_argument, "a bad field name");
  } else if (!is_field_value(value)) {
    refuse(Errc::invalid_argument, "a line end or other control character in a field");
  } else if (is_own(name)) {
    refuse(Errc::invalid_argument, "a field that the client writes itself");
  } else {
    add(name, trimmed(value));
  }
  return *this;
}

ClientRequest& ClientRequest::basic(std::string_view user, std::string_view password) {
  // RFC 7617, 2: the first colon ends the name.
  if (user.find(':') != std::string_view::npos || has_control_character(user) ||
      has_control_character(password)) {
    refuse(Errc::invalid_argument, "a bad user name or password");
    return *this;
  }
  OwnedText plain;
  OwnedText value;
  bool made = plain.append(user) && plain.append(":") && value.append("Basic ") &&
              append_base64(value, plain.view(), password);
  if (!made) {
    refuse(Errc::no_memory, "a field");
    return *this;
  }
  return header("Authorization", value.view());
}

ClientRequest& ClientRequest::bearer(std::string_view token) {
  // RFC 6750, 2.1.
  constexpr std::string_view kOthers = "-._~+/=";
  for (char c : token) {
    bool good = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!good && kOthers.find(c) == std::string_view::npos) refuse(Errc::invalid_argument, "a bad token");
  }
  if (token.empty()) refuse(Errc::invalid_argument, "a bad token");
  OwnedText value;
  if (!value.append("Bearer ") || !value.append(token)) {
    refuse(Errc::no_memory, "a field");
    return *this;
  }
  return header("Authorization", value.view());
}

ClientRequest& ClientRequest::body(Bytes content, std::string_view type) {
  content_ = content;
  has_body_ = true;
  return type.empty() ? *this : header("Content-Type", type);
}

ClientRequest& ClientRequest::body(BodySource& source, std::string_view type) {
  source_ = &source;
  has_body_ = true;
  return type.empty() ? *this : header("Content-Type", type);
}

ClientRequest& ClientRequest::expect_continue() {
  expects_continue_ = true;
  return *this;
}

}  // namespace net::http
