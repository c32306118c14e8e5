// Crowd: clients in a process of their own.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <gtest/gtest.h>
#include <unistd.h>

#include "net/core/task.h"
#include "tests/conformance/tasks.h"

namespace net::uv {

// As many descriptors as the system allows.
inline std::size_t raise_file_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 40'000);
  ::setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

// Neither a limit of descriptors nor what is measured here counts their ends. It is made while there is one
// thread.
class Crowd {
 public:
  // Each says something, and is to be told what begins and ends so. *Lifetime*: the texts are static.
  Crowd(std::string_view says, std::string_view begins, std::string_view ends)
      : says_(says), begins_(begins), ends_(ends) {
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair_.data()), 0);
    child_ = ::fork();
    if (child_ == 0) {
      ::close(pair_[0]);
      obey(pair_[1]);
    }
    ::close(pair_[1]);
  }
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;
  ~Crowd() {
    ::close(pair_[0]);
    ::waitpid(child_, nullptr, 0);
  }

  // So many more connect and have one answer each. 0 of them: those that there are ask again, some of them.
  // Gives how many were answered rightly.
  Task<std::uint32_t> ask(std::uint16_t port, std::uint32_t count) {
    Order order{count, port};
    EXPECT_EQ(::send(pair_[0], &order, sizeof order, MSG_NOSIGNAL), static_cast<ssize_t>(sizeof order));
    std::uint32_t answered = 0;
    bool told = false;
    co_await tests::eventually([&] {
      ssize_t size = ::recv(pair_[0], &answered, sizeof answered, MSG_DONTWAIT);
      told = size == sizeof answered;
      return told || size == 0;
    });
    EXPECT_TRUE(told) << "the clients' process has ended";
    co_return answered;
  }

 private:
  struct Order {
    std::uint32_t count;
    std::uint16_t port;
  };

  // In the other process: until this one closes its end.
  [[noreturn]] void obey(int parent) const {
    raise_file_limit();
    std::vector<int> clients;
    for (Order order{}; ::recv(parent, &order, sizeof order, MSG_WAITALL) == sizeof order;) {
      std::uint32_t answered = 0;
      for (std::uint32_t i = 0; i != order.count; ++i) {
        clients.push_back(connected(order.port));
        answered += is_answered(clients.back()) ? 1U : 0U;
      }
      for (std::size_t i = 0; order.count == 0 && i < clients.size(); i += 1 + i % 97) {
        answered += is_answered(clients[i]) ? 1U : 0U;
      }
      ::send(parent, &answered, sizeof answered, MSG_NOSIGNAL);
    }
    ::_exit(0);
  }
  static int connected(std::uint16_t port) {
    int client = ::socket(AF_INET, SOCK_STREAM, 0);
    timeval patience{60, 0};
    ::setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    static_cast<void>(::connect(client, reinterpret_cast<const sockaddr*>(&to), sizeof to));
    return client;
  }
  [[nodiscard]] bool is_answered(int client) const {
    if (::send(client, says_.data(), says_.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(says_.size()))
      return false;
    std::array<char, 1024> buffer;
    std::size_t size = 0;
    while (!std::string_view(buffer.data(), size).ends_with(ends_)) {
      ssize_t count = ::recv(client, buffer.data() + size, buffer.size() - size, 0);
      if (count <= 0) return false;
      size += static_cast<std::size_t>(count);
    }
    return std::string_view(buffer.data(), size).starts_with(begins_);
  }

  std::string_view says_;
  std::string_view begins_;
  std::string_view ends_;
  std::array<int, 2> pair_{};
  pid_t child_ = 0;
};

}  // namespace net::uv
