// A peer whose messages come many at a time does not keep the loop for itself.
#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "net/core/combine.h"
#include "net/core/sleep.h"
#include "tests/unit/websocket/pair.h"

namespace net::websocket {
namespace {

class Fairness : public testing::Test {
 protected:
  // How many messages at most the server reads between two turns of another task.
  int most_at_once(const std::string& frames, std::optional<Deflate> deflate = std::nullopt) {
    int most = 0;
    auto both = [&]() -> Task<> {
      auto [ours, peer] = stream_pair(frames.size() + 1000);
      co_await peer.write(frames);
      bool ended = false;
      auto read = [&](Stream stream) -> Task<> {
        Options options;
        options.set_message_limit(1 << 20);
        WebSocket server(std::move(stream), Role::kServer, options, deflate);
        for (;;) {
          Message message = co_await server.read();
          if (!message) break;
          ++done;
        }
        ended = true;
      };
      auto watch = [&]() -> Task<> {
        int before = 0;
        while (!ended) {
          co_await yield();
          most = std::max(most, done - before);
          before = done;
        }
      };
      co_await all(read(std::move(ours)), watch());
    };
    Result<> outcome = loop.run_task(both);
    EXPECT_TRUE(outcome) << outcome.error().message();
    return most;
  }

  ManualLoop loop;
  NumbersNetwork network;
  Network::Used used{network};
  int done = 0;
};

const std::string kClose = frame(Role::kServer, 0x88);

TEST_F(Fairness, OfSmallMessages) {
  std::string frames;
  for (int i = 0; i != 9000; ++i) frames += frame(Role::kServer, 0x81, "x");
  int most = most_at_once(frames + kClose);
  EXPECT_EQ(done, 9000);
  EXPECT_GT(most, 0);
  EXPECT_LE(most, 130);
}

TEST_F(Fairness, OfLargeMessages) {
  std::string frames;
  for (int i = 0; i != 20; ++i) frames += frame(Role::kServer, 0x81, std::string(100'000, 'x'));
  int most = most_at_once(frames + kClose);
  EXPECT_EQ(done, 20);
  EXPECT_LE(most, 2);
}

}  // namespace
}  // namespace net::websocket
