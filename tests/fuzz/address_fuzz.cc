// Whatever parses as an address or endpoint prints as text that parses to the same.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "net/io/address.h"

namespace {

template <class T>
void check(std::string_view text) {
  std::optional<T> parsed = T::parse(text);
  if (!parsed) return;
  std::string printed = parsed->to_string();
  std::optional<T> again = T::parse(printed);
  if (again == parsed && again->to_string() == printed) return;
  std::fprintf(stderr, "\"%.*s\" printed as \"%s\"\n", static_cast<int>(text.size()), text.data(),
               printed.c_str());
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  check<net::Address>(text);
  check<net::Endpoint>(text);
  return 0;
}
