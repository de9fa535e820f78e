// Histories by chance.
#pragma once

#include "conformance/explore/history.h"
#include "sim/mqtt/packet.h"
#include "sim/time/draws.h"

namespace holdfast {

// Two to four clients and 8 to 40 steps, in which somebody is always subscribed to something at first.
History draw_history(Draws& draws, mqtt::Version version);

}  // namespace holdfast
