// connect_tls: TLS that a NINA module speaks, with servers of net/tls.
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "embedded/offload/nina/tls.h"
#include "net/core/combine.h"
#include "net/core/deadline.h"
#include "net/core/sleep.h"
#include "net/io/block_on.h"
#include "net/io/listener.h"
#include "net/tls/tls.h"
#include "net/uv/runtime.h"
#include "tests/conformance/tasks.h"
#include "tests/support/nina_board.h"
#include "tests/tls/certificates.h"

namespace net::tests {
namespace {

using std::chrono::milliseconds;

constexpr std::uint8_t kNumber = 4;

const Authority& authority() {
  static const Authority made;
  return made;
}

tls::ServerContext server_of(const Issued& issued) {
  tls::ServerSettings settings;
  settings.add_identity(issued.identity());
  Result<tls::ServerContext> made = tls::ServerContext::make(settings);
  if (!made) std::abort();
  return std::move(*made);
}

class NinaTls : public testing::Test {
 public:
  nina::NinaNetwork& network() { return board_.network(); }
  NinaBus& bus() { return board_.bus(); }
  tls::ServerContext& context() { return context_; }

  // A port of this computer, where a client may come.
  Task<Listener> listener() {
    Listener made = co_await listen(Endpoint(Address::loopback_v4(), 0));
    co_return std::move(made);
  }
  Task<Stream> connect(const Listener& listener, std::string_view host = "localhost") {
    Stream stream = co_await nina::connect_tls(network(), host, listener.local().port());
    co_return std::move(stream);
  }
  Task<> expect_failure(Task<Stream> connecting, Errc code) {
    Result<Stream> stream = co_await result(std::move(connecting));
    EXPECT_FALSE(stream);
    if (!stream) {
      EXPECT_EQ(stream.error(), code) << stream.error().message();
    }
  }

 protected:
  using Body = Task<> (*)(NinaTls&);
  void run(Body body) {
    Result<> outcome = block_on(runtime_->loop(), runtime_->network(), begin, *this, body);
    EXPECT_TRUE(outcome) << outcome.error().message();
  }

 private:
  static Task<> begin(NinaTls& bench, Body body) {
    co_await bench.network().up();
    co_await body(bench);
  }
  static const ModelProcess& model() {
    static const std::string path = [] {
      std::string file = testing::TempDir() + "/authorities";
      std::ofstream(file) << authority().certificate();
      return file;
    }();
    return ModelProcess::at("nina", "127.0.0." + std::to_string(kNumber),
                            {"--boot", "1000", "--join-time", "1000", "--ca", path});
  }

  std::unique_ptr<uv::Runtime> runtime_ = uv::Runtime::make();
  static nina::Settings settings() {
    nina::Settings settings = NinaBoard::settings(kNumber);
    settings.times.patience = milliseconds(2000);
    return settings;
  }
  NinaBoard board_{runtime_->loop(), model(), settings()};
  tls::ServerContext context_ = server_of(authority().issue());
};

// Serves one client, until it goes, which the module does without a word of TLS.
Task<> echo_one(Listener& listener, tls::ServerContext& context) {
  Stream plain = co_await listener.accept();
  Stream peer = co_await tls::accept(std::move(plain), context);
  std::array<std::byte, 4096> buffer;
  for (;;) {
    Result<std::span<std::byte>> received = co_await result(peer.read(buffer));
    if (!received || received->empty()) {
      EXPECT_TRUE(received || received.error() == Errc::connection_reset);
      co_return;
    }
    Result<> sent = co_await result(peer.write(*received));
    if (!sent) co_return;
  }
}

Task<std::string> read_all(Stream& stream, std::size_t size) {
  std::string all;
  std::array<std::byte, 3000> buffer;
  while (all.size() < size) {
    std::span<std::byte> received = co_await stream.read(buffer);
    if (received.empty()) break;
    all += text(received);
  }
  co_return std::move(all);
}

Task<> talk(NinaTls& bench, Listener& listener) {
  Stream stream = co_await bench.connect(listener);
  co_await stream.write("Hello, world");
  std::string back = co_await read_all(stream, 12);
  EXPECT_EQ(back, "Hello, world");
}

Task<> expect_echo(NinaTls& bench) {
  Listener listener = co_await bench.listener();
  co_await all(echo_one(listener, bench.context()), talk(bench, listener));
}

TEST_F(NinaTls, EchoesAndLeavesNoSlotBehind) {
  run([](NinaTls& bench) -> Task<> {
    for (int times = 0; times != 10; ++times) co_await expect_echo(bench);
  });
}

Task<> talk_much(NinaTls& bench, Listener& listener) {
  Stream stream = co_await bench.connect(listener);
  std::string much;
  for (int i = 0; i != 60'000; ++i) much += static_cast<char>(i % 251);
  auto both = co_await all(stream.write(much), read_all(stream, much.size()));
  EXPECT_TRUE(std::get<1>(both) == much);
}

TEST_F(NinaTls, CarriesMuchBothWaysAtOnce) {
  run([](NinaTls& bench) -> Task<> {
    Listener listener = co_await bench.listener();
    co_await all(echo_one(listener, bench.context()), talk_much(bench, listener));
  });
}

Task<> say_and_end(Listener& listener, tls::ServerContext& context) {
  Stream plain = co_await listener.accept();
  Stream peer = co_await tls::accept(std::move(plain), context);
  co_await peer.write("bye");
  co_await peer.shutdown();
}

Task<> hear_the_end(NinaTls& bench, Listener& listener) {
  Stream stream = co_await bench.connect(listener);
  std::string heard = co_await read_all(stream, 100);
  EXPECT_EQ(heard, "bye");
  std::array<std::byte, 10> buffer;
  std::span<std::byte> again = co_await stream.read(buffer);
  EXPECT_TRUE(again.empty());
  Result<> late = co_await result(stream.write("x"));
  EXPECT_FALSE(late);
  Result<> half = co_await result(stream.shutdown());
  EXPECT_FALSE(half);
}

TEST_F(NinaTls, ReadsToTheEndAndIsFreeThen) {
  run([](NinaTls& bench) -> Task<> {
    Listener listener = co_await bench.listener();
    for (int times = 0; times != 3; ++times) {
      co_await all(say_and_end(listener, bench.context()), hear_the_end(bench, listener));
    }
    co_await expect_echo(bench);
  });
}

Task<> refuse_one(Listener& listener, tls::ServerContext& context) {
  Stream plain = co_await listener.accept();
  Result<Stream> peer = co_await result(tls::accept(std::move(plain), context));
  EXPECT_FALSE(peer);
}

TEST_F(NinaTls, TrustsNoOtherNameAndNoOtherAuthority) {
  run([](NinaTls& bench) -> Task<> {
    Listener listener = co_await bench.listener();
    Authority other("another");
    tls::ServerContext unknown = server_of(other.issue());
    tls::ServerContext elsewhere = server_of(authority().issue(Wanted("elsewhere.org")));
    co_await all(refuse_one(listener, unknown), bench.expect_failure(bench.connect(listener), Errc::io_error));
    co_await all(refuse_one(listener, elsewhere),
                 bench.expect_failure(bench.connect(listener), Errc::io_error));
    co_await expect_echo(bench);
  });
}

TEST_F(NinaTls, FindsNobody) {
  run([](NinaTls& bench) -> Task<> {
    Listener listener = co_await bench.listener();
    co_await bench.expect_failure(bench.connect(listener, "nobody.invalid"), Errc::host_not_found);
    co_await bench.expect_failure(bench.connect(listener, std::string(256, 'a')), Errc::invalid_argument);
    std::uint16_t port = listener.local().port();
    listener = Listener();
    co_await bench.expect_failure(nina::connect_tls(bench.network(), "localhost", port), Errc::io_error);
    co_await expect_echo(bench);
  });
}

Task<> talk_while_another_wants_to(NinaTls& bench, Listener& listener) {
  Stream stream = co_await bench.connect(listener);
  co_await bench.expect_failure(bench.connect(listener), Errc::too_many_open);
  co_await stream.write("Hello, world");
  std::string back = co_await read_all(stream, 12);
  EXPECT_EQ(back, "Hello, world");
}

TEST_F(NinaTls, HasOneAtATime) {
  run([](NinaTls& bench) -> Task<> {
    Listener listener = co_await bench.listener();
    co_await all(echo_one(listener, bench.context()), talk_while_another_wants_to(bench, listener));
    co_await expect_echo(bench);
  });
}

// The server takes the connection, at which it is given up, and then does not say a word.
TEST_F(NinaTls, IsGivenUpAtOnceAndClosedWhenTheModuleIsDone) {
  run([](NinaTls& bench) -> Task<> {
    Listener listener = co_await bench.listener();
    {
      auto first = co_await any(bench.connect(listener), listener.accept());
      EXPECT_EQ(first.index(), 1U);
      // Still there, and so is its place.
      co_await bench.expect_failure(bench.connect(listener), Errc::too_many_open);
      // Longer than the module may be at other commands.
      co_await sleep(milliseconds(2500));
      Stream plain = std::move(std::get<1>(first));
    }
    // What is done next comes behind it.
    while (bench.network().has_slot()) co_await sleep(milliseconds(1));
    EXPECT_EQ(bench.network().module().resets(), 0);
    co_await expect_echo(bench);
  });
}

Task<> say_slowly(Listener& listener, tls::ServerContext& context) {
  Stream plain = co_await listener.accept();
  Stream peer = co_await tls::accept(std::move(plain), context);
  for (int i = 0; i != 50; ++i) {
    std::string word = std::to_string(i) + ";";
    co_await peer.write(word);
    co_await sleep(milliseconds(1));
  }
}

Task<> hear_impatiently(NinaTls& bench, Listener& listener) {
  Stream stream = co_await bench.connect(listener);
  std::string expected;
  for (int i = 0; i != 50; ++i) expected += std::to_string(i) + ";";
  std::string heard;
  std::array<std::byte, 7> buffer;
  int cancelled = 0;
  for (int i = 0; heard.size() < expected.size(); ++i) {
    Result<std::span<std::byte>> received =
        co_await result(timeout(std::chrono::microseconds(i * 37 % 1500), stream.read(buffer)));
    if (received && received->empty()) break;
    if (received) heard += text(*received);
    if (!received) ++cancelled;
  }
  EXPECT_EQ(heard, expected);
  EXPECT_NE(cancelled, 0);
}

TEST_F(NinaTls, ACancelledReadLosesNothing) {
  run([](NinaTls& bench) -> Task<> {
    Listener listener = co_await bench.listener();
    co_await all(say_slowly(listener, bench.context()), hear_impatiently(bench, listener));
  });
}

Task<> say_all(Listener& listener, tls::ServerContext& context, std::string_view what) {
  Stream plain = co_await listener.accept();
  Stream peer = co_await tls::accept(std::move(plain), context);
  Beside writing(peer.write(what));
  std::array<std::byte, 10> buffer;
  Result<std::span<std::byte>> end = co_await result(peer.read(buffer));
  EXPECT_TRUE(!end || end->empty());
  writing.cancel();
  co_await writing.join();
}

// The read is the loser again and again.
Task<> hear_while_racing(NinaTls& bench, Listener& listener, std::string_view expected) {
  Stream stream = co_await bench.connect(listener);
  std::string heard;
  std::array<std::byte, 700> buffer;
  int lost = 0;
  for (int i = 0; heard.size() < expected.size(); ++i) {
    auto first = co_await any(stream.read(buffer), sleep(std::chrono::microseconds(i * 41 % 2000)));
    if (first.index() == 1) {
      ++lost;
    } else {
      if (std::get<0>(first).empty()) break;
      heard += text(std::get<0>(first));
    }
  }
  EXPECT_TRUE(heard == expected) << heard.size() << " bytes of " << expected.size();
  EXPECT_NE(lost, 0);
}

TEST_F(NinaTls, AReadThatLosesARaceLosesNoByte) {
  run([](NinaTls& bench) -> Task<> {
    Listener listener = co_await bench.listener();
    std::string much = pattern(30'000);
    co_await all(say_all(listener, bench.context(), much),
                 timeout(std::chrono::seconds(20), hear_while_racing(bench, listener, much)));
  });
}

// With an answer that has bytes on its way, or not.
Task<> abort_in_the_midst(NinaTls& bench, Listener& listener, std::size_t frames) {
  Stream stream = co_await bench.connect(listener);
  Beside reading(read_all(stream, 1'000'000));
  std::size_t end = bench.bus().frames() + frames;
  while (bench.bus().frames() < end) co_await yield();
  stream.abort();
  co_await reading.join();
  EXPECT_EQ(reading.code(), Errc::connection_reset);
  std::array<std::byte, 10> buffer;
  Errc later = co_await failure_of(stream.read(buffer));
  EXPECT_EQ(later, Errc::connection_reset);
}

TEST_F(NinaTls, WhatIsAbortedWhileItReadsSpoilsNoAnswer) {
  run([](NinaTls& bench) -> Task<> {
    Listener listener = co_await bench.listener();
    std::string much = pattern(60'000);
    for (std::size_t frames = 1; frames <= 24; ++frames) {
      co_await all(say_all(listener, bench.context(), much), abort_in_the_midst(bench, listener, frames));
      co_await eventually([&] { return !bench.network().has_slot(); });
    }
    EXPECT_EQ(bench.network().module().spoilt(), 0);
    EXPECT_EQ(bench.network().module().resets(), 0);
    co_await expect_echo(bench);
  });
}

Task<> say_and_wait(Listener& listener, tls::ServerContext& context) {
  Stream plain = co_await listener.accept();
  Stream peer = co_await tls::accept(std::move(plain), context);
  co_await peer.write("before");
  std::array<std::byte, 10> buffer;
  Result<std::span<std::byte>> received = co_await result(peer.read(buffer));
  while (received && !received->empty()) received = co_await result(peer.read(buffer));
}

// The write is the command that the module is called for, which it does not notice at once.
Task<> change_ones_mind(NinaTls& bench, Listener& listener) {
  Stream stream = co_await bench.connect(listener);
  bench.bus().forgive();
  bench.bus().order("fault deaf-selects 1");
  Beside writing(stream.write("x"));
  writing.cancel();
  co_await writing.join();
  EXPECT_EQ(writing.code(), Errc::cancelled);
  Errc later = co_await failure_of(stream.write("y"));
  EXPECT_EQ(later, Errc::broken_pipe);
  std::string heard = co_await read_all(stream, 6);
  EXPECT_EQ(heard, "before");
}

TEST_F(NinaTls, AWriteThatIsCancelledBeforeItGoesOutLeavesReadingAlone) {
  run([](NinaTls& bench) -> Task<> {
    Listener listener = co_await bench.listener();
    for (int i = 0; i != 10; ++i) {
      co_await all(say_and_wait(listener, bench.context()), change_ones_mind(bench, listener));
      while (bench.network().has_slot()) co_await sleep(milliseconds(1));
    }
  });
}

Task<> lose(NinaTls& bench, Listener& listener, const char* order) {
  Stream stream = co_await bench.connect(listener);
  co_await stream.write("Hello, world");
  std::string back = co_await read_all(stream, 12);
  EXPECT_EQ(back, "Hello, world");
  bench.bus().forgive();
  bench.bus().order(order);
  bench.network().suspect();
  std::array<std::byte, 10> buffer;
  Result<std::span<std::byte>> received = co_await result(stream.read(buffer));
  // The Wi-Fi's loss may look like the peer's end.
  EXPECT_TRUE(received ? received->empty() : received.error() == Errc::connection_reset);
  Result<> sent = co_await result(stream.write("x"));
  EXPECT_FALSE(sent);
}

TEST_F(NinaTls, IsResetWithTheWiFiAndWithTheModule) {
  run([](NinaTls& bench) -> Task<> {
    Listener listener = co_await bench.listener();
    for (const char* order : {"fault sent-away 4", "fault hang-after 1", "pin reset 0"}) {
      co_await all(echo_one(listener, bench.context()), lose(bench, listener, order));
      co_await bench.network().up();
      co_await expect_echo(bench);
    }
  });
}

}  // namespace
}  // namespace net::tests
