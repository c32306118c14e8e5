// Drives a fuzz target without libFuzzer: inputs from one seed, of bytes that the formats are made of.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <random>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int main() {
  constexpr int kRuns = 20'000;
  constexpr std::string_view kBytes = "0123456789abcdefABCDEF:::...[]%\r\n\n x//?#@";
  std::mt19937 random(1);
  std::string input;
  for (int i = 0; i < kRuns; ++i) {
    input.resize(random() % 120);
    for (char& byte : input) {
      byte = random() % 16 == 0 ? static_cast<char>(random()) : kBytes[random() % kBytes.size()];
    }
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
  }
  std::printf("%d inputs\n", kRuns);
}
