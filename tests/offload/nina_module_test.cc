// Module: commands over SPI with READY, and what can go wrong with them.
#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "net/core/event.h"
#include "net/core/log.h"
#include "tests/offload/nina_module_bench.h"

namespace net::tests {
namespace {

using nina::Command;
using nina::Outcome;
using std::chrono::milliseconds;

// A command with small parameters and one of data, whose answer's parameters are kept.
class Call final : public nina::Request {
 public:
  Call(Command command, std::vector<std::string> sent) : Request(command, 0), sent_(std::move(sent)) {
    parameters = static_cast<std::uint8_t>(sent_.size());
  }

  void write(nina::Writer& out) override {
    ++writes;
    for (const std::string& each : sent_) out.data(std::as_bytes(std::span(each)));
    if (module == nullptr) return;
    EXPECT_FALSE(module->withdraw(*this));
  }
  bool read(nina::Reader& in) override {
    answer.clear();
    while (in.left() != 0) {
      std::array<std::byte, nina::kMostData> buffer;
      std::size_t size = in.data(std::span(buffer).first(longest));
      answer.emplace_back(reinterpret_cast<const char*>(buffer.data()), size);
    }
    return !asks_why || (answer.size() == 1 && answer[0] == std::string(1, '\1'));
  }
  void ended(Outcome how, std::uint8_t why) override {
    ++ends;
    outcome = how;
    number = why;
    done.set();
  }

  bool asks_why = false;
  std::size_t longest = nina::kMostData;
  std::vector<std::string> answer;
  Outcome outcome = Outcome::kReset;
  std::uint8_t number = 0;
  nina::Module* module = nullptr;  // it cannot be withdrawn from there while it is under way
  int writes = 0;
  int ends = 0;
  Event done;

 private:
  std::vector<std::string> sent_;
};

class NinaModule : public NinaModuleBench<NinaModule> {
 public:
  NinaModule() : NinaModuleBench({"--boot", "1000", "--join-time", "1000"}) {}

  using NinaModuleBench::run;
  Task<> run(Call& call) {
    module().submit(call);
    co_await call.done.wait();
    EXPECT_EQ(call.ends, 1);
  }
  // Its version answers: what was before has left nothing behind.
  Task<> expect_sense() {
    Call version(Command::kGetVersion, {});
    co_await run(version);
    EXPECT_EQ(version.outcome, Outcome::kDone);
    EXPECT_EQ(version.answer, (std::vector<std::string>{std::string("3.2.0\0", 6)}));
  }
};

std::string little(std::uint32_t value, int size) {
  std::string bytes;
  for (; size != 0; --size, value >>= 8) bytes += static_cast<char>(value & 0xFF);
  return bytes;
}

TEST_F(NinaModule, CommandsEndInTheirOrder) {
  run([](NinaModule& bench) -> Task<> {
    Call version(Command::kGetVersion, {});
    Call status(Command::kGetStatus, {});
    Call addresses(Command::kGetAddresses, {"\xFF"});
    bench.module().submit(version);
    bench.module().submit(status);
    co_await bench.run(addresses);
    EXPECT_TRUE(version.done.is_set() && status.done.is_set());
    EXPECT_EQ(version.answer, (std::vector<std::string>{std::string("3.2.0\0", 6)}));
    EXPECT_EQ(status.answer, (std::vector<std::string>{"\xFE"}));
    EXPECT_EQ(addresses.answer, (std::vector<std::string>(3, std::string(4, '\0'))));
    EXPECT_EQ(bench.module().spoilt(), 0);
  });
}

TEST_F(NinaModule, ACommandThatFailsTellsWhy) {
  run([](NinaModule& bench) -> Task<> {
    Call closing(Command::kClose, {"\x3A"});
    Call behind(Command::kGetStatus, {});
    closing.asks_why = true;
    bench.module().submit(closing);
    co_await bench.run(behind);
    EXPECT_TRUE(closing.done.is_set());
    EXPECT_EQ(closing.outcome, Outcome::kFailed);
    EXPECT_EQ(closing.number, nina::kBadDescriptor);
  });
}

TEST_F(NinaModule, DataGoBothWaysWhateverTheirLength) {
  run([](NinaModule& bench) -> Task<> {
    // UDP to itself.
    Call join(Command::kSetNetwork, {"open"});
    co_await bench.run(join);
    Call status(Command::kGetStatus, {});
    do {
      status.done.reset();
      status.ends = 0;
      co_await bench.run(status);
    } while (status.answer[0] != "\3");
    Call socket(Command::kSocket, {"\2", std::string(1, '\0')});
    co_await bench.run(socket);
    std::string descriptor = socket.answer.at(0);
    Call quick(Command::kControl, {descriptor, little(0x8004667E, 4), little(1, 4)});
    co_await bench.run(quick);
    Call bind(Command::kBind, {descriptor, std::string("\xEE\x01", 2)});
    co_await bench.run(bind);
    EXPECT_EQ(bind.answer.at(0), std::string("\1"));
    for (std::size_t size : {1, 2, 3, 4, 5, 31, 32, 33, 1471, 1472}) {
      std::string data(size, 'x');
      data.back() = 'y';
      Call send(Command::kSendTo, {descriptor, std::string("\x7F\0\0\2", 4), std::string("\xEE\x01", 2), data});
      co_await bench.run(send);
      EXPECT_EQ(send.outcome, Outcome::kDone);
      Call poll(Command::kPoll, {descriptor});
      do {
        poll.done.reset();
        poll.ends = 0;
        co_await bench.run(poll);
      } while ((poll.answer[0][0] & 1) == 0);
      Call receive(Command::kReceiveFrom, {descriptor, little(1500, 2)});
      co_await bench.run(receive);
      EXPECT_EQ(receive.answer.size(), 3U);
      EXPECT_TRUE(receive.answer.back() == data) << size;
    }
    EXPECT_EQ(bench.module().spoilt(), 0);
  });
}

TEST_F(NinaModule, ACommandCanBeWithdrawnWhileItWaits) {
  run([](NinaModule& bench) -> Task<> {
    Call first(Command::kGetVersion, {});
    Call second(Command::kGetVersion, {});
    Call third(Command::kGetVersion, {});
    first.module = &bench.module();
    bench.module().submit(first);
    bench.module().submit(second);
    bench.module().submit(third);
    EXPECT_TRUE(bench.module().withdraw(second));
    co_await third.done.wait();
    EXPECT_EQ(first.writes, 1);
    EXPECT_TRUE(first.done.is_set());
    EXPECT_FALSE(second.done.is_set());
    EXPECT_EQ(second.writes, 0);
  });
}

TEST_F(NinaModule, UpToTenBytesOfJunkAreSkipped) {
  run([](NinaModule& bench) -> Task<> {
    co_await bench.expect_sense();
    for (int junk = 1; junk <= 10; ++junk) {
      bench.fault("junk-before " + std::to_string(junk));
      co_await bench.expect_sense();
    }
    EXPECT_EQ(bench.module().spoilt(), 0);
  });
}

TEST_F(NinaModule, AnAnswerThatMakesNoSenseIsAskedForAgain) {
  run([](NinaModule& bench) -> Task<> {
    co_await bench.expect_sense();
    for (const char* fault :
         {"junk-before 11", "junk-before 60", "junk-bytes 1", "junk-bytes 2", "junk-bytes 5"}) {
      bench.fault(fault);
      Call version(Command::kGetVersion, {});
      version.repeatable = true;
      co_await bench.run(version);
      EXPECT_EQ(version.outcome, Outcome::kDone) << fault;
      EXPECT_EQ(version.answer, (std::vector<std::string>{std::string("3.2.0\0", 6)}));
      EXPECT_EQ(version.writes, 2) << fault;
      co_await bench.expect_sense();
    }
    EXPECT_EQ(bench.module().spoilt(), 5);
    EXPECT_EQ(bench.resets(), 0);
  });
}

TEST_F(NinaModule, WhatMustNotBeDoneTwiceIsLostInstead) {
  run([](NinaModule& bench) -> Task<> {
    co_await bench.expect_sense();
    bench.fault("junk-before 20");
    Call socket(Command::kSocket, {"\1", std::string(1, '\0')});
    co_await bench.run(socket);
    EXPECT_EQ(socket.outcome, Outcome::kLost);
    EXPECT_EQ(socket.writes, 1);
    co_await bench.expect_sense();
    EXPECT_EQ(bench.resets(), 0);
  });
}

TEST_F(NinaModule, AnAnswerThatIsLongerThanItsPlaceIsNoAnswer) {
  run([](NinaModule& bench) -> Task<> {
    bench.bus().forgive();
    Call version(Command::kGetVersion, {});
    version.longest = 5;
    co_await bench.run(version);
    EXPECT_EQ(version.outcome, Outcome::kLost);
    co_await bench.expect_sense();
  });
}

TEST_F(NinaModule, ACommandThatArrivesSpoiltIsRefusedAndRepeated) {
  run([](NinaModule& bench) -> Task<> {
    co_await bench.expect_sense();
    bench.fault("junk-sent 1");  // its first byte
    Call socket(Command::kSocket, {"\1", std::string(1, '\0')});
    co_await bench.run(socket);
    EXPECT_EQ(socket.outcome, Outcome::kDone);
    EXPECT_EQ(socket.writes, 2);
    EXPECT_EQ(bench.module().spoilt(), 0);
  });
}

TEST_F(NinaModule, AnUnknownCommandFails) {
  run([](NinaModule& bench) -> Task<> {
    bench.bus().forgive();
    Call unknown(static_cast<Command>(0x55), {});
    co_await bench.run(unknown);
    EXPECT_EQ(unknown.outcome, Outcome::kFailed);
    EXPECT_EQ(unknown.number, nina::kNoSystemCall);
    co_await bench.expect_sense();
  });
}

TEST_F(NinaModule, ASelectThatGoesUnnoticedIsMadeAgain) {
  run([](NinaModule& bench) -> Task<> {
    co_await bench.expect_sense();
    for (int deaf = 1; deaf <= 3; ++deaf) {
      bench.fault("deaf-selects " + std::to_string(deaf));
      Call socket(Command::kSocket, {"\1", std::string(1, '\0')});
      co_await bench.run(socket);
      EXPECT_EQ(socket.outcome, Outcome::kDone);
      EXPECT_EQ(socket.writes, 1);
    }
    EXPECT_EQ(bench.module().spoilt(), 0);
    EXPECT_EQ(bench.resets(), 0);
  });
}

TEST_F(NinaModule, AModuleThatStaysDeafIsReset) {
  run([](NinaModule& bench) -> Task<> {
    co_await bench.expect_sense();
    bench.fault("deaf-selects 4");
    Call version(Command::kGetVersion, {});
    Call behind(Command::kGetVersion, {});
    bench.module().submit(behind);
    co_await bench.run(version);
    EXPECT_EQ(behind.outcome, Outcome::kReset);
    EXPECT_EQ(version.outcome, Outcome::kReset);
    EXPECT_EQ(bench.resets(), 1);
    co_await bench.expect_sense();
  });
}

std::vector<std::string>& said() {
  static std::vector<std::string> lines;
  return lines;
}

// However often it is reset and asked; again, when it has answered in between.
TEST_F(NinaModule, AModuleThatDoesNotAnswerIsToldOnce) {
  said().clear();
  set_log_sink([](LogLevel, std::string_view line) { said().emplace_back(line); }, LogLevel::kWarn);
  run([](NinaModule& bench) -> Task<> {
    for (int times = 1; times <= 2; ++times) {
      co_await bench.expect_sense();
      bench.fault("deaf-selects 12");
      for (int i = 0; i != 3; ++i) {
        Call version(Command::kGetVersion, {});
        co_await bench.run(version);
        EXPECT_EQ(version.outcome, Outcome::kReset);
      }
      EXPECT_EQ(said(), std::vector<std::string>(times, "the NINA module does not answer"));
    }
    EXPECT_EQ(bench.resets(), 6);
  });
}

TEST_F(NinaModule, AModuleThatHangsIsResetAndAllRequestsEnd) {
  run([](NinaModule& bench) -> Task<> {
    co_await bench.expect_sense();
    bench.fault("hang-after 1");
    Call first(Command::kGetVersion, {});
    Call second(Command::kGetVersion, {});
    bench.module().submit(first);
    co_await bench.run(second);
    EXPECT_EQ(first.outcome, Outcome::kReset);
    EXPECT_EQ(second.outcome, Outcome::kReset);
    EXPECT_EQ(bench.resets(), 1);
    EXPECT_EQ(bench.module().resets(), 1);
    co_await bench.expect_sense();
  });
}

TEST_F(NinaModule, AModuleThatMakesNoSenseTwiceIsReset) {
  run([](NinaModule& bench) -> Task<> {
    co_await bench.expect_sense();
    bench.fault("junk-bytes 80");  // reading looks like a command then, whose refusal is spoilt too
    Call version(Command::kGetVersion, {});
    version.repeatable = true;
    co_await bench.run(version);
    EXPECT_EQ(version.outcome, Outcome::kReset);
    EXPECT_EQ(bench.resets(), 1);
    bench.fault("junk-bytes 0");
    co_await bench.expect_sense();
  });
}

TEST_F(NinaModule, AModuleThatResetsItselfInMidTransferGoesOn) {
  run([](NinaModule& bench) -> Task<> {
    co_await bench.expect_sense();
    // That one exchange takes.
    for (int bytes = 1; bytes <= 22; ++bytes) {
      // It may have started again before CS rises, and takes what is left of a transfer for a command.
      for (const char* fault : {"reset-after ", "junk-bytes 0"}) {
        std::string what = fault;
        bench.fault(what.back() == ' ' ? what + std::to_string(bytes) : what);
        Call version(Command::kGetVersion, {});
        version.repeatable = true;
        co_await bench.run(version);
        EXPECT_EQ(version.outcome, Outcome::kDone) << bytes;
        EXPECT_EQ(version.answer, (std::vector<std::string>{std::string("3.2.0\0", 6)}));
      }
    }
    EXPECT_EQ(bench.resets(), 0);
  });
}

}  // namespace
}  // namespace net::tests
