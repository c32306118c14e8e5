// Every operation of the core and of streams in memory, cancelled at each suspension and short of each
// allocation. A new scenario is a task and a line of the table at the end.
#include "tests/support/every_suspension.h"

#include <array>
#include <functional>
#include <string_view>

#include "net/core/channel.h"
#include "net/core/combine.h"
#include "net/core/condition.h"
#include "net/core/deadline.h"
#include "net/core/event.h"
#include "net/core/scope.h"
#include "net/core/semaphore.h"
#include "net/core/signal.h"
#include "net/io/buffered.h"
#include "net/io/memory_stream.h"

namespace net {
namespace {

using namespace std::chrono_literals;

Task<> sleeps() {
  co_await sleep(5s);
  co_await sleep(300ms);
  co_await yield();
}

Task<> set_later(Event& event) {
  co_await sleep(1ms);
  event.set();
}
Task<> waits_for_event() {
  Event event;
  co_await scope([&event](Scope& tasks) -> Task<> {
    tasks.spawn(set_later, std::ref(event));
    co_await event.wait();
    co_await yield();
    co_await event.wait();
  });
}

Task<> take_turns(Semaphore& semaphore, int& inside) {
  for (int i = 0; i < 3; ++i) {
    Permit permit = co_await semaphore.acquire();
    if (++inside > 2) ADD_FAILURE() << "more tasks inside than permits";
    Result<> rest = co_await result(sleep(1ms));
    --inside;
    if (!rest) co_await fail(rest.error());
  }
}
Task<> shares_permits() {
  Semaphore semaphore(2);
  int inside = 0;
  Result<> outcome = co_await result(scope([&](Scope& tasks) -> Task<> {
    for (int i = 0; i < 4; ++i) tasks.spawn(take_turns, std::ref(semaphore), std::ref(inside));
    co_return;
  }));
  if (semaphore.free() != 2) ADD_FAILURE() << "a permit was lost: " << semaphore.free();
  if (!outcome) co_await fail(outcome.error());
}

struct Box {
  Mutex mutex;
  Condition changed;
  int items = 0;
  int taken = 0;
};
Task<> put_items(Box& box) {
  for (int i = 0; i < 4; ++i) {
    Permit lock = co_await box.mutex.lock();
    ++box.items;
    if (i % 2 == 0) {
      box.changed.notify_one();
    } else {
      box.changed.notify_all();
    }
    co_await yield();
  }
}
Task<> take_items(Box& box) {
  for (int i = 0; i < 2; ++i) {
    Permit lock = co_await box.mutex.lock();
    while (box.items == 0) {
      Result<> waited = co_await result(box.changed.wait(box.mutex, lock));
      if (!lock) ADD_FAILURE() << "the wait ended without the lock";
      if (!waited) co_await fail(waited.error());
    }
    --box.items;
    ++box.taken;
  }
}
Task<> waits_for_condition() {
  Box box;
  co_await scope([&box](Scope& tasks) -> Task<> {
    tasks.spawn(take_items, std::ref(box));
    tasks.spawn(take_items, std::ref(box));
    tasks.spawn(put_items, std::ref(box));
    co_return;
  });
}

Task<> send_numbers(Channel<int>& channel) {
  for (int i = 0; i < 5; ++i) co_await channel.send(i);
  channel.close();
}
Task<> receive_numbers(Channel<int>& channel) {
  for (int i = 0; i < 5; ++i) {
    int number = co_await channel.receive();
    if (number != i) ADD_FAILURE() << number << " arrived instead of " << i;
    if (i % 2 == 0) co_await yield();
  }
  Result<int> end = co_await result(channel.receive());
  if (end) ADD_FAILURE() << "a closed channel gave " << *end;
  if (end.error() != Errc::closed) co_await fail(end.error());
}
Task<> passes_numbers() {
  Channel<int> channel(2);
  co_await scope([&channel](Scope& tasks) -> Task<> {
    tasks.spawn(send_numbers, std::ref(channel));
    tasks.spawn(receive_numbers, std::ref(channel));
    co_return;
  });
}

Task<int> after(Duration duration, int value) {
  co_await sleep(duration);
  co_return value;
}
Task<> waits_for_all() {
  auto all_three = co_await all(after(2ms, 1), sleep(1ms), after(1ms, 2));
  if (std::get<0>(all_three) + std::get<2>(all_three) != 3) ADD_FAILURE() << "wrong results";
}
Task<> waits_for_any() {
  auto first = co_await any(after(3ms, 1), sleep(1s), after(1ms, 2));
  if (first.index() != 2) ADD_FAILURE() << "number " << first.index() << " was first";
}
Task<> nests_deadlines() {
  int value = co_await timeout(1s, timeout(2s, after(5ms, 7)));
  if (value != 7) ADD_FAILURE() << "wrong result";
  Result<> late = co_await result(timeout(5ms, timeout(1h, sleep(1min))));
  if (late) ADD_FAILURE() << "no time-out";
  if (late.error() != Errc::timed_out) co_await fail(late.error());
}
Task<> shields_work() {
  co_await shield(timeout(1s, sleep(5ms)));
  co_await yield();
}
Task<> combines_everything() {
  co_await timeout(1h, any(shares_permits(), all(nests_deadlines(), shield(passes_numbers())), sleep(1min)));
}

Task<> spawn_more(Scope& tasks, int depth) {
  co_await yield();
  if (depth == 0) co_return;
  tasks.spawn(spawn_more, std::ref(tasks), depth - 1);
  tasks.spawn(spawn_more, std::ref(tasks), depth - 1);
}
Task<> spawns() {
  co_await scope([](Scope& tasks) -> Task<> {
    tasks.spawn(spawn_more, std::ref(tasks), 3);
    co_await scope([](Scope& inner) -> Task<> {
      inner.spawn(sleeps);
      co_await sleep(1ms);
    });
  });
}
// A scope's own cancellation is no failure.
Task<> cancels_its_scope() {
  co_await scope([](Scope& tasks) -> Task<> {
    tasks.spawn(sleeps);
    co_await sleep(1ms);
    tasks.cancel();
  });
  co_await yield();
}

Task<> raise_hangup() {
  co_await sleep(1ms);
  static_cast<ManualLoop&>(Loop::current()).raise(1);
}
Task<> waits_for_signal() { co_await all(signal(1), raise_hangup(), signal(1)); }

Task<> write_much(Stream& stream) {
  for (int i = 0; i < 3; ++i) co_await stream.write("0123456789abcdef");
  std::array<Bytes, 3> pieces{bytes("gather"), bytes(""), bytes("ed")};
  co_await stream.write(std::span<const Bytes>(pieces));
  co_await stream.shutdown();
}
Task<> read_much(Stream& stream, bool lent) {
  std::array<std::byte, 5> buffer;
  std::size_t size = 0;
  for (;;) {
    std::span<std::byte> got;
    if (lent) {
      got = co_await stream.read_view();
    } else {
      got = co_await stream.read(buffer);
    }
    if (got.empty()) break;
    size += got.size();
    if (size % 3 == 0) co_await yield();
  }
  if (size != 56) ADD_FAILURE() << size << " bytes arrived";
}
Task<> transfer(bool lent) {
  std::pair<Stream, Stream> ends = stream_pair(7);
  if (!ends.first) co_await fail(Errc::no_memory);
  co_await scope([&](Scope& tasks) -> Task<> {
    tasks.spawn(write_much, std::ref(ends.first));
    tasks.spawn(read_much, std::ref(ends.second), lent);
    co_return;
  });
}
Task<> reads_and_writes() { co_await transfer(false); }
Task<> reads_views() { co_await transfer(true); }

Task<> write_lines(Stream& stream) {
  BufferedWriter writer(stream, 8);
  co_await writer.write("a line\r\n");
  co_await writer.write("and a much longer one\n");
  co_await writer.write("1234");
  co_await writer.write("rest");
  co_await writer.flush();
  co_await stream.shutdown();
}
Task<> read_lines(Stream& stream) {
  BufferedReader reader(stream, 32);
  std::string_view first = co_await reader.read_line(32);
  EXPECT_EQ(first, "a line");
  std::string_view second = co_await reader.read_until("\n", 32);
  EXPECT_EQ(second, "and a much longer one\n");
  std::array<std::byte, 4> record;
  co_await reader.read_exactly(record);
  EXPECT_EQ(text(record), "1234");
  std::string_view last = co_await reader.read_line(32);
  EXPECT_EQ(last, "rest");
}
Task<> buffers() {
  std::pair<Stream, Stream> ends = stream_pair(5);
  if (!ends.first) co_await fail(Errc::no_memory);
  co_await all(write_lines(ends.first), read_lines(ends.second));
}

const Scenario kScenarios[] = {
    {"sleep", sleeps},
    {"event", waits_for_event},
    {"semaphore", shares_permits},
    {"condition", waits_for_condition},
    {"channel", passes_numbers},
    {"all", waits_for_all},
    {"any", waits_for_any},
    {"deadlines", nests_deadlines},
    {"shield", shields_work},
    {"combined", combines_everything},
    {"scope", spawns},
    {"scope_cancel", cancels_its_scope},
    {"signal", waits_for_signal},
    {"stream", reads_and_writes},
    {"stream_view", reads_views},
    {"buffered", buffers},
};

class EverySuspension : public testing::TestWithParam<Scenario> {};

TEST_P(EverySuspension, Cancelled) {
  ManualWorld world;
  cancel_at_every_suspension(world, GetParam());
}
TEST_P(EverySuspension, WithoutMemory) {
  ManualWorld world;
  fail_every_allocation(world, GetParam());
}
INSTANTIATE_TEST_SUITE_P(Core, EverySuspension, testing::ValuesIn(kScenarios),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace net
