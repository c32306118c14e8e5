// Drives a fuzz target of HTTP without libFuzzer: messages that are nearly those of tests/unit/http/corpus,
// from one seed. Arguments: how many, and the seed.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/http_corpus.h"
#include "tests/support/http_mutation.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

int run(const std::string& input) {
  return LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

}  // namespace

int main(int argc, char** argv) {
  std::string errors;
  std::vector<std::string> seeds;
  for (const net::http::Case& each : net::http::read_corpus("tests/unit/http/corpus", errors)) {
    seeds.push_back(fuzz_input(each));
  }
  if (seeds.empty() || !errors.empty()) {
    std::fprintf(stderr, "no corpus\n%s", errors.c_str());
    return 1;
  }
  for (const std::string& seed : seeds) run(seed);
  std::string_view argument = argc > 1 ? argv[1] : "";
  long count = argument.empty() ? 20'000 : std::strtol(argv[1], nullptr, 10);
  net::http::Mutator mutator(seeds, argc > 2 ? static_cast<unsigned>(std::strtoul(argv[2], nullptr, 10)) : 1);
  for (long i = 0; i != count; ++i) run(mutator.next());
  std::printf("%ld messages\n", count);
}
