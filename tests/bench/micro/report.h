// What the in-process benchmarks share: options, medians, the table.
#ifndef TESTS_BENCH_MICRO_REPORT_H_
#define TESTS_BENCH_MICRO_REPORT_H_

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace bench {

// Runs `work` and returns how many nanoseconds it took.
template <typename Work>
double nanoseconds(const Work& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count();
}

// The value of `--name=value`, or `otherwise`. Ends the process if the value is no number from 1 to 10 million.
inline std::size_t option(int argc, char** argv, const char* name, std::size_t otherwise) {
  const std::string prefix = std::string("--") + name + "=";
  for (int i = 1; i < argc; ++i) {
    if (std::strncmp(argv[i], prefix.c_str(), prefix.size()) != 0) continue;
    const unsigned long value = std::strtoul(argv[i] + prefix.size(), nullptr, 10);
    if (value >= 1 && value <= 10'000'000) return value;
    std::fprintf(stderr, "bad value: %s\n", argv[i]);
    std::exit(2);
  }
  return otherwise;
}

[[noreturn]] inline void fail(const char* what) {
  std::fprintf(stderr, "failed: %s\n", what);
  std::exit(1);
}

// Figures of one contender: a list for each column, an entry for each round.
class Row {
 public:
  Row(std::string name, std::size_t columns) : name_(std::move(name)), columns_(columns) {}

  void add(std::size_t column, double value) { columns_[column].push_back(value); }

  void print() const {
    std::printf("%-12s", name_.c_str());
    for (std::vector<double> values : columns_) {
      std::sort(values.begin(), values.end());
      std::printf("  %8.1f %7.1f..%-7.1f", values[values.size() / 2], values.front(), values.back());
    }
    std::printf("\n");
  }

 private:
  std::string name_;
  std::vector<std::vector<double>> columns_;
};

inline void print_header(const std::vector<const char*>& columns) {
  std::printf("%-12s", "");
  for (const char* column : columns) std::printf("  %8s %-16s", column, "min..max");
  std::printf("\n");
}

}  // namespace bench

#endif
