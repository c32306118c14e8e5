#include <string>

#include "net/core/scope.h"

net::Task<> awaits(std::string text) {
  co_await net::scope([text](net::Scope&) -> net::Task<> { co_return; });
}
