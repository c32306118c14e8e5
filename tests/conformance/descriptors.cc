#include "tests/conformance/descriptors.h"

#include <algorithm>

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

namespace net::conformance {
namespace {

constexpr int kMost = 65536;

bool is_open(int descriptor) { return ::fcntl(descriptor, F_GETFD) != -1; }

int highest() {
  int found = 2;
  DIR* directory = ::opendir("/proc/self/fd");
  if (directory == nullptr) {
    for (int descriptor = 0; descriptor < kMost; ++descriptor) {
      if (is_open(descriptor)) found = descriptor;
    }
    return found;
  }
  while (const dirent* entry = ::readdir(directory)) {
    int descriptor = std::atoi(entry->d_name);
    if (descriptor != ::dirfd(directory)) found = std::max(found, descriptor);
  }
  ::closedir(directory);
  return found;
}

}  // namespace

std::size_t open_descriptors() {
  int last = highest();
  std::size_t count = 0;
  for (int descriptor = 0; descriptor <= last; ++descriptor) count += is_open(descriptor) ? 1 : 0;
  return count;
}

// The system limits the number of a descriptor, so free numbers below the limit are filled.
DescriptorLimit::DescriptorLimit(std::size_t more) {
  ::getrlimit(RLIMIT_NOFILE, &saved_);
  rlimit lower = saved_;
  lower.rlim_cur = static_cast<rlim_t>(highest()) + 1 + more;
  ::setrlimit(RLIMIT_NOFILE, &lower);
  for (;;) {
    int filler = ::fcntl(0, F_DUPFD_CLOEXEC, 0);
    if (filler < 0) break;
    fillers_.push_back(filler);
  }
  for (std::size_t i = 0; i < more && !fillers_.empty(); ++i) {
    ::close(fillers_.back());
    fillers_.pop_back();
  }
}

DescriptorLimit::~DescriptorLimit() {
  for (int filler : fillers_) ::close(filler);
  ::setrlimit(RLIMIT_NOFILE, &saved_);
}

}  // namespace net::conformance
