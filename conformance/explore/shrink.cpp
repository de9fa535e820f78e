#include "conformance/explore/shrink.h"

#include <algorithm>
#include <utility>

namespace holdfast {
namespace {

// Steps that are left out together: from `begin` to before `end`.
struct Piece {
  std::size_t begin;
  std::size_t end;
};

std::vector<Piece> pieces_of(const History& history, std::size_t length) {
  std::vector<Piece> pieces;
  for (std::size_t begin = 0; begin < history.size(); begin += length)
    pieces.push_back({begin, std::min(history.size(), begin + length)});
  return pieces;
}

// Without the first `count` of the pieces, which stand in their order.
History without(const History& history, const std::vector<Piece>& pieces, std::size_t count) {
  History rest;
  std::size_t next = 0;
  for (std::size_t i = 0; i < history.size(); ++i) {
    while (next < count && i >= pieces[next].end) ++next;
    if (next == count || i < pieces[next].begin) rest.push_back(history[i]);
  }
  return rest;
}

// The step with one thing less about it; none if it is as plain as can be.
std::vector<Step> plainer(const Step& step) {
  std::vector<Step> steps;
  const auto with = [&](auto change) {
    Step changed = step;
    change(changed);
    if (changed != step) steps.push_back(std::move(changed));
  };
  with([](Step& one) { one.keeping = Keeping::keep; });
  with([](Step& one) { one.has_will = false; });
  with([](Step& one) { one.window = 0; });
  with([](Step& one) { one.qos = std::min<std::uint8_t>(one.qos, 1); });
  with([](Step& one) {
    if (one.topic == "+") one.topic = "x";
  });
  return steps;
}

class Shrinking {
 public:
  Shrinking(History history, const WhichShow& which_show, std::size_t tries_max)
      : history_(std::move(history)), which_show_(which_show), tries_left_(tries_max) {}

  History shrink() {
    std::size_t length = std::max<std::size_t>(history_.size() / 2, 1);
    while (!history_.empty()) {
      std::vector<Piece> needless = needless_pieces(length);
      if (!needless.empty()) {
        leave_out(needless);
      } else if (length > 1) {
        length /= 2;
      } else {
        break;
      }
    }
    while (make_plainer()) {
    }
    return std::move(history_);
  }

 private:
  // Those without any one of which it still shows.
  std::vector<Piece> needless_pieces(std::size_t length) {
    const std::vector<Piece> pieces = pieces_of(history_, length);
    std::vector<History> candidates;
    for (const Piece& piece : pieces) candidates.push_back(without(history_, {piece}, 1));
    const std::vector<bool> show = ask(candidates);
    std::vector<Piece> needless;
    for (std::size_t i = 0; i < pieces.size(); ++i)
      if (show[i]) needless.push_back(pieces[i]);
    return needless;
  }

  // As many of them as can be left out together: all, half of them, a quarter; one alone can.
  void leave_out(const std::vector<Piece>& needless) {
    std::vector<History> candidates;
    for (std::size_t count = needless.size(); count > 1; count /= 2)
      candidates.push_back(without(history_, needless, count));
    const std::vector<bool> show = ask(candidates);
    const auto found = std::ranges::find(show, true);
    history_ = found == show.end() ? without(history_, needless, 1)
                                   : std::move(candidates[static_cast<std::size_t>(found - show.begin())]);
  }

  // One step of it; false if none can be.
  bool make_plainer() {
    std::vector<History> candidates;
    for (std::size_t i = 0; i < history_.size(); ++i) {
      for (Step& step : plainer(history_[i])) {
        candidates.push_back(history_);
        candidates.back()[i] = std::move(step);
      }
    }
    const std::vector<bool> show = ask(candidates);
    const auto found = std::ranges::find(show, true);
    if (found == show.end()) return false;
    history_ = std::move(candidates[static_cast<std::size_t>(found - show.begin())]);
    return true;
  }

  std::vector<bool> ask(const std::vector<History>& candidates) {
    if (candidates.empty()) return {};
    if (candidates.size() > tries_left_) {
      tries_left_ = 0;
      return std::vector<bool>(candidates.size(), false);
    }
    tries_left_ -= candidates.size();
    return which_show_(candidates);
  }

  History history_;
  const WhichShow& which_show_;
  std::size_t tries_left_;
};

}  // namespace

History shrunk(History history, const WhichShow& which_show, std::size_t tries_max) {
  return Shrinking(std::move(history), which_show, tries_max).shrink();
}

}  // namespace holdfast
