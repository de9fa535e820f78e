// Plays a history against the system under test, and judges what comes of it by the model of session_model.h.
#pragma once

#include "conformance/engine/context.h"
#include "conformance/explore/history.h"

namespace holdfast {

// First the control: one message goes through a subscription without a fault. Then the steps; each is done to
// its end. Then the network is well, everybody comes back and answers, and what the broker owes has to come.
// `history` outlives the task.
Task<void> play_history(Context& t, const History& history);

}  // namespace holdfast
