// A chip's model (embedded/emulator/models) as a process of its own, and the bus that leads to it.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "embedded/offload/bus.h"
#include "net/core/loop.h"
#include "net/uv/socket.h"

namespace net::tests {

// A chip that is a host of its own on this computer, at an address of 127.0.0.0/8. Its process ends with the
// test's.
class ModelProcess {
 public:
  // The one of this kind ("w5500") at this address, which is started with these options when it is first asked
  // for. *Errors*: end the program.
  static ModelProcess& at(const std::string& kind, const std::string& address,
                          const std::vector<std::string>& options = {});
  // Another one, with further options (its README.md).
  ModelProcess(const std::string& kind, const std::string& address, const std::vector<std::string>& options);

  [[nodiscard]] const std::string& address() const { return address_; }
  // Of 127.0.0.1: where it takes orders.
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  std::string address_;
  std::uint16_t port_ = 0;
};

// The pins that models have in common. *Lifetime*: of the loop.
class ModelWire : public offload::Bus, private uv::UvSocket {
 public:
  ModelWire(uv::UvLoop& loop, const ModelProcess& model);
  void select() override;
  void deselect() override;
  void transfer(std::span<const std::byte> sent, std::span<std::byte> received) override;
  void reset(bool held) override { order(held ? "pin reset 0" : "pin reset 1"); }

  // What is called when the chip wakes the loop.
  void attach(std::function<void()> poll) { wake_->poll = std::move(poll); }

  // An order of the model's (embedded/emulator/models/README.md), and its answer.
  std::string order(std::string_view line);
  // The model's lines between the answers, without "! ", from the first.
  [[nodiscard]] const std::vector<std::string>& events() const { return events_; }
  // So many frames have been selected.
  [[nodiscard]] std::size_t frames() const { return frames_; }

 protected:
  ~ModelWire();

  void flush();
  // Waits until all orders have been answered.
  void settle() {
    if (outstanding_ != 0) answer();
  }
  void wake();
  virtual void hear(const std::string& event) = 0;

 private:
  // The loop may have it when its bus goes.
  class Wake final : public Posted {
   public:
    void run() override {
      posted = false;
      if (!left && poll) poll();
      if (left) delete this;
    }
    void dropped() override {
      posted = false;
      if (left) delete this;
    }
    std::function<void()> poll;
    bool posted = false;
    bool left = false;  // by the bus
  };

  void ready(unsigned events) override;
  void add(std::string_view order);
  // The answer to the last order that was added.
  std::string_view answer();
  bool take_line(std::string& line);
  bool receive(bool waits);
  void note(const std::string& event);

  Wake* wake_ = new Wake;
  std::string out_;
  std::string in_;
  std::size_t read_ = 0;         // of in_
  std::size_t outstanding_ = 0;  // answers that have not come
  std::string line_;
  std::vector<std::string> events_;
  std::size_t frames_ = 0;
  bool written_ = false;  // since the last flush
};

}  // namespace net::tests
