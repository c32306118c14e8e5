// Fields: the header of a message, as it stands in the connection's buffer.
#pragma once

#include <cstddef>
#include <string_view>

namespace net::http {

struct Field {
  std::string_view name;
  std::string_view value;  // without the spaces around it
};

// The field lines of a head that has been parsed. Nothing is copied and nothing indexed: looking one up reads
// through the lines, which are few.
//
// *Lifetime*: that of the message it belongs to.
class Fields {
 public:
  Fields() = default;
  // Lines that each end in CRLF and have been checked.
  explicit Fields(std::string_view lines) : lines_(lines) {}

  // The value of the first field of that name; empty when there is none. Names do not tell capital letters from
  // small ones.
  [[nodiscard]] std::string_view get(std::string_view name) const;
  [[nodiscard]] bool contains(std::string_view name) const;
  // Whether a field that is a list has this member: `has_member("Connection", "close")`. All fields of the name
  // count as one list (RFC 9110, 5.3). What follows a `;` in a member does not count.
  [[nodiscard]] bool has_member(std::string_view name, std::string_view member) const;

  class Iterator {
   public:
    explicit Iterator(std::string_view rest) : rest_(rest) {}
    Field operator*() const;
    Iterator& operator++();
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.rest_.size() == b.rest_.size(); }

   private:
    std::string_view rest_;
  };
  [[nodiscard]] Iterator begin() const { return Iterator(lines_); }
  [[nodiscard]] Iterator end() const { return Iterator(lines_.substr(lines_.size())); }
  [[nodiscard]] bool empty() const { return lines_.empty(); }
  // The lines as they came.
  [[nodiscard]] std::string_view lines() const { return lines_; }

 private:
  std::string_view lines_;
};

}  // namespace net::http
