// Station: how a NINA module joins its Wi-Fi, and why it does not.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "net/core/log.h"
#include "net/core/sleep.h"
#include "net/io/block_on.h"
#include "net/uv/runtime.h"
#include "tests/support/nina_board.h"

namespace net::tests {
namespace {

using nina::Trouble;
using Kind = Trouble::Kind;
using std::chrono::milliseconds;

constexpr std::uint8_t kNumber = 3;

std::vector<std::string>& said() {
  static std::vector<std::string> all;
  return all;
}

class NinaStation : public testing::Test {
 public:
  nina::NinaNetwork& network() { return board_->network(); }
  NinaBus& bus() { return board_->bus(); }
  [[nodiscard]] const Trouble& trouble() { return network().station().trouble(); }

  // Until the module has told why.
  Task<> until(Kind kind) {
    while (trouble().kind() != kind) co_await sleep(milliseconds(1));
  }
  // Until so many more commands, and answers, have gone over the wires.
  Task<> frames(std::size_t more) {
    std::size_t end = bus().frames() + more;
    while (bus().frames() < end) co_await sleep(milliseconds(1));
  }

 protected:
  using Body = Task<> (*)(NinaStation&);
  void run(std::string_view name, std::string_view passphrase, Body body) {
    nina::Settings settings = NinaBoard::settings(kNumber);
    settings.name = name;
    settings.passphrase = passphrase;
    board_.emplace(runtime_->loop(), model(), settings);
    said().clear();
    set_log_sink([](LogLevel, std::string_view line) { said().emplace_back(line); }, LogLevel::kWarn);
    Result<> outcome = block_on(runtime_->loop(), runtime_->network(), body, *this);
    EXPECT_TRUE(outcome) << outcome.error().message();
    bus().order("pin air 1");
  }
  // Fails for that reason, which is said once, however often the module tries.
  void fails(std::string_view name, std::string_view passphrase, Body body, const std::string& line) {
    run(name, passphrase, body);
    EXPECT_EQ(said(), (std::vector<std::string>{line}));
  }

 private:
  // Its attempts end soon, and the one to hear nobody of that name, too.
  static const ModelProcess& model() {
    return ModelProcess::at("nina", "127.0.0." + std::to_string(kNumber),
                            {"--boot", "1000", "--join-time", "1000", "--scan-time", "2000"});
  }

  std::unique_ptr<uv::Runtime> runtime_ = uv::Runtime::make();
  std::optional<NinaBoard> board_;
};

constexpr std::size_t kMany = 20;

TEST_F(NinaStation, HasNoTroubleOnceItHasJoined) {
  run("eddy", "eddyeddy", [](NinaStation& bench) -> Task<> {
    EXPECT_FALSE(bench.trouble());
    co_await bench.network().up();
    EXPECT_FALSE(bench.trouble());
    EXPECT_EQ(bench.trouble().reason(), 0);
  });
  EXPECT_EQ(said(), std::vector<std::string>{});
}

TEST_F(NinaStation, JoinsAnOpenNetwork) {
  run("open", "", [](NinaStation& bench) -> Task<> { co_await bench.network().up(); });
  EXPECT_EQ(said(), std::vector<std::string>{});
}

TEST_F(NinaStation, TellsThatThePassphraseIsWrong) {
  fails(
      "eddy", "ydderydde",
      [](NinaStation& bench) -> Task<> {
        co_await bench.until(Kind::kWrongPassphrase);
        EXPECT_EQ(bench.trouble().reason(), 15);
        co_await bench.frames(kMany);
        EXPECT_FALSE(bench.network().is_up());
      },
      "Wi-Fi eddy: wrong passphrase");
}

TEST_F(NinaStation, TellsThatThereIsNoSuchNetwork) {
  fails(
      "nobody", "eddyeddy",
      [](NinaStation& bench) -> Task<> {
        co_await bench.until(Kind::kNoSuchNetwork);
        EXPECT_EQ(bench.trouble().reason(), 201);
        // It is looked after less and less often: four frames are one look.
        TimePoint since = Clock::now();
        co_await bench.frames(kMany);
        EXPECT_GE(Clock::now() - since, milliseconds(1000));
      },
      "Wi-Fi nobody: no such network");
}

TEST_F(NinaStation, TellsThatAPassphraseIsWanted) {
  fails(
      "eddy", "",
      [](NinaStation& bench) -> Task<> {
        co_await bench.until(Kind::kIsSecured);
        co_await bench.frames(kMany);
      },
      "Wi-Fi eddy: it wants a passphrase, or other security");
}

TEST_F(NinaStation, TellsThatNoPassphraseIsWanted) {
  fails(
      "open", "eddyeddy",
      [](NinaStation& bench) -> Task<> {
        co_await bench.until(Kind::kIsOpen);
        co_await bench.frames(kMany);
      },
      "Wi-Fi open: it wants no passphrase, or one of weaker security");
}

// After reason 8 the firmware does not join again by itself: nothing is in a hurry to see it.
TEST_F(NinaStation, TellsEachTimeThatItWasSentAwayAndJoinsAgain) {
  run("eddy", "eddyeddy", [](NinaStation& bench) -> Task<> {
    co_await bench.network().up();
    for (int times = 0; times != 2; ++times) {
      bench.bus().order("fault sent-away 8");
      bench.network().suspect();
      co_await bench.network().down();
      co_await bench.until(Kind::kSentAway);
      EXPECT_EQ(bench.trouble().reason(), 8);
      co_await bench.network().up();
      EXPECT_FALSE(bench.trouble());
    }
  });
  EXPECT_EQ(said(), std::vector<std::string>(2, "Wi-Fi eddy: sent away by the access point (reason 8)"));
}

TEST(NinaTrouble, HasWordsForAllReasons) {
  auto words = [](const Trouble& trouble) {
    Text<100> text;
    text << trouble;
    return std::string(text.text());
  };
  EXPECT_EQ(words(Trouble(1)), "no trouble");
  EXPECT_EQ(words(Trouble(200)), "out of range");
  EXPECT_EQ(words(Trouble(202)), "wrong passphrase");
  EXPECT_EQ(words(Trouble(204)), "wrong passphrase");
  EXPECT_EQ(words(Trouble(Kind::kNoAddress, 0)), "no address by DHCP");
  EXPECT_EQ(words(Trouble(255)), "sent away by the access point (reason 255)");
}

}  // namespace
}  // namespace net::tests
