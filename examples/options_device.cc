// Options on a device: the defaults, or `--name value` where whoever started it gave some (an emulator does).
#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>

#include "examples/options.h"
#include "net/core/fatal.h"
#include "net/core/text.h"

namespace example {
namespace {

template <class Number>
bool set_number(Number& value, std::string_view text) {
  Number given = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), given);
  if (error != std::errc() || end != text.data() + text.size()) return false;
  value = given;
  return true;
}

bool set(std::string_view& value, const char* text) {
  value = text;
  return true;
}
bool set(std::uint16_t& value, const char* text) { return set_number(value, text); }
bool set(std::uint32_t& value, const char* text) { return set_number(value, text); }
bool set(net::Duration& value, const char* text) {
  char* end = nullptr;
  double seconds = std::strtod(text, &end);
  if (end == text || *end != '\0' || !(seconds >= 0 && seconds < 1e9)) return false;
  value = std::chrono::duration_cast<net::Duration>(std::chrono::duration<double>(seconds));
  return true;
}
bool set(net::Address& value, const char* text) {
  auto given = net::Address::parse(text);
  if (given) value = *given;
  return given.has_value();
}
bool set(HostPort& value, const char* text) {
  std::string_view all(text);
  std::size_t colon = all.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  if (!set(value.port, text + colon + 1)) return false;
  value.host = all.substr(0, colon);
  if (value.host.front() == '[' && value.host.back() == ']') value.host = value.host.substr(1, colon - 2);
  return true;
}
template <class Value>
bool set_any(void* value, const char* text) {
  return set(*static_cast<Value*>(value), text);
}

}  // namespace

class Options::Parser {
 public:
  Parser(int argc, char** argv) : argc_(argc), argv_(argv) {}

  // A flag has no `set`: it is given, or not.
  void add(const char* name, void* value, bool (*set)(void*, const char*)) {
    if (count_ != options_.size()) options_[count_++] = {name, value, set};
  }

  // The argument that is wrong, or null.
  const char* parse() {
    for (int i = 1; i < argc_; ++i) {
      Option* option = find(argv_[i]);
      if (option == nullptr) return argv_[i];
      if (option->set == nullptr) {
        *static_cast<bool*>(option->value) = true;
      } else if (i + 1 == argc_ || !option->set(option->value, argv_[++i])) {
        return option->name;
      }
    }
    return nullptr;
  }

 private:
  struct Option {
    const char* name;
    void* value;
    bool (*set)(void*, const char*);
  };

  Option* find(const char* argument) {
    for (std::size_t i = 0; i < count_; ++i) {
      const char* name = options_[i].name;
      std::size_t size = std::strcspn(name, ",");
      if (std::strlen(argument) == size && std::strncmp(name, argument, size) == 0) return &options_[i];
    }
    return nullptr;
  }

  int argc_;
  char** argv_;
  std::array<Option, 16> options_{};
  std::size_t count_ = 0;
};

Options::Options(int argc, char** argv, const char*) : parser_(new Parser(argc, argv)) {}
Options::~Options() { delete parser_; }

void Options::add(const char* name, std::string_view& value, const char*) {
  parser_->add(name, &value, set_any<std::string_view>);
}
void Options::add(const char* name, std::uint16_t& value, const char*) {
  parser_->add(name, &value, set_any<std::uint16_t>);
}
void Options::add(const char* name, std::uint32_t& value, const char*) {
  parser_->add(name, &value, set_any<std::uint32_t>);
}
void Options::add(const char* name, bool& value, const char*) { parser_->add(name, &value, nullptr); }
void Options::add(const char* name, net::Duration& value, const char*) {
  parser_->add(name, &value, set_any<net::Duration>);
}
void Options::add(const char* name, net::Address& value, const char*) {
  parser_->add(name, &value, set_any<net::Address>);
}
void Options::add(const char* name, HostPort& value, const char*) {
  parser_->add(name, &value, set_any<HostPort>);
}

bool Options::parse() {
  const char* wrong = parser_->parse();
  if (wrong == nullptr) return true;
  net::Text<160> why;
  why << wrong << ": not an option, or not its value";
  net::detail::write_line("error", why.text());
  status_ = 2;
  return false;
}

int Options::refuse(const char* why) {
  net::detail::write_line("error", why);
  return status_ = 2;
}

}  // namespace example
