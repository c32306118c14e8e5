// The hosts that tests of the examples in virtual time have: one or two that an example's server runs on, and
// those that the test asks it from. Included by one source file of a program, as tests/support/examples.h is.
#pragma once

#include <chrono>
#include <cstdlib>
#include <functional>

#include <gtest/gtest.h>

#include "net/core/text.h"
#include "net/sim/simulation.h"
#include "tests/sim/time_server.h"
#include "tests/support/examples.h"

namespace net::sim {

inline constexpr std::uint16_t kPort = 5000;

// How many outcomes of all seeds were good ones: a test of failures alone, or one of failures without any,
// would show nothing. One seed alone may have either.
class Tally {
 public:
  void add(const Result<>& outcome) { (outcome ? succeeded_ : failed_) += 1; }
  // More than so many to one.
  void expect(int ratio) const {
    if (of_one_seed()) return;
    EXPECT_GT(succeeded_, ratio * failed_);
  }
  void expect_both() const {
    if (of_one_seed()) return;
    EXPECT_GT(succeeded_, 0);
    EXPECT_GT(failed_, 0);
  }

 private:
  static bool of_one_seed() { return std::getenv("EDDY_SIM_SEED") != nullptr; }

  int succeeded_ = 0;
  int failed_ = 0;
};

// A server and a client.
class Pair {
 public:
  explicit Pair(Simulation& world) : server(world.add("server")), client(world.add("client")) {}

  [[nodiscard]] Endpoint to() const { return Endpoint(server.address(), kPort); }

  Host& server;
  Host& client;
};

class TcpEchoHosts : public Pair {
 public:
  explicit TcpEchoHosts(Simulation& world) : Pair(world) { server.start(tcp_echo_server::serve, "", kPort); }
};

class UdpEchoHosts : public Pair {
 public:
  explicit UdpEchoHosts(Simulation& world) : Pair(world) { server.start(udp_echo_server::serve, "", kPort); }
};

class TimeHosts : public Pair {
 public:
  explicit TimeHosts(Simulation& world) : Pair(world) {
    server.start(tell_time);
    name << server.address();
  }

  Text<64> name;
};

// An echo server behind a forwarder.
class ForwarderHosts {
 public:
  // `timeout`: of the forwarder's connections.
  explicit ForwarderHosts(Simulation& world, Duration timeout = std::chrono::seconds(5))
      : server(world.add("server")), forwarder(world.add("forwarder")), client(world.add("client")) {
    name_ << server.address();
    settings_.port = kPort;
    settings_.timeout = timeout;
    settings_.to = example::HostPort(name_.text(), kPort);
    server.start(tcp_echo_server::serve, "", kPort);
    forwarder.start(port_forwarder::serve, std::cref(settings_));
  }
  ForwarderHosts(const ForwarderHosts&) = delete;
  ForwarderHosts& operator=(const ForwarderHosts&) = delete;

  [[nodiscard]] Endpoint to() const { return Endpoint(forwarder.address(), kPort); }

  Host& server;
  Host& forwarder;
  Host& client;

 private:
  Text<64> name_;
  port_forwarder::Settings settings_;
};

// A chat room, one who speaks there, and one who listens.
class ChatHosts {
 public:
  explicit ChatHosts(Simulation& world)
      : server(world.add("server")), speaker(world.add("speaker")), hearer(world.add("hearer")) {
    server.start(chat_server::serve, "", kPort);
  }

  [[nodiscard]] Endpoint room() const { return Endpoint(server.address(), kPort); }

  Host& server;
  Host& speaker;
  Host& hearer;
};

}  // namespace net::sim
