// A doubly linked list through its elements: no allocation, O(1) removal of an element that is known.
#pragma once

#include <cassert>

namespace net {

template <class T>
class IntrusiveList;

// A place in a ring.
class ListLink {
 private:
  friend class ListNode;
  template <class>
  friend class IntrusiveList;
  ListLink* next_ = nullptr;
  ListLink* prev_ = nullptr;
};

// Base of what may stand in one list at a time. Leaving the list is part of destruction.
class ListNode : private ListLink {
 public:
  ListNode() = default;
  ListNode(const ListNode&) = delete;
  ListNode& operator=(const ListNode&) = delete;
  ~ListNode() { unlink(); }

  [[nodiscard]] bool is_linked() const { return next_ != nullptr; }
  void unlink() {
    if (next_ == nullptr) return;
    prev_->next_ = next_;
    next_->prev_ = prev_;
    next_ = prev_ = nullptr;
  }

 private:
  template <class>
  friend class IntrusiveList;
};

// *Lifetime*: elements are not owned; the list is empty before it goes.
template <class T>
class IntrusiveList {
 public:
  IntrusiveList() { head_.next_ = head_.prev_ = &head_; }
  IntrusiveList(const IntrusiveList&) = delete;
  IntrusiveList& operator=(const IntrusiveList&) = delete;
  ~IntrusiveList() { assert(empty()); }

  [[nodiscard]] bool empty() const { return head_.next_ == &head_; }
  [[nodiscard]] T* front() { return empty() ? nullptr : element(head_.next_); }
  // The element after `node`, or null at the end.
  [[nodiscard]] T* next(T& node) {
    ListLink* after = link(node).next_;
    return after == &head_ ? nullptr : element(after);
  }

  void push_back(T& element) { insert(*head_.prev_, link(element)); }
  void push_front(T& element) { insert(head_, link(element)); }
  // Where it belongs in a list in order, behind its equals; looked for from the end.
  template <class Less>
  void insert(T& added, Less less) {
    ListLink* after = head_.prev_;
    while (after != &head_ && less(added, *element(after))) after = after->prev_;
    insert(*after, link(added));
  }
  T* pop_front() {
    if (empty()) return nullptr;
    T* first = element(head_.next_);
    static_cast<ListNode&>(*first).unlink();
    return first;
  }
  T* pop_back() {
    if (empty()) return nullptr;
    T* last = element(head_.prev_);
    static_cast<ListNode&>(*last).unlink();
    return last;
  }
  // Moves everything from `other` to the end of this list.
  void take_all(IntrusiveList& other) {
    if (other.empty()) return;
    ListLink* first = other.head_.next_;
    ListLink* last = other.head_.prev_;
    other.head_.next_ = other.head_.prev_ = &other.head_;
    first->prev_ = head_.prev_;
    head_.prev_->next_ = first;
    last->next_ = &head_;
    head_.prev_ = last;
  }

 private:
  static ListLink& link(T& element) { return static_cast<ListNode&>(element); }
  // By references, whose casts look for no null.
  static T* element(ListLink* link) { return &static_cast<T&>(static_cast<ListNode&>(*link)); }
  static void insert(ListLink& after, ListLink& node) {
    assert(node.next_ == nullptr);
    node.prev_ = &after;
    node.next_ = after.next_;
    after.next_->prev_ = &node;
    after.next_ = &node;
  }

  ListLink head_;
};

}  // namespace net
