#include "tests/conformance/remote/connection.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <unistd.h>

namespace net::conformance {
namespace {

[[noreturn]] void give_up(const char* what) {
  std::perror(what);
  std::_Exit(1);
}

bool receive_all(int descriptor, char* to, std::size_t size) {
  while (size != 0) {
    ssize_t got = ::recv(descriptor, to, size, 0);
    if (got <= 0) return false;
    to += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

}  // namespace

Connection::Connection(const Endpoint& agent) : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(agent.port());
  std::memcpy(&to.sin_addr, agent.address().bytes().data(), sizeof to.sin_addr);
  if (::connect(descriptor_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) give_up("connect to the agent");
  int on = 1;
  ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  thread_ = std::thread([this] { receive(); });
}

Connection::~Connection() {
  ended_ = true;
  ::shutdown(descriptor_, SHUT_RDWR);
  thread_.join();
  ::close(descriptor_);
}

void Connection::attach(Loop* loop) {
  std::lock_guard lock(mutex_);
  loop_ = loop;
  replies_.clear();
}

std::uint32_t Connection::add(Hearer& hearer) {
  hearers_[++last_] = &hearer;
  return last_;
}

void Connection::tell(Message& message) {
  std::string_view rest = message.finish();
  while (!rest.empty()) {
    ssize_t sent = ::send(descriptor_, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent < 0) give_up("send to the agent");
    rest.remove_prefix(static_cast<std::size_t>(sent));
  }
}

Reply Connection::ask(Verb verb, std::uint32_t socket, Message& message) {
  tell(message);
  std::unique_lock lock(mutex_);
  for (;;) {
    for (auto each = replies_.begin(); each != replies_.end(); ++each) {
      if (each->verb != verb || each->socket != socket) continue;
      Reply reply = std::move(*each);
      replies_.erase(each);
      return reply;
    }
    heard_.wait(lock);
  }
}

void Connection::receive() {
  char header[kHeader];
  while (receive_all(descriptor_, header, sizeof header)) {
    Parser parser(std::string_view(header, sizeof header));
    std::string body(static_cast<std::size_t>(parser.number(4)), '\0');
    Reply reply;
    reply.verb = static_cast<Verb>(parser.number(1));
    reply.socket = static_cast<std::uint32_t>(parser.number(4));
    if (!receive_all(descriptor_, body.data(), body.size())) break;
    Parser outcome(body);
    reply.code = static_cast<Errc>(outcome.number(1));
    reply.native = static_cast<int>(static_cast<std::uint32_t>(outcome.number(4)));
    reply.result = outcome.rest();
    std::lock_guard lock(mutex_);
    replies_.push_back(std::move(reply));
    heard_.notify_all();
    if (loop_ != nullptr && !posted_) {
      posted_ = true;
      loop_->post(*this);
    }
  }
  if (!ended_) {
    std::fputs("the agent has hung up\n", stderr);
    std::_Exit(1);
  }
}

void Connection::run() {
  std::deque<Reply> replies;
  {
    std::lock_guard lock(mutex_);
    posted_ = false;
    replies.swap(replies_);
  }
  for (Reply& reply : replies) {
    if (auto found = hearers_.find(reply.socket); found != hearers_.end()) found->second->hear(reply);
  }
}

void Connection::dropped() {
  std::lock_guard lock(mutex_);
  posted_ = false;
}

}  // namespace net::conformance
