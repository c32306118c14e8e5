// A W5500's model beside this computer, for tests of its driver.
#pragma once

#include "tests/offload/chip_bench.h"
#include "tests/support/w5500_model.h"

namespace net::tests {

class W5500Bench : public ChipBench<W5500Board, W5500Bench> {
 protected:
  W5500Bench() : ChipBench([](uv::UvLoop& loop) { return std::make_unique<W5500Board>(loop, kBoard); }) {}
};

}  // namespace net::tests
