// What a million timers cost. `timers [--rounds=N] [--timers=N]`
#include "tests/bench/micro/timers.h"

#include <numeric>
#include <random>
#include <thread>

#include "tests/bench/micro/report.h"

namespace {

struct Contender {
  const char* name;
  bench::TimerTimes (*run)(const bench::TimerPlan& plan);
};

constexpr Contender kContenders[] = {
    {"libuv", bench::uv_timers},
    {"asio", bench::asio_timers},
    {"eddy", bench::eddy_timers},
};

constexpr std::uint32_t kSecond = 1000;

std::vector<std::uint32_t> random_times(std::size_t count, std::uint32_t least, std::uint32_t most,
                                        std::mt19937& random) {
  std::uniform_int_distribution<std::uint32_t> distribution(least, most);
  std::vector<std::uint32_t> times(count);
  for (std::uint32_t& time : times) time = distribution(random);
  return times;
}

bench::TimerPlan make_plan(std::size_t count) {
  std::mt19937 random(1);  // the same plan every time
  bench::TimerPlan plan{count, {}, {}, {}, {}};
  // Nothing may fire while it is being re-armed, which takes Asio some seconds for a million.
  plan.first = random_times(count, 30 * kSecond, 90 * kSecond, random);
  plan.second = random_times(count, 30 * kSecond, 90 * kSecond, random);
  plan.soon = random_times(count, 1, kSecond, random);
  plan.order.resize(count);
  std::iota(plan.order.begin(), plan.order.end(), 0u);
  std::shuffle(plan.order.begin(), plan.order.end(), random);
  return plan;
}

}  // namespace

void bench::wait_until_due(const TimerPlan& plan) {
  const std::uint32_t last = *std::max_element(plan.soon.begin(), plan.soon.end());
  std::this_thread::sleep_for(std::chrono::milliseconds(last + 10));
}

int main(int argc, char** argv) {
  const std::size_t rounds = bench::option(argc, argv, "rounds", 5);
  const std::size_t count = bench::option(argc, argv, "timers", 1'000'000);
  const bench::TimerPlan plan = make_plan(count);
  std::vector<bench::Row> rows;
  for (const Contender& contender : kContenders) rows.emplace_back(contender.name, 4);
  for (std::size_t round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < std::size(kContenders); ++i) {
      const std::size_t turn = (round + i) % std::size(kContenders);  // another one begins each time
      const bench::TimerTimes times = kContenders[turn].run(plan);
      std::size_t column = 0;
      for (const double time : {times.start, times.rearm, times.cancel, times.fire})
        rows[turn].add(column++, time / static_cast<double>(count));
    }
  }
  std::printf("%zu timers, nanoseconds each; medians of %zu rounds\n", count, rounds);
  bench::print_header({"start", "re-arm", "cancel", "fire"});
  for (const bench::Row& row : rows) row.print();
}
