#include "sim/time/timer_wheel.h"

#include <algorithm>

namespace holdfast {

Time TimerWheel::start_of_lowest_slot() const {
  assert(!empty());
  const unsigned level = static_cast<unsigned>(std::countr_zero(levels_occupied_));
  const std::uint64_t slot = static_cast<std::uint64_t>(std::countr_zero(slots_occupied_[level]));
  const unsigned bits_below = digit_bits * level;
  const unsigned bits_with = bits_below + digit_bits;
  const std::uint64_t above = bits_with < 64 ? number(cursor_) >> bits_with << bits_with : 0;
  return Time{Duration{static_cast<Duration::rep>(above | slot << bits_below)}};
}

void TimerWheel::find_earliest() const {
  assert(!empty());
  const unsigned level = static_cast<unsigned>(std::countr_zero(levels_occupied_));
  const unsigned slot = static_cast<unsigned>(std::countr_zero(slots_occupied_[level]));
  const LinkedList& list = slots_[level * slot_count + slot];
  const TimerNode* earliest = static_cast<const TimerNode*>(&list.first());
  if (level == 0) return note_earliest(earliest, false);  // all of one nanosecond
  unsigned count = 1;
  for (const ListLink* link = earliest->next; link != &list.head(); link = link->next, ++count) {
    const TimerNode* const timer = static_cast<const TimerNode*>(link);
    if (timer->deadline_ < earliest->deadline_) earliest = timer;
  }
  note_earliest(earliest, count > searched_timers_max);
}

TimerNode* TimerWheel::take_due(Time limit) {
  if (empty()) {
    cursor_ = limit;
    return nullptr;
  }
  if (earliest_ == nullptr) {
    if (start_of_lowest_slot() > limit) {
      cursor_ = limit;  // into no occupied slot, so there is nothing to deal out
      return nullptr;
    }
    find_earliest();
  }
  const bool is_due = earliest_->deadline_ <= limit;
  if (earliest_is_in_crowd_) {
    move_cursor(is_due ? earliest_->deadline_ : limit);
    earliest_is_in_crowd_ = false;
  }
  if (!is_due) return nullptr;
  TimerNode& timer = const_cast<TimerNode&>(*earliest_);
  disarm(timer);
  return &timer;
}

void TimerWheel::move_cursor(Time to) {
  assert(to >= cursor_);
  const unsigned level = level_of(to);
  cursor_ = to;
  if (level == 0) return;
  const unsigned slot = digit(to, level);
  if ((slots_occupied_[level] >> slot & 1) == 0) return;
  // Only here do timers share more digits with the new cursor than with the old one. All lower levels are
  // empty, since whatever hung there would be before `to`.
  assert((levels_occupied_ & ((1u << level) - 1)) == 0);
  LinkedList& list = slots_[level * slot_count + slot];
  ListLink* link = &list.first();
  list.clear();
  mark_empty(level, slot);
  while (link != &list.head()) {
    ListLink* const next = link->next;
    place(static_cast<TimerNode&>(*link));
    link = next;
  }
}

}  // namespace holdfast
