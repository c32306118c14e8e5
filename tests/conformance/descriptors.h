// How many descriptors this process has open, and may have.
#pragma once

#include <cstddef>
#include <vector>

#include <sys/resource.h>

namespace net::conformance {

[[nodiscard]] std::size_t open_descriptors();

// While it lives only `more` further descriptors can be opened.
class DescriptorLimit {
 public:
  explicit DescriptorLimit(std::size_t more);
  DescriptorLimit(const DescriptorLimit&) = delete;
  DescriptorLimit& operator=(const DescriptorLimit&) = delete;
  ~DescriptorLimit();

 private:
  rlimit saved_{};
  std::vector<int> fillers_;
};

}  // namespace net::conformance
