// A test on one loop of the desktop backend.
#pragma once

#include <memory>
#include <utility>

#include <gtest/gtest.h>

#include "net/core/memory.h"
#include "net/io/block_on.h"
#include "net/io/connect.h"
#include "net/io/listener.h"
#include "net/io/stream.h"
#include "net/io/udp.h"
#include "net/uv/runtime.h"
#include "tests/conformance/descriptors.h"
#include "tests/conformance/tasks.h"

namespace net::uv {

using namespace std::chrono_literals;
using namespace net::tests;

class UvTest : public testing::Test {
 protected:
  // Runs a task, which must succeed and leave no descriptor and no memory behind.
  template <class Function, class... Args>
  void run(Function&& function, Args&&... arguments) {
    auto runtime = Runtime::make();
    ASSERT_NE(runtime, nullptr);
    std::size_t descriptors = conformance::open_descriptors();
    auto blocks = memory_statistics().blocks;
    Result<> outcome =
        block_on(runtime->loop(), runtime->network(), function, std::forward<Args>(arguments)...);
    EXPECT_TRUE(outcome) << outcome.error().message();
    EXPECT_EQ(conformance::open_descriptors(), descriptors) << "descriptors were left open";
    EXPECT_EQ(memory_statistics().blocks, blocks) << "memory was not given back";
  }
};

inline const Endpoint kAnyPort{Address::loopback_v4(), 0};

class Pair {
 public:
  Pair(Stream c, Stream s) : client(std::move(c)), server(std::move(s)) {}
  Stream client;
  Stream server;
};
inline Task<Pair> connected_pair() {
  Listener listener = co_await listen(kAnyPort);
  Stream client = co_await connect(listener.local());
  Stream server = co_await listener.accept();
  Pair pair(std::move(client), std::move(server));
  co_return std::move(pair);
}

}  // namespace net::uv
