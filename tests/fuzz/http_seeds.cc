// Writes what the fuzz targets of HTTP start from into a folder: the cases of tests/unit/http/corpus.
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "tests/support/http_corpus.h"

int main(int argc, char** argv) {
  std::string errors;
  std::vector<net::http::Case> cases = net::http::read_corpus("tests/unit/http/corpus", errors);
  if (argc != 2 || cases.empty() || !errors.empty()) {
    std::fprintf(stderr, "usage: http_seeds FOLDER\n%s", errors.c_str());
    return 1;
  }
  for (std::size_t i = 0; i != cases.size(); ++i) {
    std::ofstream(std::string(argv[1]) + "/" + std::to_string(i), std::ios::binary) << fuzz_input(cases[i]);
  }
}
