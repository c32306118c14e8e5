#include "net/io/memory_stream.h"

#include <algorithm>
#include <cstring>

#include "net/core/memory.h"

namespace net {
namespace {

// One direction: a ring of bytes.
struct Ring {
  std::byte* data = nullptr;
  std::size_t capacity = 0;
  std::size_t first = 0;
  std::size_t size = 0;
  std::size_t lent = 0;  // at the front, until the reader's next await

  std::span<std::byte> front() { return {data + first, std::min(size, capacity - first)}; }
  void pop(std::size_t count) {
    first = (first + count) % capacity;
    size -= count;
  }
  std::span<std::byte> room() {
    std::size_t begin = (first + size) % capacity;
    return {data + begin, std::min(capacity - size, capacity - begin)};
  }
};

class End;

// Both ends and both directions, freed with the last end.
struct Pair : Pooled {
  Ring rings[2];
  End* ends[2] = {nullptr, nullptr};
  bool ended[2] = {false, false};  // the writer of the ring has shut down or gone
  std::size_t capacity = 0;
  ~Pair() {
    for (Ring& ring : rings) release(ring.data, capacity);
  }
  Pair() = default;
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;
};

class End final : public StreamSocket, public Pooled {
 public:
  End(Pair& pair, int side) : pair_(&pair), side_(side) { pair.ends[side] = this; }

  Progress start_read() override {
    give_back();
    ReadOperation& read = *this;
    if (read.buffer.empty()) return Progress::kDone;
    return get() ? Progress::kDone : Progress::kPending;
  }
  Progress resume_read() override { return get() ? Progress::kDone : Progress::kPending; }
  void cancel_read() override { reading().wake(Errc::cancelled); }

  Progress start_write() override {
    WriteOperation& write = *this;
    if (write.kind == WriteOperation::Kind::kConnect) return write.fail(Errc::not_supported);
    if (write.kind == WriteOperation::Kind::kShutdown) {
      if (failure_ != Errc::ok) return write.fail(failure_);
      if (broken_) return write.fail(Errc::broken_pipe);
      end_writing();
      return Progress::kDone;
    }
    return put();
  }
  Progress resume_write() override { return put(); }
  void cancel_write() override {
    broken_ = true;
    writing().wake(Errc::cancelled);
  }

  void close(bool reset) override {
    // Unread data is lost to the peer, which most stacks tell it by a reset. So is the rest of a cancelled
    // write.
    give_back();
    if (reset || broken_ || incoming().size != 0) {
      reset_peer();
    } else {
      end_writing();
    }
    pair_->ends[side_] = nullptr;
    // The peer's writes have nowhere to go.
    if (End* peer = other()) {
      if (peer->writing().pending()) peer->writing().wake();
    } else {
      delete pair_;
    }
    delete this;
  }
  void abort() override {
    reset_peer();
    fail_all();
  }
  [[nodiscard]] Endpoint local() const override { return {}; }
  [[nodiscard]] Endpoint peer() const override { return {}; }
  Errc set_option(StreamOption option, int) override {
    return option == StreamOption::kNoDelay ? Errc::ok : Errc::not_supported;
  }

 private:
  ReadOperation& reading() { return *this; }
  WriteOperation& writing() { return *this; }
  Ring& incoming() { return pair_->rings[1 - side_]; }
  Ring& outgoing() { return pair_->rings[side_]; }
  [[nodiscard]] End* other() const { return pair_->ends[1 - side_]; }

  // What was lent by the previous read leaves the ring now.
  void give_back() {
    Ring& ring = incoming();
    if (ring.lent == 0) return;
    ring.pop(ring.lent);
    ring.lent = 0;
    if (End* peer = other(); peer != nullptr && peer->writing().pending()) peer->writing().wake();
  }
  bool get() {
    ReadOperation& read = *this;
    Ring& ring = incoming();
    if (failure_ != Errc::ok) {
      read.fail(failure_);
      return true;
    }
    std::span<std::byte> front = ring.front();
    if (front.empty()) {
      if (!pair_->ended[1 - side_]) return false;
      read.buffer = {};
      return true;
    }
    std::size_t count = std::min(front.size(), read.buffer.size());
    if (read.borrowed) {
      read.buffer = front.first(count);
      ring.lent = count;
      return true;
    }
    std::memcpy(read.buffer.data(), front.data(), count);
    read.buffer = read.buffer.first(count);
    ring.lent = count;
    give_back();
    return true;
  }
  Progress put() {
    WriteOperation& write = *this;
    for (;;) {
      if (!write.has_bytes()) return Progress::kDone;
      if (failure_ != Errc::ok) return write.fail(failure_);
      if (broken_ || pair_->ended[side_] || other() == nullptr) return write.fail(Errc::broken_pipe);
      std::span<std::byte> room = outgoing().room();
      if (room.empty()) return Progress::kPending;
      std::size_t count = std::min(room.size(), write.current.size());
      std::memcpy(room.data(), write.current.data(), count);
      outgoing().size += count;
      write.current = write.current.subspan(count);
      wake_reader();
    }
  }
  void end_writing() {
    pair_->ended[side_] = true;
    wake_reader();
  }
  void wake_reader() {
    if (End* peer = other(); peer != nullptr && peer->reading().pending()) peer->reading().wake();
  }
  void reset_peer() {
    if (End* peer = other()) peer->fail_all();
  }
  void fail_all() {
    if (failure_ != Errc::ok) return;
    failure_ = Errc::connection_reset;
    if (reading().waiting()) reading().wake(failure_);
    if (writing().waiting()) writing().wake(failure_);
  }

  Pair* pair_;
  int side_;
  bool broken_ = false;  // a write was cancelled
  Errc failure_ = Errc::ok;
};

}  // namespace

std::pair<Stream, Stream> stream_pair(std::size_t capacity) {
  std::pair<Stream, Stream> streams;
  auto* pair = new Pair;
  if (pair == nullptr) return streams;
  pair->capacity = capacity == 0 ? 1 : capacity;
  for (Ring& ring : pair->rings) {
    ring.capacity = pair->capacity;
    ring.data = static_cast<std::byte*>(allocate(ring.capacity));
  }
  End* first = nullptr;
  if (pair->rings[0].data != nullptr && pair->rings[1].data != nullptr) first = new End(*pair, 0);
  End* second = first != nullptr ? new End(*pair, 1) : nullptr;
  if (second == nullptr) {
    delete first;
    delete pair;
    return streams;
  }
  streams.first = Stream(first);
  streams.second = Stream(second);
  return streams;
}

}  // namespace net
