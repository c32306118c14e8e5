// Makes messages that are nearly those of the corpus.
#pragma once

#include <cstddef>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace net::http {

class Mutator {
 public:
  // *Lifetime*: `seeds`, which are not empty, outlive it.
  Mutator(const std::vector<std::string>& seeds, unsigned seed) : seeds_(seeds), random_(seed) {}

  // One of the seeds, changed at up to three places.
  std::string next();

 private:
  std::size_t below(std::size_t end) { return random_() % end; }
  void change(std::string& text);

  const std::vector<std::string>& seeds_;
  std::mt19937 random_;
};

// What messages are made of, and what parsers stumble over; a libFuzzer dictionary has the same.
extern const std::vector<std::string_view> kHttpPieces;

}  // namespace net::http
