// OutputFile: a file that is there when all of it has been written, and not before.
#pragma once

#include <string>
#include <string_view>

#include "net/core/error.h"
#include "net/io/socket.h"

namespace example {

// *Errors*: io_error; not_supported on devices, which have no files.
class OutputFile {
 public:
  OutputFile() = default;
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  // Without `finish` before it nothing is left of what was written.
  ~OutputFile();

  // Writes to "PATH.part", but to a device or a pipe at once.
  net::Result<> open(std::string_view path);
  net::Result<> write(net::Bytes data);
  // It takes the place of what had its name.
  net::Result<> finish();

 private:
  void* file_ = nullptr;
  std::string path_;
  std::string part_;  // empty: there is none
};

}  // namespace example
