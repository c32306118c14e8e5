#include "embedded/offload/w5500/socket.h"

#include <algorithm>

#include "embedded/offload/w5500/network.h"

namespace net::w5500 {
namespace {

// A chip accepts a command within microseconds (page 46).
constexpr int kAcceptance = 200;  // times that it is asked

}  // namespace

std::array<std::byte, 6> to_peer(std::span<const std::byte, 4> address, std::uint16_t port) {
  std::array<std::byte, 6> peer;
  std::copy(address.begin(), address.end(), peer.begin());
  std::array<std::byte, 2> number = bytes_of(port);
  std::copy(number.begin(), number.end(), peer.begin() + 4);
  return peer;
}

unsigned ChipSocket::number() const { return static_cast<unsigned>(this - network_->sockets_.data()); }

void ChipSocket::set(Register at, std::span<const std::byte> value) {
  network_->chip_.write(registers_of(number()), at, value);
}
void ChipSocket::set(Register at, std::uint8_t value) {
  network_->chip_.write8(registers_of(number()), at, value);
}

void ChipSocket::await_acceptance() {
  if (!std::exchange(ordered_, false)) return;
  for (int tries = 0; tries != kAcceptance; ++tries) {
    if (network_->chip_.read8(registers_of(number()), kCommand) == 0) return;
  }
  network_->suspect();
}

void ChipSocket::order(Command command) {
  await_acceptance();
  set(kCommand, command);
  ordered_ = true;
}

// A command that was accepted may still be at work (page 46).
bool ChipSocket::becomes(std::uint8_t least) {
  await_acceptance();
  for (int tries = 0; tries != kAcceptance; ++tries) {
    auto status = network_->chip_.read_twice<1>(registers_of(number()), kStatus);
    status_ = std::to_integer<std::uint8_t>(status[0]);
    if (status_ >= least) return true;
  }
  network_->suspect();
  return false;
}

bool ChipSocket::open(std::uint8_t mode, std::uint16_t port) {
  datagram_ = (mode & kUdp) != 0;
  port_ = port;
  set(kMode, mode);
  set(kPort, bytes_of(port));
  set(kInterrupt, kAllInterrupts);
  order(kOpen);
  if (!becomes(datagram_ ? kIsUdp : kInitial)) return false;
  if (datagram_) begin();
  return true;
}

bool ChipSocket::listen() {
  order(kListen);
  // Or somebody has connected meanwhile.
  return becomes(kListening);
}

void ChipSocket::aim(std::span<const std::byte, 4> address, std::uint16_t port) {
  set(kPeerAddress, to_peer(address, port));
}

std::array<std::byte, 6> ChipSocket::peer() {
  return network_->chip_.read_twice<6>(registers_of(number()), kPeerAddress);
}

// OPEN has set the pointers, and of TCP the handshake those for sending (page 54).
void ChipSocket::begin() {
  auto pointers = network_->chip_.read_twice<12>(registers_of(number()), kSendFree);
  std::span<std::byte> all(pointers);
  room_ = std::min<std::uint16_t>(word_of(all), kBufferSize);
  send_at_ = word_of(all.subspan(kSendPointer - kSendFree));
  receive_at_ = word_of(all.subspan(kReceivePointer - kSendFree));
  unsent_ = received_ = 0;
  news_ = true;
  sending_ = finishes_ = finished_ = false;
}

std::size_t ChipSocket::received() {
  if (std::exchange(news_, false)) {
    // What was taken is known to the chip once RECV is.
    await_acceptance();
    std::uint16_t size = network_->chip_.read16_twice(registers_of(number()), kReceivedSize);
    if (size <= kBufferSize) {
      received_ = size;
    } else {
      network_->suspect();
    }
  }
  return received_;
}

void ChipSocket::peek(std::size_t skipped, std::span<std::byte> bytes) {
  auto at = static_cast<std::uint16_t>(receive_at_ + skipped);
  if (!bytes.empty()) network_->chip_.read(receive_buffer_of(number()), at, bytes);
}

std::array<std::byte, 8> ChipSocket::peek_header() {
  return network_->chip_.read_twice<8>(receive_buffer_of(number()), receive_at_);
}

void ChipSocket::drop(std::size_t count) {
  receive_at_ = static_cast<std::uint16_t>(receive_at_ + count);
  received_ = static_cast<std::uint16_t>(received_ - count);
  if (status_ == kClosed) return;
  await_acceptance();
  set(kReceivePointer, bytes_of(receive_at_));
  order(kReceive);
}

std::size_t ChipSocket::put(std::span<const std::byte> bytes) {
  std::size_t size = std::min<std::size_t>(bytes.size(), room_);
  if (size == 0) return 0;
  network_->chip_.write(send_buffer_of(number()), send_at_, bytes.first(size));
  send_at_ = static_cast<std::uint16_t>(send_at_ + size);
  unsent_ = static_cast<std::uint16_t>(unsent_ + size);
  room_ = static_cast<std::uint16_t>(room_ - size);
  return size;
}

void ChipSocket::send(Command command) {
  await_acceptance();
  set(kSendPointer, bytes_of(send_at_));
  order(command);
  sending_ = true;
  unsent_ = 0;
}

// One SEND at a time: the next one waits for SENDOK or TIMEOUT of the last.
void ChipSocket::flush() {
  if (!sending_ && unsent_ != 0) send(kSend);
}

void ChipSocket::finish() {
  finishes_ = true;
  if (sending_ || unsent_ != 0 || finished_) return;
  order(kDisconnect);
  finished_ = true;
}

// SENDOK or TIMEOUT: what it was for is done.
void ChipSocket::sent() {
  sending_ = false;
  if (datagram_) {
    room_ = kBufferSize;
    return;
  }
  await_acceptance();
  std::uint16_t room = network_->chip_.read16_twice(registers_of(number()), kSendFree);
  if (room >= unsent_ && room <= kBufferSize) room_ = static_cast<std::uint16_t>(room - unsent_);
  flush();
  if (finishes_) finish();
}

void ChipSocket::look() {
  Chip& chip = network_->chip_;
  bool was_connected = is_connected();
  auto state = chip.read_twice<2>(registers_of(number()), kInterrupt);
  auto interrupts = static_cast<std::uint8_t>(std::to_integer<unsigned>(state[0]) & kAllInterrupts);
  std::uint8_t before = std::exchange(status_, std::to_integer<std::uint8_t>(state[1]));
  if (interrupts != 0) chip.write8(registers_of(number()), kInterrupt, interrupts);
  if (interrupts == 0 && status_ == before) {
    // The peer may take what it had no room for when SENDOK came.
    if (datagram_ || !is_connected() || room_ != 0 || sending_) return;
    interrupts = kSent;
    sent();
  }
  if (interrupts != kSent) news_ = true;
  if (status_ == kClosed && was_connected) {
    // What came before stays in the buffer, where it is looked for this once.
    static_cast<void>(received());
  }
  if (status_ == kClosed) news_ = false;
  if (status_ != kClosed && (interrupts & (kSent | kTimedOut)) != 0 && sending_) sent();
  if (use_ == Use::kLeaving) {
    // Whoever still sends gets a reset, as nobody reads it.
    if (status_ == kClosed || (interrupts & kReceived) != 0) release();
  } else if (user_ != nullptr) {
    user_->changed(*this, interrupts);
  }
}

unsigned ChipSocket::loss() const {
  if (status_ == kClosed || status_ == kTimeWait) return 0;
  return sending_ || unsent_ != 0 ? 2 : 1;
}

// What it has raised and nobody has looked at is not told to whom it belongs next.
void ChipSocket::shut() {
  order(kClose);
  await_acceptance();
  set(kInterrupt, kAllInterrupts);
}

void ChipSocket::forget() {
  use_ = Use::kFree;
  user_ = nullptr;
  status_ = kClosed;
  sending_ = ordered_ = finishes_ = finished_ = datagram_ = news_ = false;
  unsent_ = received_ = 0;
}

void ChipSocket::release() {
  if (use_ == Use::kFree) return;
  if (status_ != kClosed) shut();
  forget();
  network_->freed();
}

void ChipSocket::leave() {
  user_ = nullptr;
  use_ = Use::kLeaving;
  age_ = 0;
  finish();
}

}  // namespace net::w5500
