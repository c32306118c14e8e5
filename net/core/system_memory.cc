// The desktop's memory.
#include "net/core/system_memory.h"

#include <cstdlib>

#include "net/core/memory.h"

namespace net::detail {
namespace {

class Caller {
 public:
  explicit Caller(void (*function)()) : function_(function) {}
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;
  ~Caller() { function_(); }
  void touch() const {}

 private:
  void (*function_)();
};

}  // namespace

void* take_from_system(std::size_t size) noexcept { return std::malloc(size); }
void give_to_system(void* block, std::size_t) noexcept { std::free(block); }

void at_end_of_thread(void (*function)()) {
  static NET_THREAD_LOCAL const Caller caller(function);
  caller.touch();
}

}  // namespace net::detail
