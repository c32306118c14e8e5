// Small tasks that the tests of sockets share, and a task beside the test's own.
#pragma once

#include <chrono>
#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

#include "net/core/child.h"
#include "net/core/error.h"
#include "net/core/sleep.h"
#include "net/core/task.h"
#include "net/io/address.h"
#include "net/io/stream.h"

namespace net {

// For GoogleTest.
inline void PrintTo(Errc code, std::ostream* out) { *out << describe(code); }
inline void PrintTo(const Error& error, std::ostream* out) { *out << error.message(); }
inline void PrintTo(const Endpoint& endpoint, std::ostream* out) { *out << endpoint.to_string(); }
inline void PrintTo(const Address& address, std::ostream* out) { *out << address.to_string(); }

namespace tests {

using namespace std::chrono_literals;

// Cancels what is left in the group and runs the loop until it has ended.
void stop(Group& group);

// A task or an operation that runs beside the test's own. Join it before it goes. Where the test's task fails
// first, it is stopped on the spot, as what it refers to goes next: so the test tells why its task failed.
template <class A>
class Beside {
 public:
  using T = ValueOf<A>;
  explicit Beside(A work) : child_(std::move(work)) { child_.start(group_); }
  Beside(const Beside&) = delete;
  Beside& operator=(const Beside&) = delete;
  ~Beside() { stop(group_); }

  [[nodiscard]] bool done() const { return group_.size() == 0; }
  void cancel() { group_.cancel(); }
  [[nodiscard]] Op<void> join() { return group_.join(); }
  // After join.
  [[nodiscard]] Errc code() const { return child_.failed() ? child_.error().code() : Errc::ok; }
  NonVoid<T> take() { return child_.take(); }

 private:
  Group group_{Group::Policy::kIndependent};
  Child<A> child_;
};

// Waits until the condition holds, however long it takes.
template <class Condition>
Task<> eventually(Condition condition) {
  while (!condition()) co_await sleep(1ms);
}
// Gives the stacks below the time to do what they must not do: 5 ms, or what the world needs.
Task<> settle();
void set_settling(Duration time);

// Bytes that show when one is lost or out of place.
std::string pattern(std::size_t size, unsigned seed = 0);
// One read.
Task<std::string> read_some(Stream& stream, std::size_t limit = 65536);
// Fewer only at the end of the stream.
Task<std::string> read_bytes(Stream& stream, std::size_t size);
Task<std::string> read_to_end(Stream& stream);
Task<> write_text(Stream& stream, std::string text);
// What the next read, write or other await fails with; ok if it does not.
template <class A>
Task<Errc> failure_of(A work) {
  auto outcome = co_await result(work);
  co_return outcome ? Errc::ok : outcome.error().code();
}

}  // namespace tests
}  // namespace net
