// The model of a W5500 (embedded/emulator/w5500) as a process of its own, and the bus that leads to it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "embedded/offload/bus.h"
#include "embedded/offload/w5500/network.h"
#include "net/core/loop.h"
#include "net/uv/socket.h"

namespace net::tests {

// A chip that is a host of its own on this computer, at an address of 127.0.0.0/8. Its process ends with the
// test's.
class W5500Model {
 public:
  // The one at this address, which is started when it is first asked for. *Errors*: end the program.
  static W5500Model& at(const std::string& address);
  // Another one, with further options (embedded/emulator/w5500/README.md).
  W5500Model(const std::string& address, const std::vector<std::string>& options);

  [[nodiscard]] const std::string& address() const { return address_; }
  // Of 127.0.0.1: where it takes orders.
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  std::string address_;
  std::uint16_t port_ = 0;
};

// *Lifetime*: of the loop. What the driver does that the datasheet does not allow fails the test.
class W5500Bus final : public offload::Bus, private uv::UvSocket {
 public:
  W5500Bus(uv::UvLoop& loop, W5500Model& model);
  ~W5500Bus();
  // Whose `poll` is called when the chip wakes the loop.
  void attach(w5500::W5500Network* network) { wake_->network = network; }

  void select() override;
  void deselect() override;
  void transfer(std::span<const std::byte> sent, std::span<std::byte> received) override;
  void reset(bool held) override;
  bool interrupted() override { return !high_; }
  void listen() override;

  // An order of the model's (embedded/emulator/models/README.md), and its answer.
  std::string order(std::string_view line);
  // The model's lines between the answers, without "! ", from the first.
  [[nodiscard]] const std::vector<std::string>& events() const { return events_; }
  // So many frames have been selected.
  [[nodiscard]] std::size_t frames() const { return frames_; }

 private:
  // The loop may have it when its bus goes.
  class Wake final : public Posted {
   public:
    void run() override {
      posted = false;
      if (network != nullptr) network->poll();
      if (left) delete this;
    }
    void dropped() override {
      posted = false;
      if (left) delete this;
    }
    w5500::W5500Network* network = nullptr;
    bool posted = false;
    bool left = false;  // by the bus
  };

  void ready(unsigned events) override;
  void add(std::string_view order);
  void flush();
  // The answer to the last order that was added.
  std::string_view answer();
  bool take_line(std::string& line);
  bool receive(bool waits);
  void hear(const std::string& event);
  void wake();

  Wake* wake_ = new Wake;
  std::string out_;
  std::string in_;
  std::size_t read_ = 0;         // of in_
  std::size_t outstanding_ = 0;  // answers that have not come
  std::string line_;
  std::vector<std::string> events_;
  std::size_t frames_ = 0;
  bool high_ = true;
  bool listening_ = false;
  bool written_ = false;  // since the last flush
};

// A chip on the loopback interface, at 127.0.0.`number`, beside this computer at 127.0.0.1.
// `net_offload_random` gives ports that are free.
class W5500Board {
 public:
  // Without its address it is given none.
  W5500Board(uv::UvLoop& loop, std::uint8_t number, bool addressed = true);
  W5500Bus& bus() { return bus_; }
  w5500::W5500Network& network() { return network_; }

  // From now on only so many more sockets of the chip's can be had.
  void allow_sockets(std::size_t more);
  void allow_all_sockets();

 private:
  static w5500::Settings settings(std::uint8_t number, bool addressed);

  W5500Bus bus_;
  w5500::W5500Network network_;
  std::vector<DatagramSocket*> fillers_;
};

}  // namespace net::tests
