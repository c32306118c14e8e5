#include "embedded/offload/nina/frame.h"

#include <algorithm>

namespace net::nina {
namespace {

constexpr int kMostJunk = 10;
constexpr std::size_t kWord = 4;
constexpr std::size_t kSmall = 8;  // no transfer of its own

bool has_wide_parameters(Command command) {
  switch (command) {
    case Command::kSendData:
    case Command::kGetData:
    case Command::kInsertData:
    case Command::kSend:
    case Command::kSendTo: return true;
    default: return false;
  }
}

bool has_wide_answer(Command command) {
  return command == Command::kGetData || command == Command::kReceive || command == Command::kReceiveFrom;
}

}  // namespace

Writer::Writer(offload::Bus& bus, Command command, std::uint8_t parameters)
    : bus_(bus), wide_(has_wide_parameters(command)) {
  put(kStart);
  put(static_cast<std::byte>(command));
  put(static_cast<std::byte>(parameters));
}

void Writer::put(std::byte byte) {
  if (size_ == buffer_.size()) flush();
  buffer_[size_++] = byte;
}

void Writer::flush() {
  bus_.transfer(std::span(buffer_).first(size_), {});
  total_ += size_;
  size_ = 0;
}

void Writer::length(std::size_t size) {
  if (wide_) put(static_cast<std::byte>(size >> 8));
  put(static_cast<std::byte>(size & 0xFF));
}

void Writer::data(std::span<const std::byte> bytes) {
  length(bytes.size());
  if (bytes.size() <= kSmall) {
    for (std::byte each : bytes) put(each);
    return;
  }
  flush();
  bus_.transfer(bytes, {});
  total_ += bytes.size();
}

void Writer::little(std::uint32_t value, std::size_t size) {
  length(size);
  for (; size != 0; --size, value >>= 8) put(static_cast<std::byte>(value & 0xFF));
}

void Writer::big(std::uint16_t value) {
  little(static_cast<std::uint32_t>(value >> 8 | (value & 0xFF) << 8), sizeof value);
}

void Writer::finish() {
  put(kEnd);
  while ((total_ + size_) % kWord != 0) put(std::byte{});
  flush();
}

// The shortest answers have four bytes, those of one byte have eight; beyond an answer's end there are zeros.
Reader::Reader(offload::Bus& bus, Command command) : bus_(bus), wide_(has_wide_answer(command)) {
  std::byte first = get();
  for (int junk = 0; first != kStart && first != kRefused; ++junk) {
    if (junk == kMostJunk) return;
    first = get();
  }
  std::byte second = get();
  if (first == kRefused) {
    if (second == std::byte{} && get() == kEnd) state_ = State::kRefused;
    return;
  }
  if (second != (static_cast<std::byte>(command) | kReply)) return;
  left_ = std::to_integer<std::uint8_t>(get());
  state_ = State::kWhole;
}

std::byte Reader::get() {
  if (at_ == buffer_.size()) {
    bus_.transfer({}, buffer_);
    at_ = 0;
  }
  return buffer_[at_++];
}

void Reader::get(std::span<std::byte> into) {
  std::size_t ahead = std::min(into.size(), buffer_.size() - at_);
  std::copy_n(buffer_.begin() + at_, ahead, into.begin());
  at_ = static_cast<std::uint8_t>(at_ + ahead);
  if (ahead != into.size()) bus_.transfer({}, into.subspan(ahead));
}

std::size_t Reader::length() {
  if (left_ == 0) state_ = State::kBroken;
  if (state_ != State::kWhole) return 0;
  --left_;
  auto size = std::to_integer<std::size_t>(get());
  if (wide_) size = size << 8 | std::to_integer<std::size_t>(get());
  return size;
}

std::size_t Reader::data(std::span<std::byte> into) {
  std::size_t size = length();
  if (size > into.size()) {
    state_ = State::kBroken;
    return 0;
  }
  get(into.first(size));
  return size;
}

std::size_t Reader::data(std::span<std::byte> into, std::size_t& whole) {
  whole = length();
  std::size_t size = std::min(whole, into.size());
  get(into.first(size));
  for (std::size_t skipped = size; skipped < whole; ++skipped) static_cast<void>(get());
  return size;
}

std::uint32_t Reader::little(std::size_t size) {
  if (length() != size) state_ = State::kBroken;
  if (state_ != State::kWhole) return 0;
  std::uint32_t value = 0;
  for (std::size_t i = 0; i != size; ++i) value |= std::to_integer<std::uint32_t>(get()) << (8 * i);
  return value;
}

std::uint16_t Reader::big() {
  std::uint32_t value = little(sizeof(std::uint16_t));
  return static_cast<std::uint16_t>((value >> 8 | value << 8) & 0xFFFF);
}

bool Reader::finish() { return state_ == State::kWhole && left_ == 0 && get() == kEnd; }

}  // namespace net::nina
