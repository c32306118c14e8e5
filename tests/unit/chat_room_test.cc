// The room of examples/chat_server: for whom a line waits, and for how long.
#include <string>

#include <gtest/gtest.h>

#include "tests/support/examples.h"
#include "tests/support/manual_loop.h"

namespace net {
namespace {

using namespace std::chrono_literals;

constexpr int kLines = 200;            // more than a room keeps for anybody
constexpr std::size_t kNarrow = 64;    // bytes that wait in a stream: a few lines
constexpr std::size_t kWide = 65'536;  // all of them

// All but who hears go on until that one has heard all.
constexpr Duration kLonger = 1h;

Task<> visit(chat_server::Room& room, Stream stream) {
  Result<> ended = co_await result(chat_server::chat(room, std::move(stream)));
  static_cast<void>(ended);  // by its peer, or by the room
  co_await sleep(kLonger);
}

Task<> speak(Stream peer) {
  std::string lines;
  for (int i = 0; i != kLines; ++i) lines += std::to_string(i) + "\n";
  co_await peer.write(lines);
  co_await sleep(kLonger);
}

// Hears what client 1 says, giving way to others for some turns before each line.
Task<> hear(Stream peer, int turns) {
  BufferedReader reader(peer, 256);
  for (int heard = 0; heard != kLines;) {
    for (int i = 0; i != turns; ++i) co_await yield();
    std::string_view line = co_await reader.read_line(256);
    if (line.starts_with('*')) continue;
    EXPECT_EQ(line, "1: " + std::to_string(heard++));
  }
}

Task<> hear_slower(Stream peer) {
  co_await hear(std::move(peer), 9);
  co_await sleep(kLonger);
}
Task<> leave_soon(Stream peer) {
  co_await sleep(700ms);
  peer.abort();
  co_await sleep(kLonger);
}
Task<> hear_nothing(Stream peer) {
  co_await sleep(kLonger);
  peer.abort();
}

// One speaks, one hears all, and a third does what `other` does. Gives how long the second takes.
Task<Duration> talk(Task<> (*other)(Stream)) {
  chat_server::Room room;
  auto [first, speaks] = stream_pair(kWide);
  auto [second, hears] = stream_pair(kNarrow);
  auto [third, others] = stream_pair(kNarrow);
  TimePoint begin = Clock::now();
  co_await any(visit(room, std::move(first)), visit(room, std::move(second)), visit(room, std::move(third)),
               speak(std::move(speaks)), hear(std::move(hears), 3), other(std::move(others)));
  co_return Clock::now() - begin;
}

Duration time_with(Task<> (*other)(Stream)) {
  ManualLoop loop;
  Result<Duration> took = loop.run_task(talk, other);
  EXPECT_TRUE(took) << took.error().message();
  return took.value_or(Duration::max());
}

// Time stands still while anybody can do anything.
TEST(ChatRoom, NoTimePassesWhileThoseWhoAreBehindRead) { EXPECT_EQ(time_with(hear_slower), 0s); }

TEST(ChatRoom, ALineWaitsForOneWhoIsBehindUntilThatOneLeaves) { EXPECT_EQ(time_with(leave_soon), 700ms); }

TEST(ChatRoom, ALineWaitsForOneWhoReadsNothingForTwoSeconds) { EXPECT_EQ(time_with(hear_nothing), 2s); }

}  // namespace
}  // namespace net
