#include "tests/support/model_wire.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <poll.h>
#include <unistd.h>

namespace net::tests {
namespace {

bool is_free(std::uint16_t port) {
  for (int type : {SOCK_STREAM, SOCK_DGRAM}) {
    int socket = ::socket(AF_INET, type | SOCK_CLOEXEC, 0);
    if (socket < 0) return true;  // without a descriptor nobody knows
    sockaddr_in any{};
    any.sin_family = AF_INET;
    any.sin_port = htons(port);
    bool bound = ::bind(socket, reinterpret_cast<sockaddr*>(&any), sizeof any) == 0;
    ::close(socket);
    if (!bound) return false;
  }
  return true;
}

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "the model of a chip: %s: %s\n", what, std::strerror(errno));
  std::abort();
}

}  // namespace

ModelProcess& ModelProcess::at(const std::string& kind, const std::string& address,
                               const std::vector<std::string>& options) {
  static std::map<std::string, std::unique_ptr<ModelProcess>> all;
  std::unique_ptr<ModelProcess>& model = all[kind + " " + address];
  if (model == nullptr) model = std::make_unique<ModelProcess>(kind, address, options);
  return *model;
}

ModelProcess::ModelProcess(const std::string& kind, const std::string& address,
                           const std::vector<std::string>& options)
    : address_(address) {
  std::string program = "embedded/emulator/" + kind + "_model";
  std::vector<const char*> arguments{program.c_str(), "--self", address.c_str(), "--listen", "127.0.0.1:0"};
  for (const std::string& each : options) arguments.push_back(each.c_str());
  arguments.push_back(nullptr);
  int pipe[2];
  if (::pipe(pipe) != 0) fail("pipe");
  pid_t parent = ::getpid();
  pid_t child = ::fork();
  if (child < 0) fail("fork");
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(1);
    ::dup2(pipe[1], STDOUT_FILENO);
    ::close(pipe[0]);
    ::close(pipe[1]);
    ::execv(program.c_str(), const_cast<char* const*>(arguments.data()));
    std::perror(program.c_str());
    ::_exit(127);
  }
  ::close(pipe[1]);
  std::string line;
  for (char each = 0; ::read(pipe[0], &each, 1) == 1 && each != '\n';) line += each;
  unsigned port = 0;
  if (std::sscanf(line.c_str(), "listening on 127.0.0.1:%u", &port) != 1) fail("it does not start");
  port_ = static_cast<std::uint16_t>(port);
  // What else it prints may fill the pipe: nobody reads it, and node does not wait.
}

ModelWire::ModelWire(uv::UvLoop& loop, const ModelProcess& model) : UvSocket(loop) {
  int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) fail("socket");
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(model.port());
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(socket, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) fail("connect");
  set_descriptor(socket);
  if (arm(kReadable) != Errc::ok) fail("poll");
}

ModelWire::~ModelWire() {
  wake_->poll = nullptr;
  wake_->left = true;
  if (!wake_->posted) delete wake_;
}

void ModelWire::select() {
  ++frames_;
  add("select");
}

void ModelWire::deselect() {
  add("deselect");
  // What was written counts from here on; after a reading nothing is in a hurry.
  if (std::exchange(written_, false)) flush();
}

void ModelWire::transfer(std::span<const std::byte> sent, std::span<std::byte> received) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::size_t size = sent.empty() ? received.size() : sent.size();
  out_ += "transfer ";
  for (std::size_t i = 0; i != size; ++i) {
    unsigned byte = sent.empty() ? 0 : std::to_integer<unsigned>(sent[i]);
    out_ += kDigits[byte >> 4];
    out_ += kDigits[byte & 0xF];
  }
  out_ += '\n';
  ++outstanding_;
  written_ = received.empty();
  if (received.empty()) return;
  std::string_view hex = answer();
  if (hex.size() != 2 * size) {
    std::fprintf(stderr, "the model answers: %.*s\n", static_cast<int>(hex.size()), hex.data());
    std::abort();
  }
  auto digit = [](char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10); };
  for (std::size_t i = 0; i != size; ++i) {
    received[i] = static_cast<std::byte>(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
  }
}

std::string ModelWire::order(std::string_view line) {
  add(line);
  return std::string(answer());
}

void ModelWire::add(std::string_view order) {
  out_ += order;
  out_ += '\n';
  ++outstanding_;
}

void ModelWire::flush() {
  std::string_view rest = out_;
  while (!rest.empty()) {
    ssize_t sent = ::send(descriptor(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      receive(false);  // it may wait for its answers to be read
    } else {
      fail("send");
    }
  }
  out_.clear();
}

std::string_view ModelWire::answer() {
  flush();
  while (outstanding_ != 0) {
    if (!take_line(line_)) {
      if (!receive(true)) fail("it has ended");
    } else if (line_[0] == '!') {
      note(line_);
    } else {
      --outstanding_;
    }
  }
  // What came with it: nothing more may come that would have the loop look.
  std::string event;
  while (take_line(event)) note(event);
  return line_;
}

bool ModelWire::take_line(std::string& line) {
  std::size_t end = in_.find('\n', read_);
  if (end == std::string::npos) return false;
  line.assign(in_, read_, end - read_);
  read_ = end + 1;
  if (read_ == in_.size()) {
    in_.clear();
    read_ = 0;
  }
  return true;
}

bool ModelWire::receive(bool waits) {
  char buffer[16384];
  for (;;) {
    ssize_t size = ::recv(descriptor(), buffer, sizeof buffer, 0);
    if (size > 0) {
      in_.append(buffer, static_cast<std::size_t>(size));
      return true;
    }
    if (size == 0 || errno != EAGAIN) return false;
    if (!waits) return true;
    pollfd readable{descriptor(), POLLIN, 0};
    ::poll(&readable, 1, -1);
  }
}

void ModelWire::note(const std::string& event) {
  events_.push_back(event.substr(2));
  hear(event);
}

// Between frames: answers to what was written, and what happens by itself.
void ModelWire::ready(unsigned) {
  if (!receive(false)) fail("it has ended");
  while (take_line(line_)) {
    if (line_[0] == '!') {
      note(line_);
    } else {
      --outstanding_;
    }
  }
}

void ModelWire::wake() {
  if (std::exchange(wake_->posted, true)) return;
  loop().post(*wake_);
}

}  // namespace net::tests

// The chip does not know which ports of this computer are free. These are beyond those that the kernel gives to
// others by itself.
extern "C" unsigned int net_offload_random() {
  constexpr unsigned kFirst = 61000;
  constexpr unsigned kLast = 65535;
  static unsigned next = kFirst + static_cast<unsigned>(::getpid()) % (kLast - kFirst);
  do {
    next = next == kLast ? kFirst : next + 1;
  } while (!net::tests::is_free(static_cast<std::uint16_t>(next)));
  return next;
}
