#include "net/http/folder.h"

#include <cerrno>

#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <fcntl.h>
#include <unistd.h>

namespace net::http {
namespace {

Errc code_of(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG: return Errc::address_not_available;
    case EACCES:
    case EPERM:
    case ELOOP:
    case EXDEV: return Errc::permission_denied;
    case EMFILE:
    case ENFILE: return Errc::too_many_open;
    case ENOMEM: return Errc::no_memory;
    default: return Errc::io_error;
  }
}

tl::unexpected<Error> failed(const std::string& path, int error) {
  return failure(code_of(error), "open " + path, error);
}

}  // namespace

File::~File() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Errc File::look() {
  struct stat facts = {};
  if (::fstat(descriptor_, &facts) != 0) return code_of(errno);
  is_folder = S_ISDIR(facts.st_mode);
  // A pipe or a device would block, or have no end.
  if (!is_folder && !S_ISREG(facts.st_mode)) return Errc::permission_denied;
  size = static_cast<std::uint64_t>(facts.st_size);
  inode = facts.st_ino;
  modified = facts.st_mtim.tv_sec * std::int64_t{1'000'000'000} + facts.st_mtim.tv_nsec;
  return Errc::ok;
}

Result<std::size_t> File::read(std::span<char> buffer, std::uint64_t offset) const {
  std::size_t done = 0;
  while (done != buffer.size()) {
    ssize_t count =
        ::pread(descriptor_, buffer.data() + done, buffer.size() - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure(code_of(errno), "read a file", errno);
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  return done;
}

Result<Folder> Folder::open(const std::string& path) {
  int descriptor = ::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return failed(path, errno);
  return Folder(File(descriptor));
}

Result<File> Folder::file(const std::string& path, bool symlinks) const {
  open_how how = {};
  // Without O_NONBLOCK opening a pipe would wait for its writer.
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  how.resolve =
      RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | (symlinks ? 0U : static_cast<unsigned>(RESOLVE_NO_SYMLINKS));
  long descriptor = 0;
  do {
    descriptor =
        ::syscall(SYS_openat2, opened_.descriptor_, path.empty() ? "." : path.c_str(), &how, sizeof how);
  } while (descriptor < 0 && (errno == EINTR || errno == EAGAIN));
  if (descriptor < 0) return failed(path, errno);
  File file(static_cast<int>(descriptor));
  Errc code = file.look();
  if (code != Errc::ok) return failure(code, "open " + path);
  return file;
}

}  // namespace net::http
