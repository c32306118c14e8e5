#include "tests/support/nina_board.h"

#include <chrono>
#include <utility>

#include <gtest/gtest.h>

namespace net::tests {

const std::vector<std::string>& NinaBoard::options() {
  static const std::vector<std::string> all{"--boot", "1000", "--join-time", "1000"};
  return all;
}

nina::Settings NinaBoard::settings(std::uint8_t number) {
  nina::Settings settings;
  settings.name = "eddy";
  settings.passphrase = "eddyeddy";
  settings.address = {std::byte{127}, {}, {}, std::byte{number}};
  settings.subnet = {std::byte{255}};
  settings.times.boot = std::chrono::milliseconds(2);
  return settings;
}

NinaBoard::NinaBoard(uv::UvLoop& loop, std::uint8_t number)
    : NinaBoard(loop, ModelProcess::at("nina", "127.0.0." + std::to_string(number), options()),
                settings(number)) {}

NinaBoard::NinaBoard(uv::UvLoop& loop, const ModelProcess& model, const nina::Settings& settings)
    : bus_(loop, model), network_(loop, bus_, bus_.ready_pin(), settings) {
  bus_.attach([this] { network_.poll(); });
}

void NinaBoard::allow_sockets(std::size_t more) {
  nina::NinaNetwork::use_datagrams();
  while (nina::kSockets - network_.open_sockets() > more) {
    Errc code = Errc::ok;
    DatagramSocket* filler = network_.make_datagram(Family::kV4, code);
    ASSERT_EQ(code, Errc::ok);
    fillers_.push_back(filler);
  }
}

void NinaBoard::allow_all_sockets() {
  for (DatagramSocket* each : std::exchange(fillers_, {})) each->close();
}

}  // namespace net::tests
