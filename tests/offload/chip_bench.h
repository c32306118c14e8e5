// A chip's model beside this computer, for tests of its driver.
#pragma once

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "net/io/block_on.h"
#include "net/io/connect.h"
#include "net/io/listener.h"
#include "net/io/stream.h"
#include "net/io/udp.h"
#include "net/uv/runtime.h"
#include "tests/conformance/private_network.h"
#include "tests/conformance/tasks.h"
#include "tests/conformance/world.h"

namespace net::tests {

inline constexpr std::uint8_t kBoard = 2;
inline const Address kBoardAddress = Address::v4(127, 0, 0, kBoard);
inline const Address kHere = Address::loopback_v4();

inline Task<> echo(Stream& stream) {
  std::byte buffer[512];
  for (;;) {
    std::span<std::byte> got = co_await stream.read(buffer);
    if (got.empty()) co_return;
    co_await stream.write(got);
  }
}

// Sends as much, by pieces that come back.
inline Task<> converse(Stream& stream, std::size_t size) {
  std::string sent = pattern(size);
  Beside reading(read_bytes(stream, size));
  co_await stream.write(sent);
  co_await reading.join();
  EXPECT_TRUE(reading.take() == sent);
}

// `Board` has the chip's network, `Bench` is the class of the tests.
template <class Board, class Bench>
class ChipBench : public testing::Test {
 protected:
  using Body = Task<> (*)(Bench&);

  // Run a task once the chip is up: it connects from here and listens by the chip, or the other way round.
  void run(Body body) { run(server_, body); }
  void run_as_client(Body body) { run(client_, body); }

 public:
  Board& board() { return *board_; }
  auto& bus() { return board_->bus(); }
  auto& chip() { return board_->network(); }
  Network& here() { return runtime_->network(); }

  // While `run_as_client`.
  Task<UdpSocket> bind_here() {
    client_.choose(conformance::Side::kServer);
    UdpSocket socket = co_await bind_udp(Endpoint(kHere, 0));
    client_.choose(conformance::Side::kClient);
    co_return std::move(socket);
  }

 private:
  friend Bench;
  // Makes the board, once the test has a network of its own: the model's process is in it too.
  explicit ChipBench(std::unique_ptr<Board> (*make)(uv::UvLoop&)) : board_(make(runtime_->loop())) {}

  static Task<> begin(Bench& bench, Body body) {
    co_await bench.chip().up();
    co_await body(bench);
  }
  static bool entered() {
    static const bool done = conformance::enter_narrow_network(65536);
    EXPECT_TRUE(done);
    return done;
  }

  void run(Network& network, Body body) {
    Result<> outcome = block_on(runtime_->loop(), network, begin, static_cast<Bench&>(*this), body);
    EXPECT_TRUE(outcome) << outcome.error().message();
  }

  [[maybe_unused]] bool entered_ = entered();
  std::unique_ptr<uv::Runtime> runtime_ = uv::Runtime::make();
  std::unique_ptr<Board> board_;
  conformance::Sides server_{runtime_->network(), board_->network()};
  conformance::Sides client_{board_->network(), runtime_->network()};
};

}  // namespace net::tests
