// Window: one end of an exchange by datagrams. It says what to send, and takes what has come.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "tests/interop/matrix/programs/exchange.h"
#include "tests/interop/matrix/programs/number.h"
#include "tests/interop/matrix/programs/pattern.h"

namespace interop {

// A datagram: the numbers below, and the bytes that number `number` of its sender's pieces has.
class Heading {
 public:
  static constexpr std::size_t kSize = 16;
  // In place of a piece: there is none; the client has all, and the server has heard of it, or ends what is
  // wrong.
  static constexpr std::uint32_t kNoPiece = 0xffffffff;
  static constexpr std::uint32_t kBye = 0xfffffffe;

  std::uint32_t cell = 0;
  std::uint32_t bytes = 0;  // of the whole exchange, each way
  std::uint32_t number = kNoPiece;
  std::uint32_t has = 0;  // how many pieces the sender has got, in order

  void write(std::span<std::byte, kSize> to) const {
    put(to.subspan<0, 4>(), cell);
    put(to.subspan<4, 4>(), bytes);
    put(to.subspan<8, 4>(), number);
    put(to.subspan<12, 4>(), has);
  }
  static Heading read(std::span<const std::byte, kSize> from) {
    Heading heading;
    heading.cell = get(from.subspan<0, 4>());
    heading.bytes = get(from.subspan<4, 4>());
    heading.number = get(from.subspan<8, 4>());
    heading.has = get(from.subspan<12, 4>());
    return heading;
  }
};

class Window {
 public:
  static constexpr std::uint32_t kPiece = 500;
  // On their way at once: with acknowledgements no more than a W5500 socket's 2 KB, or lwIP's eight, have room
  // for.
  static constexpr std::uint32_t kInFlight = 3;
  static constexpr std::size_t kLargest = Heading::kSize + kPiece;

  Window(std::uint32_t cell, std::uint32_t bytes, End own)
      : sends_(cell, own),
        receives_(cell, own == End::kClient ? End::kServer : End::kClient),
        pieces_((bytes + kPiece - 1) / kPiece) {
    outcome_.cell = cell;
    outcome_.bytes = bytes;
  }

  [[nodiscard]] const Outcome& outcome() const { return outcome_; }
  // Both ways are done, as far as this end knows.
  [[nodiscard]] bool done() const { return received_ == pieces_ && arrived_ == pieces_; }

  void take(const Heading& heading, std::span<const std::byte> piece) {
    if (heading.has <= pieces_) arrived_ = std::max(arrived_, heading.has);
    next_ = std::max(next_, arrived_);
    if (heading.number == Heading::kNoPiece || outcome_.wrong) return;
    owes_ = true;
    if (heading.number != received_) return;  // it is here already, or is sent again
    std::uint32_t place = received_ * kPiece;
    std::uint32_t same = receives_.same(place, piece);
    outcome_.good += same;
    outcome_.wrong = same != piece.size() || piece.size() != size(received_);
    ++received_;
  }

  // What is to be sent now: a piece, or that some have arrived, or nothing.
  std::span<const std::byte> next(std::array<std::byte, kLargest>& buffer) {
    std::uint32_t limit = std::min({pieces_, arrived_ + kInFlight, received_ + kAhead / kPiece});
    Heading heading = this->heading();
    std::size_t length = Heading::kSize;
    if (next_ < limit) {
      heading.number = next_;
      sends_.fill(next_ * kPiece, std::span(buffer).subspan(length, size(next_)));
      length += size(next_++);
    } else if (!owes_) {
      return {};
    }
    owes_ = false;
    heading.write(std::span(buffer).first<Heading::kSize>());
    return std::span(buffer).first(length);
  }

  // Nothing came for long: what is on its way is taken for lost.
  void again() { next_ = arrived_; }

  [[nodiscard]] Heading heading() const {
    Heading heading;
    heading.cell = outcome_.cell;
    heading.bytes = outcome_.bytes;
    heading.has = received_;
    return heading;
  }

 private:
  [[nodiscard]] std::uint32_t size(std::uint32_t number) const {
    return std::min(kPiece, outcome_.bytes - number * kPiece);
  }

  Pattern sends_;
  Pattern receives_;
  Outcome outcome_;
  std::uint32_t pieces_;        // each way
  std::uint32_t next_ = 0;      // to be sent
  std::uint32_t arrived_ = 0;   // that the other end has
  std::uint32_t received_ = 0;  // that this end has
  bool owes_ = false;           // it has told nobody of the last that came
};

}  // namespace interop
