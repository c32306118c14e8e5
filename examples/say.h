// say: one line on standard output, at once.
#pragma once

#include <cerrno>
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
  if (std::fflush(stdout) == 0) return;
  // `| head` has what it wanted, and is gone.
  if (errno != EPIPE) std::fputs("error: standard output cannot be written to\n", stderr);
  std::exit(1);
}

}  // namespace example
