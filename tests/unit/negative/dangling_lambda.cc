#include <string>

#include "net/core/task.h"

net::Task<> awaits(std::string text) {
  net::Task<> later = [&text]() -> net::Task<> {
    text.clear();
    co_return;
  }();
  co_await std::move(later);
}
