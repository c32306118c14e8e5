// Notifier: how a callback of lwIP tells whoever waits in the loop.
#pragma once

#include <cstdint>
#include <utility>

#include "embedded/lwip/core.h"
#include "net/core/intrusive_list.h"
#include "net/core/loop.h"

namespace net::lwip {

// What has happened, in bits that each kind of socket gives a meaning.
using News = std::uint8_t;

#ifdef NET_LWIP_LOCK

// The news of a network for its loop. Callbacks leave them here and post the inbox; the loop's thread delivers
// them. *Lifetime*: the loop may have it when its network goes, so it frees itself.
class Inbox final : public Posted {
 public:
  // One sender, which leaves when it is destroyed, with the lock held.
  class Note : public ListNode {
   public:
    explicit Note(Inbox& inbox) : inbox_(inbox) {}

   protected:
    ~Note() = default;

   private:
    friend class Inbox;
    template <class>
    friend class Notifier;
    virtual void deliver(News news) = 0;
    Inbox& inbox_;
    News news_ = 0;
  };

  explicit Inbox(Loop& loop) : loop_(loop) {}
  // With the lock held.
  void add(Note& note, News news);
  // The network goes, before its loop. With the lock held.
  void close();

 private:
  ~Inbox() = default;
  void run() override;
  void dropped() override;

  Loop& loop_;
  IntrusiveList<Note> notes_;
  bool posted_ = false;
  bool closed_ = false;
};

// The inbox that a socket uses.
using InboxOf = Inbox&;

// Base of a Socket that has `void noticed(News)`, which wakes operations and nothing else: it is called on the
// loop's thread, with the lock held. News may be old: an operation that they wake looks whether there is
// something for it.
template <class Socket>
class Notifier {
 protected:
  ~Notifier() = default;
  // With the lock held, from any context.
  void notify(News news) { note_.inbox_.add(note_, news); }
  [[nodiscard]] InboxOf inbox() const { return note_.inbox_; }

  // For the network, whose inbox it is.
  static InboxOf make_inbox(Loop& loop) { return *new Inbox(loop); }
  void close_inbox() {
    CoreLock lock;
    note_.unlink();
    note_.inbox_.close();
  }

 private:
  friend Socket;
  explicit Notifier(InboxOf inbox) : note_(inbox, *this) {}

  class OwnNote final : public Inbox::Note {
   public:
    OwnNote(Inbox& inbox, Notifier& notifier) : Note(inbox), notifier_(notifier) {}
    void deliver(News news) override { static_cast<Socket&>(notifier_).noticed(news); }

   private:
    Notifier& notifier_;
  };
  OwnNote note_;
};

#else

class InboxOf {};

// In one context there is no way to go.
template <class Socket>
class Notifier {
 protected:
  ~Notifier() = default;
  [[gnu::always_inline]] void notify(News news) { static_cast<Socket*>(this)->noticed(news); }
  [[nodiscard]] static InboxOf inbox() { return {}; }
  static InboxOf make_inbox(Loop&) { return {}; }
  void close_inbox() {}

 private:
  friend Socket;
  explicit Notifier(InboxOf) {}
};

#endif

}  // namespace net::lwip
