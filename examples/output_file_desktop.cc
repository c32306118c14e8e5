#include <cerrno>
#include <cstdio>
#include <string>
#include <utility>

#include "examples/output_file.h"

namespace example {
namespace {

std::FILE* file_of(void* file) { return static_cast<std::FILE*>(file); }

}  // namespace

net::Result<> OutputFile::open(std::string_view path) {
  file_ = std::fopen(std::string(path).c_str(), "wb");
  if (file_ == nullptr) return net::failure(net::Errc::io_error, "open the output file", errno);
  return {};
}

net::Result<> OutputFile::write(net::Bytes data) {
  bool written = std::fwrite(data.data(), 1, data.size(), file_of(file_)) == data.size();
  if (!written) return net::failure(net::Errc::io_error, "write to the output file", errno);
  return {};
}

net::Result<> OutputFile::close() {
  if (file_ == nullptr) return {};
  bool written = std::fclose(file_of(std::exchange(file_, nullptr))) == 0;
  if (!written) return net::failure(net::Errc::io_error, "write to the output file", errno);
  return {};
}

}  // namespace example
