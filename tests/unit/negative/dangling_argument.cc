#include <string>

#include "net/core/task.h"

net::Task<> print(const std::string& text) {
  static_cast<void>(text);
  co_return;
}
net::Task<> awaits() {
  net::Task<> later = print(std::string("gone by the time it runs"));
  co_await std::move(later);
}
