// Options: what a program lets its user choose.
#pragma once

#include <cstdint>
#include <string_view>

#include "net/core/time.h"
#include "net/io/address.h"

namespace example {

// Where to connect to, by name or address.
class HostPort {
 public:
  HostPort(std::string_view host_name, std::uint16_t port_number) : host(host_name), port(port_number) {}
  std::string_view host;
  std::uint16_t port;
};

// On the desktop the command line says; a device, which has none, keeps the defaults.
//
// A variable holds its default when it is added, and what the user chose after `parse`. *Lifetime*: the
// variables outlive `parse`; texts that it sets live as long as the options.
class Options {
 public:
  Options(int argc, char** argv, const char* description);
  Options(const Options&) = delete;
  Options& operator=(const Options&) = delete;
  ~Options();

  // `name` is "--port" or "--port,-p".
  void add(const char* name, std::string_view& value, const char* help);
  void add(const char* name, std::uint16_t& value, const char* help);
  void add(const char* name, std::uint32_t& value, const char* help);
  void add(const char* name, bool& value, const char* help);           // given or not
  void add(const char* name, net::Duration& value, const char* help);  // seconds, "0.5"
  void add(const char* name, net::Address& value, const char* help);
  void add(const char* name, HostPort& value, const char* help);  // "localhost:80", "[::1]:80"

  // False if the program is to end with `status`: after --help, or after one line on wrong arguments.
  [[nodiscard]] bool parse();
  // Refuses what `parse` cannot know to be wrong: one line; gives the status to end with.
  [[nodiscard]] int refuse(const char* why);
  [[nodiscard]] int status() const { return status_; }

 private:
  class Parser;
  Parser* parser_;
  int status_ = 0;
};

}  // namespace example
