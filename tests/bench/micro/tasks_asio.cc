// asio::awaitable on an io_context.
#include "tests/bench/micro/report.h"
#include "tests/bench/micro/tasks.h"
#include "tests/bench/peers/asio_coroutines.h"

namespace bench {
namespace {

asio::awaitable<std::size_t> link(std::size_t depth) {
  if (depth == 1) co_return 1;
  const std::size_t below = co_await link(depth - 1);
  co_return below + 1;
}

asio::awaitable<void> run_chains(std::size_t depth, std::size_t chains, double& elapsed) {
  const auto begin = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < chains; ++i) {
    const std::size_t length = co_await link(depth);
    if (length != depth) fail("a chain of asio::awaitable has the wrong length");
  }
  elapsed = std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace

double asio_tasks(std::size_t depth, std::size_t chains) {
  asio::io_context context(1);
  double elapsed = 0;
  asio::co_spawn(context, run_chains(depth, chains, elapsed), asio::detached);
  context.run();
  return elapsed;
}

}  // namespace bench
