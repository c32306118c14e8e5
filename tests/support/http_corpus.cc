#include "tests/support/http_corpus.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include "net/http/syntax.h"

namespace net::http {
namespace {

// The text with its escapes replaced: \r \n \t \\ \xHH, and \{100 text} for a hundred times the text.
std::optional<std::string> unescaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    char c = text.front();
    text.remove_prefix(1);
    if (c != '\\') {
      out += c;
      continue;
    }
    if (text.empty()) return std::nullopt;
    char escape = text.front();
    text.remove_prefix(1);
    if (escape == 'r') {
      out += '\r';
    } else if (escape == 'n') {
      out += '\n';
    } else if (escape == 't') {
      out += '\t';
    } else if (escape == '\\') {
      out += '\\';
    } else if (escape == 'x' && text.size() >= 2 && hex_digit(text[0]) >= 0 && hex_digit(text[1]) >= 0) {
      out += static_cast<char>(hex_digit(text[0]) * 16 + hex_digit(text[1]));
      text.remove_prefix(2);
    } else if (escape == '{') {
      std::size_t space = text.find(' ');
      std::size_t end = text.find('}');
      std::uint64_t count = 0;
      if (space > end || end == std::string_view::npos || !parse_decimal(text.substr(0, space), count)) {
        return std::nullopt;
      }
      std::optional<std::string> part = unescaped(text.substr(space + 1, end - space - 1));
      if (!part) return std::nullopt;
      for (; count != 0; --count) out += *part;
      text.remove_prefix(end + 1);
    } else {
      return std::nullopt;
    }
  }
  return out;
}

std::string_view next_word(std::string_view& text) {
  text = trimmed(text);
  std::size_t end = std::min(text.find(' '), text.size());
  std::string_view word = text.substr(0, end);
  text = trimmed(text.substr(end));
  return word;
}

bool is_section(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789.ABCD") == std::string_view::npos;
}

class CaseReader {
 public:
  CaseReader(std::string_view name, std::string& errors) : name_(name), errors_(errors) {}

  void line(std::string_view text) {
    ++number_;
    if (text.starts_with('#')) return;
    if (text.empty()) return end();
    if (text.starts_with('>')) return bytes(text.substr(1));
    if (text.starts_with("= ")) return expected(case_.lines, text.substr(2));
    if (text.starts_with(": ")) return expected(case_.fields, text.substr(2));
    std::string_view first = next_word(text);
    if (first == "kind") return kind(text);
    if (first == "limits") return limits(text);
    if (first == "around") {
      around_.clear();
      in_around_ = true;
      return;
    }
    if (first.size() != 4 || first.find_first_not_of("0123456789") != std::string_view::npos) {
      return complain("no RFC's number");
    }
    end();
    case_.section = std::string(first).append(" ");
    std::string_view section = next_word(text);
    if (!is_section(section)) return complain("no section");
    case_.section += section;
    case_.name = text;
    case_.place = name_ + ':' + std::to_string(number_);
  }

  // An empty line, or the last one.
  void end() {
    in_around_ = false;
    if (case_.name.empty()) return;
    if (case_.lines.empty() && case_.fields.empty() && !nothing_) complain("nothing is expected");
    case_.kind = kind_;
    case_.method = method_;
    case_.limits = limits_;
    if (std::size_t at = around_.find('@'); at != std::string::npos) {
      // What follows the `@` ends the line.
      if (at + 1 != around_.size() && ended_) case_.bytes.resize(case_.bytes.size() - 2);
      case_.bytes = around_.substr(0, at) + case_.bytes + around_.substr(at + 1);
    }
    cases_.push_back(case_);
    case_ = Case();
    nothing_ = false;
  }

  std::vector<Case> cases() && { return std::move(cases_); }

 private:
  void complain(std::string_view what) {
    errors_.append(name_).append(":").append(std::to_string(number_)).append(": ").append(what).append("\n");
  }

  // Ends in CRLF unless the line ends in a backslash that escapes nothing.
  void bytes(std::string_view text) {
    if (text.starts_with(' ')) text.remove_prefix(1);
    std::size_t slashes = text.size() - std::min(text.find_last_not_of('\\') + 1, text.size());
    ended_ = slashes % 2 == 0;
    if (!ended_) text.remove_suffix(1);
    std::optional<std::string> plain = unescaped(text);
    if (!plain) return complain("a bad escape");
    if (ended_) *plain += "\r\n";
    (in_around_ ? around_ : case_.bytes) += *plain;
  }

  void expected(std::vector<std::string>& what, std::string_view text) {
    if (text == "nothing") {
      nothing_ = true;
      return;
    }
    // Repetitions are written as in the bytes; the other escapes are those of in_quotes().
    std::size_t begin = text.find("\\{");
    std::size_t end = text.find('}', begin == std::string_view::npos ? 0 : begin);
    if (begin == std::string_view::npos || end == std::string_view::npos) {
      what.emplace_back(text);
      return;
    }
    std::optional<std::string> middle = unescaped(text.substr(begin, end + 1 - begin));
    if (!middle) return complain("a bad escape");
    what.push_back(std::string(text.substr(0, begin)) + *middle + std::string(text.substr(end + 1)));
  }

  void kind(std::string_view text) {
    std::string_view word = next_word(text);
    method_ = text;
    if (word == "requests") {
      kind_ = Case::Kind::kRequests;
    } else if (word == "responses" && !text.empty()) {
      kind_ = Case::Kind::kResponses;
    } else if (word == "chunked") {
      kind_ = Case::Kind::kChunked;
    } else {
      complain("no such kind");
    }
  }

  void limits(std::string_view text) {
    std::uint64_t bytes = 0;
    std::uint64_t fields = 0;
    std::string_view first = next_word(text);
    if (!parse_decimal(first, bytes) || !parse_decimal(text, fields)) return complain("limits are two numbers");
    limits_.bytes = static_cast<std::uint32_t>(bytes);
    limits_.fields = static_cast<std::uint32_t>(fields);
  }

  std::string name_;
  std::string& errors_;
  int number_ = 0;
  Case::Kind kind_ = Case::Kind::kRequests;
  std::string method_;
  HeadLimits limits_;
  std::string around_;
  bool in_around_ = false;
  bool ended_ = true;
  bool nothing_ = false;
  Case case_;
  std::vector<Case> cases_;
};

}  // namespace

bool Case::is_refused() const {
  if (lines.empty()) return false;
  const std::string& first = lines.front();
  if (kind == Kind::kChunked) return first.ends_with(" bad");
  return first.size() > 4 && (first[0] == '4' || first[0] == '5') && first[4] != '"';
}

Messages Case::read(std::span<const std::string_view> pieces) const {
  switch (kind) {
    case Kind::kRequests: return read_requests(pieces, limits);
    case Kind::kResponses: return read_responses(pieces, method, limits);
    case Kind::kChunked: return read_chunked(pieces, 3);
  }
  return {};
}

std::vector<Case> read_cases(std::string_view name, std::string_view text, std::string& errors) {
  CaseReader reader(name, errors);
  while (!text.empty()) {
    std::size_t end = std::min(text.find('\n'), text.size());
    reader.line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  reader.end();
  return std::move(reader).cases();
}

std::vector<Case> read_corpus(const std::string& folder, std::string& errors) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".txt") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<Case> all;
  for (const std::filesystem::path& path : paths) {
    std::ifstream file(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    std::vector<Case> cases = read_cases(path.filename().string(), text, errors);
    all.insert(all.end(), cases.begin(), cases.end());
  }
  return all;
}

std::string fuzz_input(const Case& each) {
  char kind = 0;
  if (each.kind == Case::Kind::kChunked) {
    kind = 3;
  } else if (each.kind == Case::Kind::kRequests) {
    kind = each.limits.bytes == 8192 ? 4 : 7;
  } else {
    kind = static_cast<char>(each.method == "HEAD" ? 1 : each.method == "CONNECT" ? 2 : 0);
  }
  return kind + each.bytes;
}

}  // namespace net::http
