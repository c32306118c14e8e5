#include "net/http/conditions.h"

#include "net/http/date.h"
#include "net/http/syntax.h"

namespace net::http {
namespace {

std::string_view without_weakness(std::string_view etag) {
  return etag.starts_with("W/") ? etag.substr(2) : etag;
}

// RFC 9110, 8.8.3.2: the strong comparison takes no weak ones.
bool same_etag(std::string_view a, std::string_view b, bool strong) {
  if (strong && (a.starts_with("W/") || b.starts_with("W/"))) return false;
  return without_weakness(a) == without_weakness(b);
}

// Whether a list of entity tags has the current one. Tags may contain commas, so quotes are looked at.
bool lists_etag(std::string_view list, std::string_view etag, bool strong) {
  if (list == "*") return true;
  while (!list.empty()) {
    std::size_t open = list.find('"');
    if (open == std::string_view::npos) return false;
    std::size_t close = list.find('"', open + 1);
    if (close == std::string_view::npos) return false;
    std::size_t begin = open >= 2 && list.substr(open - 2, 2) == "W/" ? open - 2 : open;
    if (!etag.empty() && same_etag(list.substr(begin, close + 1 - begin), etag, strong)) return true;
    list.remove_prefix(close + 1);
  }
  return false;
}

// Whether it was not changed after a date; false for a date that is none.
bool unchanged_since(std::string_view date, std::int64_t modified) {
  std::int64_t since = 0;
  return modified != Validators::kUnknown && parse_date(date, since) && modified <= since;
}

// A weight of "0", "0.0" … (RFC 9110, 12.4.2).
bool is_zero_weight(std::string_view parameters) {
  for (;;) {
    std::size_t semicolon = parameters.find(';');
    std::string_view one = trimmed(parameters.substr(0, semicolon));
    if (one.size() > 2 && (one[0] == 'q' || one[0] == 'Q') && one[1] == '=') {
      return one.find_first_not_of("0.", 2) == std::string_view::npos;
    }
    if (semicolon == std::string_view::npos) return false;
    parameters.remove_prefix(semicolon + 1);
  }
}

}  // namespace

int evaluate_conditions(std::string_view method, Fields fields, const Validators& current) {
  std::string_view match = fields.get("If-Match");
  if (!match.empty()) {
    if (!lists_etag(match, current.etag, true)) return 412;
  } else if (std::string_view date = fields.get("If-Unmodified-Since"); !date.empty()) {
    std::int64_t since = 0;
    if (parse_date(date, since) && !unchanged_since(date, current.modified)) return 412;
  }
  bool reads = method == "GET" || method == "HEAD";
  std::string_view none_match = fields.get("If-None-Match");
  if (!none_match.empty()) {
    if (lists_etag(none_match, current.etag, false)) return reads ? 304 : 412;
  } else if (reads && unchanged_since(fields.get("If-Modified-Since"), current.modified)) {
    return 304;
  }
  return 200;
}

bool if_range_holds(Fields fields, const Validators& current) {
  std::string_view value = fields.get("If-Range");
  if (value.empty()) return true;
  if (value.ends_with('"')) return !current.etag.empty() && same_etag(value, current.etag, true);
  std::int64_t date = 0;
  return parse_date(value, date) && date == current.modified;
}

bool may_have_conditions(Fields fields) {
  auto begins_one = [](char c) { return c == 'I' || c == 'i' || c == 'R' || c == 'r'; };  // If-…, Range
  std::string_view lines = fields.lines();
  while (!lines.empty()) {
    if (begins_one(lines.front())) return true;
    std::size_t end = lines.find('\n');
    if (end == std::string_view::npos) return false;
    lines.remove_prefix(end + 1);
  }
  return false;
}

bool accepts_coding(Fields fields, std::string_view coding) {
  bool any = false;
  for (Field field : fields) {
    if (!same_ignoring_case(field.name, "accept-encoding")) continue;
    std::string_view list = field.value;
    std::string_view member;
    while (next_member(list, member)) {
      std::size_t semicolon = member.find(';');
      std::string_view name = trimmed(member.substr(0, semicolon));
      bool refused = semicolon != std::string_view::npos && is_zero_weight(member.substr(semicolon + 1));
      if (same_ignoring_case(name, coding)) return !refused;
      if (name == "*") any = !refused;
    }
  }
  return any;
}

}  // namespace net::http
