#include <array>
#include <cctype>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "net/core/blocking.h"
#include "net/guides/snippets/run_here.h"
#include "net/net.h"

namespace {

using namespace std::chrono_literals;

// [task]
net::Task<std::size_t> drain(net::Stream& peer) {
  std::array<std::byte, 1024> buffer;
  std::size_t total = 0;
  for (;;) {
    std::span<std::byte> received = co_await peer.read(buffer);
    if (received.empty()) co_return total;
    total += received.size();
  }
}
// [/task]

// [order]
net::Task<> say(std::string& out, std::string_view word) {
  out += word;
  co_return;
}

net::Task<> order(std::string& out) {
  auto body = [&out](net::Scope& scope) -> net::Task<> {
    scope.spawn(say, std::ref(out), "spawned ");  // queued: it has not begun
    out += "body ";
    co_await say(out, "awaited ");  // begins at once, as part of this task
    co_await net::yield();          // every task that is ready runs: the spawned one begins and ends
    out += "end";
  };
  co_await net::scope(body);  // ends when body and everything spawned have ended
}
// [/order]

// [any]
net::Task<std::string> first_of(net::Stream& a, net::Stream& b) {
  std::array<std::byte, 256> from_a;
  std::array<std::byte, 256> from_b;
  auto first = co_await net::any(a.read(from_a), b.read(from_b));
  std::span<std::byte> received = first.index() == 0 ? std::get<0>(first) : std::get<1>(first);
  co_return std::string(net::text(received));
}
// [/any]

// [waist]
net::Task<> shout(net::Stream peer) {
  net::BufferedReader reader(peer);
  std::string_view line = co_await reader.read_line(80);
  std::string answer(line);
  for (char& c : answer) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  co_await peer.write(answer);
}

net::Task<std::string> ask_shout() {
  std::pair<net::Stream, net::Stream> ends = net::stream_pair();  // no socket, no system call
  auto asking = [](net::Stream peer) -> net::Task<std::string> {
    co_await peer.write("hello\n");
    net::BufferedReader reader(peer);
    std::string_view line = co_await reader.read_line(80);
    co_return std::string(line);
  };
  auto both = co_await net::all(shout(std::move(ends.first)), asking(std::move(ends.second)));
  co_return std::get<1>(both);
}
// [/waist]

// [busy]
net::Task<std::uint64_t> sum_here(const std::vector<std::uint64_t>& numbers) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    sum += numbers[i];
    if (i % 4096 == 0) co_await net::yield();  // the others run
  }
  co_return sum;
}

net::Task<std::uint64_t> sum_elsewhere(const std::vector<std::uint64_t>& numbers) {
  std::uint64_t sum = co_await net::blocking(  // on a thread of a pool; this loop goes on
      [&numbers] { return std::accumulate(numbers.begin(), numbers.end(), std::uint64_t{0}); });
  co_return sum;
}
// [/busy]

using snippets::run_here;

net::Task<std::size_t> drain_pair() {
  std::pair<net::Stream, net::Stream> ends = net::stream_pair();
  co_await ends.first.write("twelve bytes");
  co_await ends.first.shutdown();
  std::size_t total = co_await drain(ends.second);
  co_return total;
}

net::Task<std::string> first_of_pairs() {
  std::pair<net::Stream, net::Stream> a = net::stream_pair();
  std::pair<net::Stream, net::Stream> b = net::stream_pair();
  co_await b.first.write("from b");
  std::string first = co_await first_of(a.second, b.second);
  co_return first;
}

TEST(MentalModel, Task) { EXPECT_EQ(run_here(drain_pair), 12U); }

TEST(MentalModel, Order) {
  std::string out;
  EXPECT_TRUE(run_here(order, out));
  EXPECT_EQ(out, "body awaited spawned end");
}

TEST(MentalModel, Any) { EXPECT_EQ(run_here(first_of_pairs), "from b"); }
TEST(MentalModel, Waist) { EXPECT_EQ(run_here(ask_shout), "HELLO"); }

TEST(MentalModel, Busy) {
  std::vector<std::uint64_t> numbers(10'000, 3);
  EXPECT_EQ(run_here(sum_here, numbers), 30'000U);
  EXPECT_EQ(run_here(sum_elsewhere, numbers), 30'000U);
}

}  // namespace
