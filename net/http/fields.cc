#include "net/http/fields.h"

#include "net/http/syntax.h"

namespace net::http {
namespace {

std::string_view first_line(std::string_view lines) { return lines.substr(0, lines.find('\n')); }
std::string_view after_line(std::string_view lines, std::size_t length) {
  return lines.substr(length < lines.size() ? length + 1 : length);
}

// Whether the line is of that name, which is followed by a colon.
bool is_named(std::string_view line, std::string_view name) {
  return line.size() > name.size() && line[name.size()] == ':' &&
         same_ignoring_case(line.substr(0, name.size()), name);
}

// What follows the colon, without the CR.
std::string_view value_of(std::string_view line, std::size_t name_size) {
  line.remove_prefix(name_size + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return trimmed(line);
}

}  // namespace

std::string_view Fields::get(std::string_view name) const {
  for (std::string_view rest = lines_; !rest.empty();) {
    std::string_view line = first_line(rest);
    if (is_named(line, name)) return value_of(line, name.size());
    rest = after_line(rest, line.size());
  }
  return {};
}

bool Fields::contains(std::string_view name) const {
  for (std::string_view rest = lines_; !rest.empty();) {
    std::string_view line = first_line(rest);
    if (is_named(line, name)) return true;
    rest = after_line(rest, line.size());
  }
  return false;
}

bool Fields::has_member(std::string_view name, std::string_view wanted) const {
  for (std::string_view rest = lines_; !rest.empty();) {
    std::string_view line = first_line(rest);
    if (is_named(line, name)) {
      std::string_view list = value_of(line, name.size());
      std::string_view member;
      while (next_member(list, member)) {
        if (same_ignoring_case(trimmed(member.substr(0, member.find(';'))), wanted)) return true;
      }
    }
    rest = after_line(rest, line.size());
  }
  return false;
}

Field Fields::Iterator::operator*() const {
  std::string_view line = first_line(rest_);
  std::size_t colon = line.find(':');
  return {line.substr(0, colon), value_of(line, colon)};
}

Fields::Iterator& Fields::Iterator::operator++() {
  rest_ = after_line(rest_, first_line(rest_).size());
  return *this;
}

}  // namespace net::http
