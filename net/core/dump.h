// dump_tasks: what every live task waits for, and where.
#pragma once

#include <string>
#include <string_view>

#include "net/core/loop.h"

namespace net {

// Prints the tree of live tasks of a loop, a line each, from within that loop's thread:
//
//   serve at examples/tcp_echo_server.cc:21: accept on 0.0.0.0:5000, for 12.314 s
//     echo at examples/tcp_echo_server.cc:12: read from 127.0.0.1:4312 on 127.0.0.1:5000, for 4.020 s
//
// Where a task awaits another, the inner ones follow: `get < fetch at …`. `print` gets each line without its
// line end; `data` is passed through. Allocates nothing.
void dump_tasks(Loop& loop, void (*print)(std::string_view line, void* data), void* data);
// The same as one text.
[[nodiscard]] std::string dump_tasks(Loop& loop);

// Gives the running task a name for dumps, in place of its function's. The string is static.
void name_task(const char* name);

}  // namespace net
