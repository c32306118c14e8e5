// How deep the stack has been after few and after many awaits that complete at once. Only net/core is needed,
// so that it runs on every board.
#include <cstdint>
#include <string_view>

#include "embedded/boards/board.h"
#include "embedded/runtime/cortex_m/masked.h"
#include "embedded/runtime/cortex_m/registers.h"
#include "net/core/channel.h"
#include "net/core/child.h"
#include "net/core/event.h"
#include "net/core/loop.h"
#include "net/core/semaphore.h"
#include "net/core/task.h"
#include "net/core/text.h"

namespace {

class BoardLoop final : public net::Loop {
 public:
  net::TimePoint now() override { return net::board::now(); }

 protected:
  net::TimePoint poll(net::TimePoint until) override {
    net::board::rest(until);
    return now();
  }
  void interrupt() override { net::board::wake(); }
};

// Few, but more than a task may complete at once before it goes through the loop, which goes deeper than some
// of them.
constexpr int kFew = 500;
constexpr int kMany = 10'000;

net::Task<int> child() { co_return 1; }

net::Task<int> failing_child() {
  co_await net::fail(net::Errc::closed);
  co_return 1;
}

// A task that awaits a task, and so on.
net::Task<int> chain(int depth) {
  if (depth == 0) co_return 1;
  int below = co_await chain(depth - 1);
  co_return below;
}

net::Task<> children(int awaits) {
  for (int i = 0; i < awaits; ++i) co_await child();
}

net::Task<> failures(int awaits) {
  for (int i = 0; i < awaits; ++i) {
    net::Result<int> result = co_await net::result(failing_child());
    if (result) co_await net::fail(net::Errc::closed);
  }
}

net::Task<> chains_of(int depth, int awaits) {
  for (int i = 0; i < awaits; i += depth) co_await chain(depth);
}
NET_MAKES_TASK net::Task<> chains_of_20(int awaits) { return chains_of(20, awaits); }
NET_MAKES_TASK net::Task<> chains_of_80(int awaits) { return chains_of(80, awaits); }

net::Task<> operations(int awaits) {
  net::Event event;
  net::Semaphore semaphore(1);
  net::Channel<int> channel(1);
  event.set();
  for (int i = 0; i < awaits; i += 4) {
    co_await event.wait();
    net::Permit permit = co_await semaphore.acquire();
    co_await channel.send(i);
    co_await channel.receive();
  }
}

std::uint32_t stack_of(net::Task<> (*run)(int), int awaits) {
  static BoardLoop loop;
  // An interrupt would leave its registers on this stack, wherever it has come.
  net::cortex_m::Masked masked;
  net::cortex_m::paint_stack();
  net::Loop::Entered entered(loop);
  net::Group group(net::Group::Policy::kIndependent);
  net::Child<net::Task<>> task(run(awaits));
  task.start(group);
  loop.run(group);
  if (task.failed()) net::board::write("error: a task has failed\r\n");
  return static_cast<std::uint32_t>(net::board::stack_use().most);
}

void measure(std::string_view name, net::Task<> (*run)(int)) {
  stack_of(run, kFew);  // it also asks for the first memory, which goes deeper
  net::Text<100> line;
  line << name << " few " << stack_of(run, kFew) << ", many " << stack_of(run, kMany) << "\r\n";
  net::board::write(line.text());
}

}  // namespace

int main() {
  measure("children:", children);
  measure("failures:", failures);
  measure("operations:", operations);
  measure("chains of 20:", chains_of_20);
  measure("chains of 80:", chains_of_80);
  return 0;
}
