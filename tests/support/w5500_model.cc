#include "tests/support/w5500_model.h"

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

#include <gtest/gtest.h>
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

constexpr char kProgram[] = "embedded/emulator/w5500_model";

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "the model of the W5500: %s: %s\n", what, std::strerror(errno));
  std::abort();
}

}  // namespace

W5500Model& W5500Model::at(const std::string& address) {
  static std::map<std::string, std::unique_ptr<W5500Model>> all;
  std::unique_ptr<W5500Model>& model = all[address];
  if (model == nullptr) model = std::make_unique<W5500Model>(address, std::vector<std::string>());
  return *model;
}

W5500Model::W5500Model(const std::string& address, const std::vector<std::string>& options)
    : address_(address) {
  std::vector<const char*> arguments{kProgram, "--self", address.c_str(), "--listen", "127.0.0.1:0"};
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
    ::execv(kProgram, const_cast<char* const*>(arguments.data()));
    std::perror(kProgram);
    ::_exit(127);
  }
  ::close(pipe[1]);
  std::FILE* output = ::fdopen(pipe[0], "r");
  unsigned port = 0;
  if (std::fscanf(output, "listening on 127.0.0.1:%u", &port) != 1) fail("it does not start");
  port_ = static_cast<std::uint16_t>(port);
  // What else it prints may fill the pipe: nobody reads it, and node does not wait.
}

W5500Bus::W5500Bus(uv::UvLoop& loop, W5500Model& model) : UvSocket(loop) {
  int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
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

W5500Bus::~W5500Bus() {
  wake_->network = nullptr;
  wake_->left = true;
  if (!wake_->posted) delete wake_;
}

void W5500Bus::select() {
  ++frames_;
  add("select");
}

void W5500Bus::deselect() {
  add("deselect");
  // What was written counts from here on; after a reading nothing is in a hurry.
  if (std::exchange(written_, false)) flush();
}

void W5500Bus::transfer(std::span<const std::byte> sent, std::span<std::byte> received) {
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
    std::fprintf(stderr, "the model of the W5500 answers: %.*s\n", static_cast<int>(hex.size()), hex.data());
    std::abort();
  }
  auto digit = [](char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10); };
  for (std::size_t i = 0; i != size; ++i) {
    received[i] = static_cast<std::byte>(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
  }
}

void W5500Bus::reset(bool held) { order(held ? "pin reset 0" : "pin reset 1"); }

void W5500Bus::listen() {
  flush();
  listening_ = true;
  if (!high_) wake();
}

std::string W5500Bus::order(std::string_view line) {
  add(line);
  return std::string(answer());
}

void W5500Bus::add(std::string_view order) {
  out_ += order;
  out_ += '\n';
  ++outstanding_;
}

void W5500Bus::flush() {
  std::string_view rest = out_;
  while (!rest.empty()) {
    ssize_t sent = ::send(descriptor(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      rest.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      receive(false);  // it may wait for its answers to be read
    } else {
      fail("send");
    }
  }
  out_.clear();
}

std::string_view W5500Bus::answer() {
  flush();
  while (outstanding_ != 0) {
    if (!take_line(line_)) {
      if (!receive(true)) fail("it has ended");
    } else if (line_[0] == '!') {
      hear(line_);
    } else {
      --outstanding_;
    }
  }
  return line_;
}

bool W5500Bus::take_line(std::string& line) {
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

bool W5500Bus::receive(bool waits) {
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

void W5500Bus::hear(const std::string& event) {
  events_.push_back(event.substr(2));
  if (event == "! int 1") high_ = true;
  if (event == "! int 0") {
    high_ = false;
    if (listening_) wake();
  }
  // A peer's reset may come before the driver can know.
  if (event.starts_with("! violation") && !event.ends_with("while it is closed")) ADD_FAILURE() << event;
}

// Between frames: answers to what was written, and what happens by itself.
void W5500Bus::ready(unsigned) {
  if (!receive(false)) fail("it has ended");
  while (take_line(line_)) {
    if (line_[0] == '!') {
      hear(line_);
    } else {
      --outstanding_;
    }
  }
}

void W5500Bus::wake() {
  listening_ = false;
  if (std::exchange(wake_->posted, true)) return;
  loop().post(*wake_);
}

w5500::Settings W5500Board::settings(std::uint8_t number, bool addressed) {
  w5500::Settings settings;
  settings.hardware_address = {std::byte{2}, {}, {}, {}, {}, std::byte{number}};
  if (!addressed) return settings;
  settings.address = {std::byte{127}, {}, {}, std::byte{number}};
  settings.subnet = {std::byte{255}};
  return settings;
}

W5500Board::W5500Board(uv::UvLoop& loop, std::uint8_t number, bool addressed)
    : bus_(loop, W5500Model::at("127.0.0." + std::to_string(number))),
      network_(loop, bus_, settings(number, addressed)) {
  bus_.attach(&network_);
}

void W5500Board::allow_sockets(std::size_t more) {
  while (w5500::kSockets - network_.open_sockets() > more) {
    Errc code = Errc::ok;
    DatagramSocket* filler = network_.make_datagram(Family::kV4, code);
    ASSERT_EQ(code, Errc::ok);
    fillers_.push_back(filler);
  }
}

void W5500Board::allow_all_sockets() {
  for (DatagramSocket* each : std::exchange(fillers_, {})) each->close();
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
