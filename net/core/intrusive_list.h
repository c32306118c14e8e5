// A doubly linked list through its elements: no allocation, O(1) removal of an element that is known.
#pragma once

#include <cassert>

namespace net {

template <class T>
class IntrusiveList;

// Base of what may stand in one list at a time. Leaving the list is part of destruction.
class ListNode {
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
  ListNode* next_ = nullptr;
  ListNode* prev_ = nullptr;
};

// *Lifetime*: elements are not owned; the list is empty before it goes.
template <class T>
class IntrusiveList {
 public:
  IntrusiveList() { head_.next_ = head_.prev_ = &head_; }
  IntrusiveList(const IntrusiveList&) = delete;
  IntrusiveList& operator=(const IntrusiveList&) = delete;
  ~IntrusiveList() {
    while (!empty()) head_.next_->unlink();
    head_.next_ = head_.prev_ = nullptr;
  }

  [[nodiscard]] bool empty() const { return head_.next_ == &head_; }
  [[nodiscard]] T* front() { return empty() ? nullptr : static_cast<T*>(head_.next_); }
  // The element after `node`, or null at the end.
  [[nodiscard]] T* next(T& node) {
    ListNode* after = static_cast<ListNode&>(node).next_;
    return after == &head_ ? nullptr : static_cast<T*>(after);
  }

  void push_back(T& element) { insert(*head_.prev_, element); }
  void push_front(T& element) { insert(head_, element); }
  // Where it belongs in a list in order, behind its equals; looked for from the end.
  template <class Less>
  void insert(T& element, Less less) {
    ListNode* after = head_.prev_;
    while (after != &head_ && less(element, *static_cast<T*>(after))) after = after->prev_;
    insert(*after, element);
  }
  T* pop_front() {
    T* first = front();
    if (first != nullptr) static_cast<ListNode*>(first)->unlink();
    return first;
  }
  T* pop_back() {
    if (empty()) return nullptr;
    ListNode* last = head_.prev_;
    last->unlink();
    return static_cast<T*>(last);
  }
  // Moves everything from `other` to the end of this list.
  void take_all(IntrusiveList& other) {
    if (other.empty()) return;
    ListNode* first = other.head_.next_;
    ListNode* last = other.head_.prev_;
    other.head_.next_ = other.head_.prev_ = &other.head_;
    first->prev_ = head_.prev_;
    head_.prev_->next_ = first;
    last->next_ = &head_;
    head_.prev_ = last;
  }

 private:
  static void insert(ListNode& after, ListNode& node) {
    assert(!node.is_linked());
    node.prev_ = &after;
    node.next_ = after.next_;
    after.next_->prev_ = &node;
    after.next_ = &node;
  }

  ListNode head_;
};

}  // namespace net
