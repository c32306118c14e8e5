#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "examples/output_file.h"

namespace example {
namespace {

namespace fs = std::filesystem;

std::FILE* file_of(void* file) { return static_cast<std::FILE*>(file); }

tl::unexpected<net::Error> failed(const char* what, const std::string& path) {
  int error = errno;
  std::string why = std::generic_category().message(error);
  return net::failure(net::Errc::io_error, std::string(what) + " " + path + " (" + why + ")", error);
}

}  // namespace

OutputFile::~OutputFile() {
  if (file_ != nullptr) std::fclose(file_of(file_));
  if (!part_.empty()) std::remove(part_.c_str());
}

net::Result<> OutputFile::open(std::string_view path) {
  path_ = path;
  std::error_code unknown;
  // Behind a link it is the file that is replaced.
  fs::path real = fs::canonical(path_, unknown);
  if (!unknown) path_ = real.string();
  fs::file_status status = fs::status(path_, unknown);
  if (!fs::exists(status) || fs::is_regular_file(status)) part_ = path_ + ".part";
  file_ = std::fopen(part_.empty() ? path_.c_str() : part_.c_str(), "wb");
  if (file_ == nullptr) {
    part_.clear();
    return failed("open", path_);
  }
  return {};
}

net::Result<> OutputFile::write(net::Bytes data) {
  bool written = std::fwrite(data.data(), 1, data.size(), file_of(file_)) == data.size();
  if (!written) return failed("write to", path_);
  return {};
}

net::Result<> OutputFile::finish() {
  bool written = std::fclose(file_of(std::exchange(file_, nullptr))) == 0;
  if (!written) return failed("write to", path_);
  if (part_.empty()) return {};
  if (std::rename(part_.c_str(), path_.c_str()) != 0) return failed("make", path_);
  part_.clear();
  return {};
}

}  // namespace example
