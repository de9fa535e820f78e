// An intrusive ring of links, the one list of the loop: ready nodes, timers of a slot and waits hang in it.
//
// Appending and unlinking are O(1), without branches and without memory. The list owns nothing.
#pragma once

#include <cassert>

namespace holdfast {

struct ListLink {
  ListLink* previous = nullptr;
  ListLink* next = nullptr;
};

class LinkedList {
 public:
  LinkedList() = default;
  LinkedList(const LinkedList&) = delete;
  LinkedList& operator=(const LinkedList&) = delete;

  bool empty() const { return head_.next == &head_; }

  // The first link. The list is not empty.
  ListLink& first() const {
    assert(!empty());
    return *head_.next;
  }

  // `link` hangs in no list.
  void append(ListLink& link) {
    ListLink* const last = head_.previous;
    link.previous = last;
    link.next = &head_;
    last->next = &link;
    head_.previous = &link;
  }

  // `link` hangs in some list.
  static void unlink(ListLink& link) {
    link.previous->next = link.next;
    link.next->previous = link.previous;
  }

  // For walking: from head().next, until head() comes again.
  const ListLink& head() const { return head_; }

  // Forgets all links, which keep their pointers to each other: the caller has kept the first one and walks
  // on.
  void clear() { head_.previous = head_.next = &head_; }

 private:
  ListLink head_{&head_, &head_};
};

}  // namespace holdfast
