// net::Task on the libuv loop.
#include "net/io/block_on.h"
#include "net/uv/runtime.h"
#include "tests/bench/micro/report.h"
#include "tests/bench/micro/tasks.h"

namespace bench {
namespace {

net::Task<std::size_t> link(std::size_t depth) {
  if (depth == 1) co_return 1;
  const std::size_t below = co_await link(depth - 1);
  co_return below + 1;
}

net::Task<double> run_chains(std::size_t depth, std::size_t chains) {
  const auto begin = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < chains; ++i) {
    const std::size_t length = co_await link(depth);
    if (length != depth) fail("a chain of net::Task has the wrong length");
  }
  co_return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace

double eddy_tasks(std::size_t depth, std::size_t chains) {
  std::unique_ptr<net::uv::Runtime> runtime = net::uv::Runtime::make();
  return *net::block_on(runtime->loop(), runtime->network(), run_chains, depth, chains);
}

}  // namespace bench
