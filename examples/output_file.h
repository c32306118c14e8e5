// OutputFile: a file that is written from its beginning.
#pragma once

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
  ~OutputFile() { static_cast<void>(close()); }

  net::Result<> open(std::string_view path);
  net::Result<> write(net::Bytes data);
  // Without it what was written may be lost unnoticed. Nothing is wrong with a file that is not open.
  net::Result<> close();

 private:
  [[maybe_unused]] void* file_ = nullptr;  // devices have none
};

}  // namespace example
