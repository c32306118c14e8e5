// When a server tells that it pauses, in virtual time. The rest of serve is in tests/uv/serve_test.cc.
#include <chrono>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "net/core/log.h"
#include "net/core/sleep.h"
#include "net/io/listener.h"
#include "net/io/memory_stream.h"
#include "net/io/serve.h"
#include "tests/conformance/tasks.h"
#include "tests/support/manual_test.h"

namespace net {
namespace {

using namespace std::chrono_literals;

// As of a system that has no descriptor until somebody comes.
class FullListener final : public ListenerSocket {
 public:
  void come(Stream stream) { coming_ = std::move(stream); }

  Progress start_accept() override { return resume_accept(); }
  Progress resume_accept() override {
    accepted = coming_.release();
    if (accepted == nullptr) return fail(Errc::too_many_open);
    return Progress::kDone;
  }
  void cancel_accept() override { wake(Errc::cancelled); }
  void close() override {}
  [[nodiscard]] Endpoint local() const override { return {}; }
  void describe_local(TextBuffer& out) const override { out << "nowhere"; }

 private:
  Stream coming_;
};

int told = 0;

Task<> leave(Stream) { co_return; }

using ServePause = tests::ManualTest;

TEST_F(ServePause, IsToldOnceHoweverLongAndAgainAfterRoom) {
  told = 0;
  set_log_sink(
      [](LogLevel level, std::string_view line) {
        if (level == LogLevel::kWarn && line.ends_with("too many open sockets; accepting pauses")) ++told;
      },
      LogLevel::kWarn);
  run([]() -> Task<> {
    FullListener socket;
    Listener listener(&socket);
    ServeCounters counters;
    tests::Beside serving(serve(listener, leave, ServeLimits().set_counters(&counters)));
    for (int times = 1; times <= 2; ++times) {
      std::size_t before = counters.pauses;
      co_await sleep(1h);
      EXPECT_GT(counters.pauses, before + 1000);
      EXPECT_EQ(told, times);
      auto [here, there] = stream_pair();
      socket.come(std::move(there));
      co_await sleep(1s);
      EXPECT_EQ(counters.accepted, static_cast<std::size_t>(times));
    }
    serving.cancel();
    co_await serving.join();
  });
}

// Each connection takes the last room and leaves it at once.
TEST_F(ServePause, IsToldOnceASecondWhereRoomComesAndGoes) {
  told = 0;
  run([]() -> Task<> {
    FullListener socket;
    Listener listener(&socket);
    ServeCounters counters;
    tests::Beside serving(serve(listener, leave, ServeLimits().set_counters(&counters)));
    for (int i = 0; i != 600; ++i) {
      co_await sleep(100ms);
      auto [here, there] = stream_pair();
      socket.come(std::move(there));
    }
    EXPECT_GT(counters.accepted, 400U);
    EXPECT_LE(told, 61);
    EXPECT_GT(told, 30);
    serving.cancel();
    co_await serving.join();
  });
}

}  // namespace
}  // namespace net
