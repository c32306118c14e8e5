// The lwIP backend on both sides, in one stack, over its loopback interface. Whose loop drives it is left open.
#pragma once

#include "tests/conformance/world.h"

namespace net::conformance {

class LwipWorld : public World {
 public:
  explicit LwipWorld(Family family) : family_(family) {}

  [[nodiscard]] std::string_view lacks(Row row) const override;
  [[nodiscard]] Address address() const override;
  [[nodiscard]] Address foreign_address() const override;
  [[nodiscard]] std::size_t bulk() const override { return 1'000'000; }
  [[nodiscard]] std::size_t open_sockets() const override;

 private:
  Family family_;
};

// The worlds of both families.
template <class W>
std::vector<WorldMaker> lwip_worlds() {
  std::vector<WorldMaker> all;
  all.push_back({"v4", [] { return std::make_unique<W>(Family::kV4); }});
  all.push_back({"v6", [] { return std::make_unique<W>(Family::kV6); }});
  return all;
}

}  // namespace net::conformance
