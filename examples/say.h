// say: one line on standard output, at once.
#pragma once

#include <cstdio>
#include <cstdlib>

#include "net/core/text.h"

namespace example {

// Seen at once even where the output is a pipe: whoever started the program may wait for the line.
template <class... Parts>
void say(const Parts&... parts) {
  net::Text<1536> line;
  (line << ... << parts);
  std::printf("%.*s\n", static_cast<int>(line.text().size()), line.text().data());
  if (std::fflush(stdout) != 0) std::exit(1);  // nobody reads: `| head` has what it wanted
}

}  // namespace example
