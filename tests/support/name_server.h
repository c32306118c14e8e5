// A name server for tests: it knows what it is told, and can be told to misbehave.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "net/core/task.h"
#include "net/io/address.h"
#include "net/io/listener.h"
#include "net/io/socket.h"
#include "net/io/udp.h"

namespace net::tests {

// What is known of names. A name that is not does not exist.
class Zone {
 public:
  using Message = std::vector<std::byte>;
  static constexpr std::size_t kUdp = 512;  // RFC 1035, 4.2.1
  static constexpr std::size_t kTcp = 65535;

  void set(std::string_view host, std::vector<Address> v6, std::vector<Address> v4);
  void set_alias(std::string_view host, std::string_view of);
  // It is answered that the server has failed (SERVFAIL).
  void set_failing(std::string_view host) { hosts_[std::string(host)].fails = true; }
  // It is not answered.
  void set_silent(std::string_view host, Family family, bool silent = true);
  void end_silence();

  // The answer to a query; empty where there is none. A longer one than `limit` is truncated (TC), to nothing.
  [[nodiscard]] Message answer(Bytes query, std::size_t limit) const;

 private:
  struct Host {
    std::vector<Address> v6;
    std::vector<Address> v4;
    std::string alias;
    bool fails = false;
    bool silent_v6 = false;
    bool silent_v4 = false;
  };
  std::map<std::string, Host, std::less<>> hosts_;
};

// Answers on both until it is cancelled.
Task<> serve_names(const Zone& zone, UdpSocket& udp, Listener& tcp);
// Opens both on a port of all addresses, and answers.
Task<> serve_names_on(const Zone& zone, std::uint16_t port);

}  // namespace net::tests
