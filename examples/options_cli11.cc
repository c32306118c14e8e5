#include <charconv>
#include <cstdio>
#include <deque>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "examples/options.h"

namespace example {
namespace {

constexpr double kLongest = 1e9;  // seconds

std::string seconds_text(net::Duration duration) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", std::chrono::duration<double>(duration).count());
  return text;
}

// The host without brackets, and the port after the last colon.
std::optional<HostPort> split(std::string_view text) {
  std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  std::string_view digits = text.substr(colon + 1);
  std::uint16_t port = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  if (host.size() > 1 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  if (host.empty()) return std::nullopt;
  return HostPort(host, port);
}

}  // namespace

class Options::Parser {
 public:
  Parser(int argc, char** argv, const char* description) : argc_(argc), argv_(argv), app_(description) {}

  // An option whose text `take` understands, or not.
  template <class Take>
  void add(const char* name, const char* kind, const std::string& fallback, const char* help, Take take) {
    auto call = [this, name, kind, take](const std::string& text) {
      texts_.push_back(text);
      if (!take(std::string_view(texts_.back())))
        throw CLI::ValidationError(name, "not " + said(kind) + ": " + text);
    };
    app_.add_option_function<std::string>(name, call, help)->type_name(kind)->default_str(fallback);
  }
  template <class Number>
  void add_number(const char* name, Number& value, const char* help) {
    add(name, "NUMBER", std::to_string(value), help, [&value](std::string_view text) {
      auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
      return error == std::errc() && end == text.data() + text.size();
    });
  }
  void add_flag(const char* name, bool& value, const char* help) { app_.add_flag(name, value, help); }

  static int refuse(const char* why) {
    std::fprintf(stderr, "error: %s (--help tells the options)\n", why);
    return 2;
  }
  // The status to end with, or nothing.
  std::optional<int> parse() {
    try {
      app_.parse(argc_, argv_);
      return std::nullopt;
    } catch (const CLI::CallForHelp&) {
      std::fputs(app_.help().c_str(), stdout);
      return 0;
    } catch (const CLI::ParseError& error) {
      return refuse(error.what());
    }
  }

 private:
  static std::string said(std::string_view kind) {
    if (kind == "NUMBER") return "a number in range";
    if (kind == "SECONDS") return "a number of seconds";
    if (kind == "ADDRESS") return "an address";
    return std::string(kind);
  }

  int argc_;
  char** argv_;
  CLI::App app_;
  std::deque<std::string> texts_;  // what views refer to
};

Options::Options(int argc, char** argv, const char* description)
    : parser_(new Parser(argc, argv, description)) {}
Options::~Options() { delete parser_; }

void Options::add(const char* name, std::string_view& value, const char* help) {
  parser_->add(name, "TEXT", std::string(value), help, [&value](std::string_view text) {
    value = text;
    return true;
  });
}

void Options::add(const char* name, std::uint16_t& value, const char* help) {
  parser_->add_number(name, value, help);
}

void Options::add(const char* name, std::uint32_t& value, const char* help) {
  parser_->add_number(name, value, help);
}

void Options::add(const char* name, bool& value, const char* help) { parser_->add_flag(name, value, help); }

void Options::add(const char* name, net::Duration& value, const char* help) {
  parser_->add(name, "SECONDS", seconds_text(value), help, [&value](std::string_view text) {
    double seconds = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc() || end != text.data() + text.size()) return false;
    if (!(seconds >= 0 && seconds <= kLongest)) return false;  // nor NaN
    value = std::chrono::duration_cast<net::Duration>(std::chrono::duration<double>(seconds));
    return true;
  });
}

void Options::add(const char* name, net::Address& value, const char* help) {
  parser_->add(name, "ADDRESS", value.to_string(), help, [&value](std::string_view text) {
    std::optional<net::Address> address = net::Address::parse(text);
    if (address) value = *address;
    return address.has_value();
  });
}

void Options::add(const char* name, HostPort& value, const char* help) {
  std::string fallback = std::string(value.host) + ':' + std::to_string(value.port);
  parser_->add(name, "HOST:PORT", fallback, help, [&value](std::string_view text) {
    std::optional<HostPort> both = split(text);
    if (both) value = *both;
    return both.has_value();
  });
}

bool Options::parse() {
  std::optional<int> status = parser_->parse();
  status_ = status.value_or(0);
  return !status.has_value();
}

int Options::refuse(const char* why) { return status_ = Parser::refuse(why); }

}  // namespace example
