// What a child task costs: create, await, finish. `tasks [--rounds=N] [--chains=N]`
#include "tests/bench/micro/tasks.h"

#include "tests/bench/micro/report.h"

namespace {

struct Contender {
  const char* name;
  double (*run)(std::size_t depth, std::size_t chains);
};

constexpr Contender kContenders[] = {
    {"asio", bench::asio_tasks},
    {"eddy", bench::eddy_tasks},
};
constexpr std::size_t kDepths[] = {1, 10};

}  // namespace

int main(int argc, char** argv) {
  const std::size_t rounds = bench::option(argc, argv, "rounds", 9);
  const std::size_t chains = bench::option(argc, argv, "chains", 200'000);
  std::vector<bench::Row> rows;
  for (const Contender& contender : kContenders) rows.emplace_back(contender.name, std::size(kDepths));
  for (std::size_t round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < std::size(kContenders); ++i) {
      const std::size_t turn = (round + i) % std::size(kContenders);  // another one begins each time
      for (std::size_t column = 0; column < std::size(kDepths); ++column) {
        const std::size_t depth = kDepths[column];
        const std::size_t repeats = chains / depth + 1;
        kContenders[turn].run(depth, repeats / 10 + 1);  // warm-up
        rows[turn].add(column, kContenders[turn].run(depth, repeats) / static_cast<double>(depth * repeats));
      }
    }
  }
  std::printf("child tasks, nanoseconds each: alone, and in chains of ten; medians of %zu rounds\n", rounds);
  bench::print_header({"alone", "of ten"});
  for (const bench::Row& row : rows) row.print();
}
