// say: one line on standard output, at once; complain: one on standard error.
#pragma once

#include <cerrno>
#include <cstdlib>

#include <unistd.h>

#include "net/core/fatal.h"
#include "net/core/text.h"

namespace example {

// Not through C's streams, which hold lines back where the output is a pipe, and which a small device can do
// without.
inline void write_all(std::string_view text) {
  while (!text.empty()) {
    ssize_t written = ::write(STDOUT_FILENO, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      // `| head` has what it wanted, and is gone.
      if (errno != EPIPE) net::detail::write_line("error", "standard output cannot be written to");
      std::exit(1);
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

template <class... Parts>
void say(const Parts&... parts) {
  net::Text<1536> line;
  (line << ... << parts) << '\n';
  write_all(line.text());
  if (line.truncated()) write_all("\n");
}

inline void complain(std::string_view why) { net::detail::write_line("error", why); }

}  // namespace example
