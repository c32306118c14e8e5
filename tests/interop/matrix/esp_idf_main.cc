// What ESP-IDF calls of a program here, which gets its arguments from the command line: a chip has none.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

int example_main(int argc, char** argv);
int eddy_main(int argc, char** argv);

// The SDK's threads go on, so destructors do not run.
int eddy_main(int, char**) {
  std::ifstream file("/proc/self/cmdline", std::ios::binary);
  std::vector<std::string> words;
  for (std::string word; std::getline(file, word, '\0');) words.push_back(word);
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  int status = example_main(static_cast<int>(words.size()), arguments.data());
  std::fflush(nullptr);
  std::_Exit(status);
}
