// Channel<T>: a bounded queue between tasks.
#pragma once

#include <cstddef>
#include <new>
#include <optional>
#include <utility>

#include "net/core/intrusive_list.h"
#include "net/core/memory.h"
#include "net/core/operation.h"

namespace net {

// Messages arrive once each, in the order of sending. Tasks of one loop only.
//
// *Lifetime*: outlives everybody who waits on it.
template <class T>
class Channel {
 public:
  // Room for `capacity` messages (at least one), allocated here; without memory every operation fails with
  // no_memory.
  explicit Channel(std::size_t capacity)
      : capacity_(capacity == 0 ? 1 : capacity),
        slots_(capacity_ <= kMost ? static_cast<T*>(allocate(capacity_ * sizeof(T))) : nullptr) {
    static_assert(alignof(T) <= alignof(std::max_align_t));
  }
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;
  ~Channel() {
    for (; size_ != 0; --size_) {
      slots_[first_].~T();
      first_ = (first_ + 1) % capacity_;
    }
    net::release(slots_, capacity_ * sizeof(T));
  }

  class [[nodiscard("co_await it")]] Send final : public TypedOperation<void>, public ListNode {
   public:
    Send(Channel& channel, T&& message) : channel_(&channel), message_(std::move(message)) {}
    Send(Send&& other) noexcept : channel_(other.channel_), message_(std::move(other.message_)) {}
    void describe(TextBuffer& out) const override { out << "send to channel"; }

   private:
    friend class Channel;
    Progress start() override {
      if (channel_->slots_ == nullptr) return this->fail(Errc::no_memory);
      if (channel_->closed_) return this->fail(Errc::closed);
      if (channel_->size_ + channel_->promised_room_ < channel_->capacity_) return finish();
      channel_->senders_.push_back(*this);
      return Progress::kPending;
    }
    Progress resume() override {
      --channel_->promised_room_;
      if (channel_->closed_) return this->fail(Errc::closed);
      return finish();
    }
    void cancel() override {
      if (this->woken() && !this->failed()) {
        --channel_->promised_room_;
        channel_->offer_room();
      }
      this->unlink();
      this->wake(Errc::cancelled);
    }
    Progress finish() {
      channel_->push(std::move(message_));
      return Progress::kDone;
    }
    Channel* channel_;
    T message_;
  };

  class [[nodiscard("co_await it")]] Receive final : public TypedOperation<T>, public ListNode {
   public:
    explicit Receive(Channel& channel) : channel_(&channel) {}
    Receive(Receive&& other) noexcept : channel_(other.channel_) {}
    void describe(TextBuffer& out) const override { out << "receive from channel"; }
    // The message leaves the channel only here.
    T take() { return channel_->pop(); }

   private:
    friend class Channel;
    Progress start() override {
      if (channel_->slots_ == nullptr) return this->fail(Errc::no_memory);
      if (channel_->size_ > channel_->promised_messages_) return Progress::kDone;
      if (channel_->closed_) return this->fail(Errc::closed);
      channel_->receivers_.push_back(*this);
      return Progress::kPending;
    }
    Progress resume() override {
      --channel_->promised_messages_;
      return Progress::kDone;
    }
    void cancel() override {
      bool promised = this->woken() && !this->failed();
      this->unlink();
      this->wake(Errc::cancelled);
      if (promised) {
        --channel_->promised_messages_;
        channel_->offer_message();
      }
    }
    Channel* channel_;
  };

  // Waits for room and puts the message in.
  //
  // *Errors*: closed, if the channel is or gets closed; no_memory. *Cancellation*: at once; the message was
  // not sent.
  Send send(T message) { return Send(*this, std::move(message)); }
  // Puts the message in if there is room; else leaves `message` alone and gives false.
  bool try_send(T& message) {
    if (slots_ == nullptr || closed_ || size_ + promised_room_ >= capacity_) return false;
    push(std::move(message));
    return true;
  }
  // Waits for a message.
  //
  // *Errors*: closed, once the channel is closed and empty; no_memory. *Cancellation*: at once; no message is
  // lost.
  Receive receive() { return Receive(*this); }

  // No more sending; what is in the channel can still be received.
  void close() {
    closed_ = true;
    while (Send* sender = senders_.pop_front()) sender->wake(Errc::closed);
    end_receivers();
  }
  [[nodiscard]] bool closed() const { return closed_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }

 private:
  void push(T&& message) {
    new (&slots_[(first_ + size_) % capacity_]) T(std::move(message));
    ++size_;
    offer_message();
  }
  T pop() {
    T message = std::move(slots_[first_]);
    slots_[first_].~T();
    first_ = (first_ + 1) % capacity_;
    --size_;
    offer_room();
    if (closed_) end_receivers();
    return message;
  }
  // While there is a message, even one that is promised, a receiver may still get it.
  void end_receivers() {
    if (size_ != 0) return;
    while (Receive* receiver = receivers_.pop_front()) receiver->wake(Errc::closed);
  }
  void offer_message() {
    if (size_ <= promised_messages_) return;
    if (Receive* receiver = receivers_.pop_front()) {
      ++promised_messages_;
      receiver->wake();
    }
  }
  void offer_room() {
    if (closed_ || size_ + promised_room_ >= capacity_) return;
    if (Send* sender = senders_.pop_front()) {
      ++promised_room_;
      sender->wake();
    }
  }

  static constexpr std::size_t kMost = static_cast<std::size_t>(-1) / sizeof(T);  // whose size can be told
  std::size_t capacity_;
  T* slots_;
  std::size_t first_ = 0;
  std::size_t size_ = 0;
  // Woken waiters that have not run yet, and what is kept for them.
  std::size_t promised_messages_ = 0;
  std::size_t promised_room_ = 0;
  IntrusiveList<Send> senders_;
  IntrusiveList<Receive> receivers_;
  bool closed_ = false;
};

}  // namespace net
