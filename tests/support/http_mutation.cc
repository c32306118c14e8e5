#include "tests/support/http_mutation.h"

namespace net::http {

using namespace std::string_view_literals;

const std::vector<std::string_view> kHttpPieces = {
    "\r\n"sv,
    "\n"sv,
    "\r"sv,
    "\0"sv,
    "\t"sv,
    " "sv,
    "\x0b"sv,
    "\x7f"sv,
    "\x80"sv,
    "\xff"sv,
    ":"sv,
    ","sv,
    ";"sv,
    "\""sv,
    "\\"sv,
    "0"sv,
    "1"sv,
    "+"sv,
    "-"sv,
    "%"sv,
    "%2"sv,
    "%41"sv,
    "\r\n "sv,
    "\r\n\t"sv,
    "\r\n\r\n"sv,
    "\n\n"sv,
    "GET "sv,
    "HEAD "sv,
    "POST / "sv,
    "CONNECT a:1 "sv,
    "OPTIONS * "sv,
    "TRACE "sv,
    "http://a"sv,
    "https://b/"sv,
    "[::1]"sv,
    " HTTP/1.1\r\n"sv,
    "HTTP/1.0"sv,
    "HTTP/1.2"sv,
    "HTTP/2.0"sv,
    "HTTP/1.1 200 OK\r\n"sv,
    "HTTP/1.1 204\r\n"sv,
    "HTTP/1.1 304 \r\n"sv,
    "HTTP/1.1 100 Continue\r\n\r\n"sv,
    "Host: a\r\n"sv,
    "Host: b\r\n"sv,
    "Content-Length: 0\r\n"sv,
    "Content-Length: 5\r\n"sv,
    "Content-Length: 18446744073709551616\r\n"sv,
    "Transfer-Encoding: chunked\r\n"sv,
    "Transfer-Encoding: gzip, chunked\r\n"sv,
    "Transfer-Encoding: identity\r\n"sv,
    "Connection: close\r\n"sv,
    "Connection: keep-alive\r\n"sv,
    "Connection: upgrade\r\n"sv,
    "Upgrade: x\r\n"sv,
    "Expect: 100-continue\r\n"sv,
    "X: y\r\n"sv,
    "chunked"sv,
    "0\r\n\r\n"sv,
    "5\r\nhello\r\n"sv,
    "1;x=y\r\nz\r\n"sv,
    "00000000"sv,
    "ffffffff"sv,
    "7fffffffffffffff"sv,
};

std::string Mutator::next() {
  std::string text = seeds_[below(seeds_.size())];
  for (std::size_t left = below(4); left != 0; --left) change(text);
  if (below(16) == 0) text += seeds_[below(seeds_.size())];
  return text;
}

void Mutator::change(std::string& text) {
  std::size_t at = below(text.size() + 1);
  std::size_t count = 1 + below(below(4) == 0 ? 16 : 2);
  switch (below(7)) {
    case 0: text.erase(at, count); break;
    case 1: text.insert(at, kHttpPieces[below(kHttpPieces.size())]); break;
    case 2:
      if (at < text.size()) text[at] = static_cast<char>(below(256));
      break;
    case 3:
      if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1U << below(8)));
      break;
    case 4: {
      // A line twice, where lines end or elsewhere.
      std::size_t begin = text.rfind('\n', at == 0 ? 0 : at - 1);
      begin = begin == std::string::npos ? 0 : begin + 1;
      std::size_t end = text.find('\n', at);
      end = end == std::string::npos ? text.size() : end + 1;
      if (begin < end) text.insert(below(2) == 0 ? end : at, std::string(text, begin, end - begin));
      break;
    }
    case 5: {
      // The place of one piece is another's.
      text.erase(at, count);
      text.insert(at, kHttpPieces[below(kHttpPieces.size())]);
      break;
    }
    default: {
      // The rest of another seed.
      const std::string& other = seeds_[below(seeds_.size())];
      text.resize(at);
      text.append(other, below(other.size() + 1), std::string::npos);
      break;
    }
  }
  if (text.size() > 20'000) text.resize(20'000);
}

}  // namespace net::http
