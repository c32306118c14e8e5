// The system's resolver replaced: a program that links this gets its answers from the test, and none from the
// network.
#pragma once

#include <string_view>
#include <vector>

#include "net/io/address.h"
#include "tests/conformance/world.h"

namespace net::conformance {

class FakeResolver final : public Names {
 public:
  // Knows nothing but "localhost".
  FakeResolver();
  FakeResolver(const FakeResolver&) = delete;
  FakeResolver& operator=(const FakeResolver&) = delete;
  ~FakeResolver();

  void set(std::string_view host, std::vector<Address> v6, std::vector<Address> v4) override;
  void hold(std::string_view host, Family family) override;
  void release() override;
  void fail(std::string_view host) override;
  // Look-ups that have begun and have not been answered.
  static int held();
};

}  // namespace net::conformance
