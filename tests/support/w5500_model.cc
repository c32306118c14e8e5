#include "tests/support/w5500_model.h"

#include <gtest/gtest.h>

namespace net::tests {

void W5500Bus::listen() {
  flush();
  listening_ = true;
  if (!high_) hear("! int 0");
}

void W5500Bus::hear(const std::string& event) {
  if (event == "! int 1") high_ = true;
  if (event == "! int 0") {
    high_ = false;
    if (std::exchange(listening_, false)) wake();
  }
  // A peer's reset may come before the driver can know.
  if (event.starts_with("! violation") && !event.ends_with("while it is closed")) ADD_FAILURE() << event;
}

w5500::Settings W5500Board::settings(std::uint8_t number, bool addressed) {
  w5500::Settings settings;
  settings.hardware_address = {std::byte{2}, {}, {}, {}, {}, std::byte{number}};
  if (!addressed) return settings;
  settings.address = {std::byte{127}, {}, {}, std::byte{number}};
  settings.subnet = {std::byte{255}};
  return settings;
}

W5500Board::W5500Board(uv::UvLoop& loop, std::uint8_t number, bool addressed)
    : bus_(loop, ModelProcess::at("w5500", "127.0.0." + std::to_string(number))),
      network_(loop, bus_, settings(number, addressed)) {
  bus_.attach([this] { network_.poll(); });
}

void W5500Board::allow_sockets(std::size_t more) {
  while (w5500::kSockets - network_.open_sockets() > more) {
    Errc code = Errc::ok;
    DatagramSocket* filler = network_.make_datagram(Family::kV4, code);
    ASSERT_EQ(code, Errc::ok);
    fillers_.push_back(filler);
  }
}

void W5500Board::allow_all_sockets() {
  for (DatagramSocket* each : std::exchange(fillers_, {})) each->close();
}

}  // namespace net::tests
