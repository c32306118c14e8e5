// What the examples in wrong.cc and right.cc are made of.
#ifndef TESTS_LINT_TESTDATA_SHAPES_H_
#define TESTS_LINT_TESTDATA_SHAPES_H_

#include <utility>

#include "task.h"

// Counts the objects that live. With a correct compiler the count is 0 after each example.
inline int living = 0;

struct Owner {
  Owner() { ++living; }
  Owner(const Owner&) { ++living; }
  Owner(Owner&&) noexcept { ++living; }
  Owner& operator=(const Owner&) = default;
  ~Owner() { --living; }

  int value = 1;
};

struct Aggregate {
  Owner owner;
  int number = 0;
};

struct Constructed {
  Constructed() = default;
  explicit Constructed(Owner first) : owner(std::move(first)) {}
  Owner owner;
};

struct AggregateAwaitable {
  Owner owner;
  bool await_ready() { return true; }
  void await_suspend(std::coroutine_handle<>) {}
  int await_resume() { return 1; }
};

inline int plain(Aggregate) { return 1; }
inline int both(Owner, Owner) { return 1; }
inline Task<int> number(int value) { co_return value; }
inline Task<Owner> owner() { co_return Owner(); }
inline Task<int> take(Aggregate) { co_return 1; }
inline Task<int> take_reference(const Aggregate&) { co_return 1; }
inline Task<int> take_default(Aggregate = {}) { co_return 1; }
inline Task<int> take_constructed(Constructed) { co_return 1; }

template <typename Function>
Task<int> call(Function function) {
  co_return function();
}

// An example: a coroutine that gives 1.
struct Example {
  const char* name;
  Task<int> (*run)();
};

#endif  // TESTS_LINT_TESTDATA_SHAPES_H_
