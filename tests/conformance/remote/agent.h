// Agent: does to its own sockets what a RemoteNetwork asks for. It runs wherever the library does.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>

#include "net/core/event.h"
#include "net/io/listener.h"
#include "net/io/stream.h"
#include "net/io/udp.h"
#include "tests/conformance/remote/protocol.h"
#include "tests/conformance/tasks.h"

namespace net::conformance {

class Agent {
 public:
  using Count = std::size_t (*)();
  // `control` is the connection to the user, `count` tells how many sockets the stack has open, and `connected`
  // how many of them are connected.
  Agent(Stream control, Count count, Count connected)
      : control_(std::move(control)), count_(count), connected_(connected) {}
  // Until the user hangs up. *Cancellation*: closes every socket.
  Task<> serve();

 private:
  // What is done to a socket in one direction.
  using Action = std::unique_ptr<tests::Beside<Task<>>>;
  struct Socket {
    Stream stream;
    Listener listener;
    ListenerSocket* listening = nullptr;
    UdpSocket datagrams;
    DatagramSocket* datagram = nullptr;
    Action incoming;
    Action outgoing;
  };
  struct Request {
    Verb verb{};
    std::uint32_t number = 0;
    std::string body;
  };

  Task<> handle(Request& request);
  NET_MAKES_TASK Task<> work(Socket& socket, Request request);
  Task<> close(Socket& socket);
  void answer(const Request& request, Socket* socket);
  void reply(Message message);
  void fail(const Request& request, const Error& error);
  void succeed(const Request& request);
  template <class T>
  void finish(const Request& request, const Result<T>& outcome);
  void cancel(Socket& socket, Verb verb);

  static Task<> write_replies(Agent& agent);
  static Task<> connect(Agent& agent, Socket& socket, Request request);
  static Task<> read(Agent& agent, Socket& socket, Request request);
  static Task<> write(Agent& agent, Socket& socket, Request request);
  static Task<> listen(Agent& agent, Socket& socket, Request request);
  static Task<> accept(Agent& agent, Socket& socket, Request request);
  static Task<> send(Agent& agent, Socket& socket, Request request);
  static Task<> receive(Agent& agent, Socket& socket, Request request);

  Stream control_;
  Count count_;
  Count connected_;
  std::map<std::uint32_t, std::unique_ptr<Socket>> sockets_;
  std::deque<std::string> replies_;
  Event replied_{"replies"};
};

}  // namespace net::conformance
