// Folder: files below one folder, and none beside it. Desktop only; these calls block.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "net/core/error.h"

namespace net::http {

// An open file. Movable.
class File {
 public:
  File() = default;
  explicit File(int descriptor) : descriptor_(descriptor) {}
  File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) { copy_facts(other); }
  File& operator=(File&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    copy_facts(other);
    return *this;
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File();

  // Reads at an offset; fewer bytes than asked for only at the file's end.
  Result<std::size_t> read(std::span<char> buffer, std::uint64_t offset) const;

  std::uint64_t size = 0;
  std::uint64_t inode = 0;
  std::int64_t modified = 0;  // nanoseconds since 1970
  bool is_folder = false;

 private:
  friend class Folder;
  void copy_facts(const File& other) {
    size = other.size;
    inode = other.inode;
    modified = other.modified;
    is_folder = other.is_folder;
  }
  Errc look();
  int descriptor_ = -1;
};

// Movable.
class Folder {
 public:
  // *Errors*: address_not_available (no such folder), permission_denied, too_many_open, io_error.
  static Result<Folder> open(const std::string& path);

  // Opens a regular file or a folder below this one, for reading. The system itself resolves the path so that
  // it cannot leave the folder, by ".." or by a symlink (openat2(2), RESOLVE_BENEATH); with `symlinks` unset
  // none is followed at all.
  Result<File> file(const std::string& path, bool symlinks) const;

 private:
  explicit Folder(File opened) : opened_(std::move(opened)) {}
  File opened_;
};

}  // namespace net::http
