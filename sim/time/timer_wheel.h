// Timers in the order (deadline, order of arming), to the nanosecond, with O(1) arm and disarm.
//
// A wheel of wheels over the 63 bits of a deadline, six bits a level. A timer hangs at the level of the
// highest digit (base 64) in which its deadline differs from the cursor, in the slot of its own digit there.
// The cursor is never after the present nor after a deadline. So
//  - the earliest deadline is in the lowest occupied slot of the lowest occupied level, which bitmaps tell;
//  - when the cursor moves into that slot, the slot has to be dealt out to lower levels, which are all empty,
//    and no other slot;
//  - timers of one deadline are always in one slot, and slots are dealt out from the front: what was armed
//    first fires first, without a sort and without a number.
// A slot of a few timers is not dealt out but searched each time: that is cheaper than to carry them down. So
// a timer is carried down at most once a level, and firing is O(1) amortised too.
#pragma once

#include <array>
#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "sim/time/linked_list.h"
#include "sim/time/time.h"

namespace holdfast {

class Loop;
class TimerWheel;

// Something to run at a moment. Neither copied nor moved: the wheel points at it.
class TimerNode : private ListLink {
 public:
  TimerNode() = default;
  TimerNode(const TimerNode&) = delete;
  TimerNode& operator=(const TimerNode&) = delete;
  bool is_armed() const { return wheel_ != nullptr; }
  // Meaningful while armed.
  Time deadline() const { return deadline_; }

 protected:
  inline ~TimerNode();
  // Called from Loop::advance_to; the timer is no longer armed and may be armed again or destroyed.
  virtual void on_deadline() = 0;

 private:
  friend class Loop;
  friend class TimerWheel;
  TimerWheel* wheel_ = nullptr;  // set while armed
  Time deadline_{};
};

class TimerWheel {
 public:
  TimerWheel() = default;
  TimerWheel(const TimerWheel&) = delete;
  TimerWheel& operator=(const TimerWheel&) = delete;
  ~TimerWheel() { assert(empty() && "a timer outlives its loop"); }

  bool empty() const { return levels_occupied_ == 0; }

  // Hangs an unarmed timer. `deadline` is not before the cursor.
  void arm(TimerNode& timer, Time deadline) {
    assert(!timer.is_armed());
    assert(deadline >= cursor_);
    timer.wheel_ = this;
    timer.deadline_ = deadline;
    place(timer);
    if (earliest_ != nullptr && deadline < earliest_->deadline_) note_earliest(&timer, false);
  }

  // Takes an armed timer away.
  void disarm(TimerNode& timer) {
    assert(timer.wheel_ == this);
    timer.wheel_ = nullptr;
    unhang(timer);
    if (&timer == earliest_) note_earliest(nullptr, false);
  }

  // The earliest deadline, exactly; nullopt if there is no timer.
  std::optional<Time> next_deadline() const {
    if (empty()) return std::nullopt;
    if (earliest_ == nullptr) find_earliest();
    return earliest_->deadline_;
  }

  // Takes the first timer away if its deadline is not after `limit`, which is not in the past; else gives
  // nullptr. Afterwards the present is the deadline of that timer, or `limit`. Does not look at timers that
  // are far away, so it is cheaper than next_deadline().
  TimerNode* take_due(Time limit);

 private:
  static constexpr unsigned digit_bits = 6;
  static constexpr unsigned slot_count = 1u << digit_bits;
  static constexpr unsigned level_count = (63 + digit_bits - 1) / digit_bits;
  // Slots with more timers are dealt out. Measured: from 4 to 16 it makes little difference.
  static constexpr unsigned searched_timers_max = 8;

  static std::uint64_t number(Time time) {
    return static_cast<std::uint64_t>(time.time_since_epoch().count());
  }
  static unsigned digit(Time time, unsigned level) {
    return static_cast<unsigned>(number(time) >> (digit_bits * level)) % slot_count;
  }
  unsigned level_of(Time deadline) const {
    const std::uint64_t difference = number(deadline) ^ number(cursor_);
    return (static_cast<unsigned>(std::bit_width(difference | 1)) - 1) / digit_bits;
  }

  void place(TimerNode& timer) {
    const unsigned level = level_of(timer.deadline_);
    const unsigned slot = digit(timer.deadline_, level);
    slots_[level * slot_count + slot].append(timer);
    slots_occupied_[level] |= std::uint64_t{1} << slot;
    levels_occupied_ |= 1u << level;
  }
  void unhang(TimerNode& timer) {
    LinkedList::unlink(timer);
    // Both neighbours are the same link only when that is the head of a list which is now empty.
    if (timer.previous == timer.next) mark_empty(*timer.next);
  }
  void mark_empty(const ListLink& head) {
    // A list is its head and nothing more, so the head's place in memory tells the slot.
    const auto index = reinterpret_cast<const LinkedList*>(&head) - slots_.data();
    mark_empty(static_cast<unsigned>(index) / slot_count, static_cast<unsigned>(index) % slot_count);
  }
  void mark_empty(unsigned level, unsigned slot) {
    slots_occupied_[level] &= ~(std::uint64_t{1} << slot);
    if (slots_occupied_[level] == 0) levels_occupied_ &= ~(1u << level);
  }
  Time start_of_lowest_slot() const;
  // Deals out the slot that `to` is in. `to` is neither before the cursor nor after any deadline.
  void move_cursor(Time to);

  void find_earliest() const;
  void note_earliest(const TimerNode* timer, bool is_in_crowd) const {
    earliest_ = timer;
    earliest_is_in_crowd_ = is_in_crowd;
  }

  Time cursor_{};
  // What was found out, until it changes: the timer to fire first, and that its slot is to be dealt out.
  mutable const TimerNode* earliest_ = nullptr;
  mutable bool earliest_is_in_crowd_ = false;
  std::uint32_t levels_occupied_ = 0;
  std::array<std::uint64_t, level_count> slots_occupied_{};
  std::array<LinkedList, level_count * slot_count> slots_;
};

TimerNode::~TimerNode() {
  if (wheel_ != nullptr) wheel_->disarm(*this);
}

}  // namespace holdfast
