// Exchanges of many bytes both ways at once, of which both ends check every byte.
#pragma once

#include <cstdint>

#include "net/net.h"

namespace interop {

// Neither end gets further ahead of the other than this, so that both ways are busy at once, whatever there is
// room for in between.
constexpr std::uint32_t kAhead = 65536;

// What came of an exchange at one end.
class Outcome {
 public:
  std::uint32_t cell = 0;
  std::uint32_t bytes = 0;
  // Those that came, up to the first wrong one.
  std::uint32_t good = 0;
  // More came, or a wrong one.
  bool wrong = false;

  [[nodiscard]] bool whole() const { return good == bytes && !wrong; }
};

// One line that says it: "cell 7: 1000000 bytes both ways", "cell 7: wrong after 500 of 1000000 bytes".
void say(const Outcome& outcome);

// By TCP: the client's first eight bytes are the numbers `cell` and `bytes`, highest byte first; then each end
// sends so many bytes, and the server closes when it has got its own: a board's program that ends takes what is
// still to be sent with it. *Errors*: of the stream, and protocol_error: a wrong byte, or an early end.
net::Task<Outcome> call(net::Stream& peer, std::uint32_t cell, std::uint32_t bytes);
// `outcome` has the exchange's number as soon as the client has told it.
net::Task<> answer(net::Stream& peer, Outcome& outcome);

// By UDP: numbered datagrams (window.h), which are sent again until the other end has them. *Errors*: of the
// socket; it goes on for as long as nobody answers.
net::Task<Outcome> call(net::UdpSocket& socket, std::uint32_t cell, std::uint32_t bytes);
// Answers for ever, one client after another, and says each outcome.
net::Task<> answer_all(net::UdpSocket& socket);

}  // namespace interop
