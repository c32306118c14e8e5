// Connection: to an agent. A thread reads what it says; what is waited for on the spot is taken by `ask`, the
// rest is handed to the sockets on their loop.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "net/core/loop.h"
#include "tests/conformance/remote/protocol.h"

namespace net::conformance {

// Of an agent.
class Reply {
 public:
  Verb verb{};
  std::uint32_t socket = 0;
  Errc code = Errc::ok;
  int native = 0;
  std::string result;
};

// Who hears of the replies for one socket, on the loop's thread.
class Hearer {
 public:
  virtual void hear(Reply& reply) = 0;

 protected:
  ~Hearer() = default;
};

class Connection final : private Posted {
 public:
  // To an agent's port at an IPv4 address. The program ends with a message if nobody is there, and when the
  // agent hangs up early.
  explicit Connection(const Endpoint& agent);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  // Replies reach their sockets through this loop, or none: then they are dropped.
  void attach(Loop* loop);

  std::uint32_t add(Hearer& hearer);
  void remove(std::uint32_t socket) { hearers_.erase(socket); }

  void tell(Message& message);
  // Waits for the answer, and the loop with it.
  Reply ask(Verb verb, std::uint32_t socket, Message& message);

 private:
  void run() override;
  void dropped() override;
  void receive();

  int descriptor_;
  std::map<std::uint32_t, Hearer*> hearers_;
  std::uint32_t last_ = 0;

  std::mutex mutex_;
  std::condition_variable heard_;
  std::deque<Reply> replies_;  // and the rest under the mutex
  Loop* loop_ = nullptr;
  bool posted_ = false;

  std::atomic<bool> ended_{false};
  std::thread thread_;
};

}  // namespace net::conformance
