// A NINA module's model beside this computer, for tests of its driver.
#pragma once

#include <vector>

#include "tests/offload/chip_bench.h"
#include "tests/support/nina_board.h"

namespace net::tests {

class NinaBench : public ChipBench<NinaBoard, NinaBench> {
 public:
  void fault(const std::string& what) {
    bus().forgive();
    EXPECT_EQ(bus().order("fault " + what), "ok");
  }

  // The module has as many sockets as ever, and nobody of this side holds one: while `run`, and after what was
  // destroyed has been closed.
  Task<> expect_nothing_held() {
    EXPECT_EQ(chip().open_sockets(), 0U);
    std::vector<Listener> all;
    for (std::size_t i = 0; i != nina::kSockets; ++i) {
      Listener each = co_await net::listen(Endpoint(kBoardAddress, 0));
      all.push_back(std::move(each));
    }
    Errc more = co_await failure_of(net::listen(Endpoint(kBoardAddress, 0)));
    EXPECT_EQ(more, Errc::too_many_open);
  }

 protected:
  NinaBench() : NinaBench(make) {}
  // A module that hangs is noticed sooner.
  static std::unique_ptr<NinaBoard> make_impatient(uv::UvLoop& loop) {
    nina::Settings settings = NinaBoard::settings(kBoard);
    settings.times.patience = std::chrono::seconds(1);
    return make_board(loop, settings);
  }
  explicit NinaBench(std::unique_ptr<NinaBoard> (*maker)(uv::UvLoop&)) : ChipBench(maker) {}

 private:
  static std::unique_ptr<NinaBoard> make(uv::UvLoop& loop) {
    return make_board(loop, NinaBoard::settings(kBoard));
  }
  static std::unique_ptr<NinaBoard> make_board(uv::UvLoop& loop, const nina::Settings& settings) {
    const ModelProcess& model = ModelProcess::at("nina", "127.0.0.2", NinaBoard::options());
    return std::make_unique<NinaBoard>(loop, model, settings);
  }
};

}  // namespace net::tests
