#include "embedded/lwip/notifier.h"

#ifdef NET_LWIP_LOCK

namespace net::lwip {

void Inbox::add(Note& note, News news) {
  note.news_ = static_cast<News>(note.news_ | news);
  if (!note.is_linked()) notes_.push_back(note);
  if (posted_) return;
  posted_ = true;
  loop_.post(*this);
}

void Inbox::run() {
  CoreLock lock;
  posted_ = false;
  while (Note* note = notes_.pop_front()) note->deliver(std::exchange(note->news_, News{0}));
  if (closed_) delete this;
}

void Inbox::dropped() {
  CoreLock lock;
  posted_ = false;
  if (closed_) delete this;
}

void Inbox::close() {
  closed_ = true;
  if (!posted_) delete this;
}

}  // namespace net::lwip

#endif
