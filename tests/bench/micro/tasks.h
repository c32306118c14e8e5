// The contenders of the benchmark of child tasks, one file each.
#ifndef TESTS_BENCH_MICRO_TASKS_H_
#define TESTS_BENCH_MICRO_TASKS_H_

#include <cstddef>

namespace bench {

// Each makes a task that awaits, `chains` times in a row, a chain of `depth` tasks: the first creates the
// second and awaits it, and so on; the last returns 1 without suspending, and each of the others one more than
// it got. Returns the nanoseconds that the whole took, without the start of the loop, and ends the process if a
// chain's result is not `depth`.
double asio_tasks(std::size_t depth, std::size_t chains);
double eddy_tasks(std::size_t depth, std::size_t chains);

}  // namespace bench

#endif
