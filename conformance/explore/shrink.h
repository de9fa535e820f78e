// Makes a history that shows something as short as it goes, by leaving out steps (delta debugging), and then
// each step as plain as it goes.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "conformance/explore/history.h"

namespace holdfast {

// Which of the candidates still show it. All of them may be tried at once.
using WhichShow = std::function<std::vector<bool>(const std::vector<History>& candidates)>;

// `history` shows it. No more candidates are made once `tries_max` have been.
History shrunk(History history, const WhichShow& which_show, std::size_t tries_max);

}  // namespace holdfast
