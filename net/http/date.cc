#include "net/http/date.h"

#include <algorithm>
#include <chrono>

#include "net/http/syntax.h"

namespace net::http {
namespace {

constexpr std::string_view kDays = "SunMonTueWedThuFriSat";
constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
constexpr std::int64_t kDay = 86400;

// The place of a name of three letters in a list of them, or -1.
int place_of(std::string_view list, std::string_view name) {
  std::size_t at = list.find(name);
  return name.size() == 3 && at != std::string_view::npos && at % 3 == 0 ? static_cast<int>(at / 3) : -1;
}

// Reads `size` digits off the front; a space counts as a leading zero where the form pads with one.
bool take_number(std::string_view& text, std::size_t size, unsigned& number, bool padded = false) {
  if (text.size() < size) return false;
  number = 0;
  for (char c : text.substr(0, size)) {
    if (padded && c == ' ' && number == 0) continue;
    if (c < '0' || c > '9') return false;
    number = number * 10 + static_cast<unsigned>(c - '0');
  }
  text.remove_prefix(size);
  return true;
}
bool take(std::string_view& text, std::string_view expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(expected.size());
  return true;
}
bool take_month(std::string_view& text, unsigned& month) {
  int place = place_of(kMonths, text.substr(0, 3));
  if (place < 0) return false;
  month = static_cast<unsigned>(place) + 1;
  text.remove_prefix(3);
  return true;
}
bool take_time(std::string_view& text, std::int64_t& seconds) {
  unsigned hour = 0;
  unsigned minute = 0;
  unsigned second = 0;
  if (!take_number(text, 2, hour) || !take(text, ":") || !take_number(text, 2, minute) || !take(text, ":") ||
      !take_number(text, 2, second)) {
    return false;
  }
  seconds = hour * 3600 + minute * 60 + second;
  return hour < 24 && minute < 60 && second <= 60;  // a leap second
}

bool make(unsigned year, unsigned month, unsigned day, std::int64_t time, std::int64_t& seconds) {
  std::chrono::year_month_day date{std::chrono::year(static_cast<int>(year)), std::chrono::month(month),
                                   std::chrono::day(day)};
  if (!date.ok()) return false;
  seconds = std::chrono::sys_days(date).time_since_epoch().count() * kDay + time;
  return true;
}

// "06 Nov 1994 08:49:37 GMT", after the name of the day.
bool parse_preferred(std::string_view text, std::int64_t& seconds) {
  unsigned day = 0;
  unsigned month = 0;
  unsigned year = 0;
  std::int64_t time = 0;
  return take_number(text, 2, day) && take(text, " ") && take_month(text, month) && take(text, " ") &&
         take_number(text, 4, year) && take(text, " ") && take_time(text, time) && text == " GMT" &&
         make(year, month, day, time, seconds);
}

// "06-Nov-94 08:49:37 GMT". RFC 9110, 5.6.7: fifty years ahead is the past; without a clock at hand the years
// from 70 on are of the twentieth century.
bool parse_rfc850(std::string_view text, std::int64_t& seconds) {
  unsigned day = 0;
  unsigned month = 0;
  unsigned year = 0;
  std::int64_t time = 0;
  return take_number(text, 2, day) && take(text, "-") && take_month(text, month) && take(text, "-") &&
         take_number(text, 2, year) && take(text, " ") && take_time(text, time) && text == " GMT" &&
         make(year < 70 ? 2000 + year : 1900 + year, month, day, time, seconds);
}

// "Nov  6 08:49:37 1994", of asctime().
bool parse_asctime(std::string_view text, std::int64_t& seconds) {
  unsigned day = 0;
  unsigned month = 0;
  unsigned year = 0;
  std::int64_t time = 0;
  return take_month(text, month) && take(text, " ") && take_number(text, 2, day, true) && take(text, " ") &&
         take_time(text, time) && take(text, " ") && take_number(text, 4, year) && text.empty() &&
         make(year, month, day, time, seconds);
}

void put(char* at, unsigned number, int digits) {
  for (int i = digits - 1; i >= 0; --i, number /= 10) at[i] = static_cast<char>('0' + number % 10);
}

}  // namespace

std::array<char, kDateSize> format_date(std::int64_t seconds) {
  std::array<char, kDateSize> text;
  std::int64_t days = seconds / kDay - (seconds % kDay < 0 ? 1 : 0);
  auto time = static_cast<unsigned>(seconds - days * kDay);
  std::chrono::sys_days date{std::chrono::days(days)};
  std::chrono::year_month_day calendar(date);
  constexpr std::string_view kForm = "Sun, 00 Jan 0000 00:00:00 GMT";
  std::copy(kForm.begin(), kForm.end(), text.begin());
  kDays.copy(text.data(), 3, std::chrono::weekday(date).c_encoding() * std::size_t{3});
  put(text.data() + 5, unsigned(calendar.day()), 2);
  kMonths.copy(text.data() + 8, 3, (unsigned(calendar.month()) - 1) * std::size_t{3});
  put(text.data() + 12, static_cast<unsigned>(int(calendar.year())), 4);
  put(text.data() + 17, time / 3600, 2);
  put(text.data() + 20, time / 60 % 60, 2);
  put(text.data() + 23, time % 60, 2);
  return text;
}

bool parse_date(std::string_view text, std::int64_t& seconds) {
  if (text.size() > 3 && text[3] == ' ') {
    return place_of(kDays, text.substr(0, 3)) >= 0 && parse_asctime(text.substr(4), seconds);
  }
  std::size_t comma = text.find(", ");
  if (comma == std::string_view::npos || place_of(kDays, text.substr(0, 3)) < 0) return false;
  std::string_view rest = text.substr(comma + 2);
  if (comma == 3) return parse_preferred(rest, seconds);
  return comma <= 9 && text.substr(0, comma).ends_with("day") && parse_rfc850(rest, seconds);
}

}  // namespace net::http
