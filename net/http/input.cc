#include "net/http/input.h"

#include <algorithm>
#include <cstring>

#include "net/core/memory.h"

namespace net::http {

Task<bool> Input::fill() {
  std::span<std::byte> got;
  if (data_ == nullptr) {
    // Waits in memory that the loop lends, and takes a block when there is something to keep.
    got = co_await stream_.read_view(first_);
    if (!got.empty() && !keep(got)) co_await fail(Errc::no_memory, "read a message");
  } else {
    if (!make_room()) co_await fail(Errc::no_memory, "read a message");
    if (end_ == capacity_) co_await fail(Errc::limit_exceeded, "read a message");
    got = co_await stream_.read(std::as_writable_bytes(std::span(data_ + end_, capacity_ - end_)));
    end_ += got.size();
  }
  co_return !got.empty();
}

bool Input::keep(std::span<std::byte> got) {
  if (!resize(first_)) return false;
  std::memcpy(data_, got.data(), got.size());
  end_ = got.size();
  return true;
}

// Behind `end_`, if it can be had. False without memory.
bool Input::make_room() {
  std::size_t from = held_ ? held_end_ : 0;
  if (begin_ != from && (empty() || end_ == capacity_)) {
    std::memmove(data_ + from, data_ + begin_, end_ - begin_);
    end_ -= begin_ - from;
    begin_ = from;
  }
  if (end_ != capacity_ || held_ || capacity_ >= most_) return true;
  return resize(std::min(capacity_ * 2, most_));
}

const char* Input::hold(std::size_t count, bool reads_on) {
  if (reads_on && capacity_ - begin_ < count + kRoom && !resize(end_ - begin_ + kRoom)) return nullptr;
  begin_ += count;
  held_end_ = begin_;
  held_ = true;
  return data_ + begin_ - count;
}

bool Input::resize(std::size_t capacity) {
  auto* data = static_cast<char*>(allocate(capacity));
  if (data == nullptr) return false;
  if (data_ != nullptr) {
    std::memcpy(data, data_ + begin_, end_ - begin_);
    release(data_, capacity_);
  }
  data_ = data;
  capacity_ = capacity;
  end_ -= begin_;
  begin_ = 0;
  return true;
}

void Input::free_block() {
  if (data_ == nullptr) return;
  release(data_, capacity_);
  data_ = nullptr;
  capacity_ = begin_ = end_ = 0;
}

}  // namespace net::http
