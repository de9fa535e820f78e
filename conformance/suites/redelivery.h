// The dimensions of the generated re-delivery cases.
#pragma once

#include <vector>

#include "sim/mqtt/packet.h"
#include "sim/net/fault.h"

namespace holdfast {

enum class RedeliveryPoint { before, middle, after };
enum class RedeliveryReturn { resumed, cleaned, expired };

struct RedeliveryScenario {
  bool to_client = true;  // else from the client to the server
  int qos = 1;            // 1 or 2
  mqtt::PacketType packet = mqtt::PacketType::publish;
  RedeliveryPoint where = RedeliveryPoint::before;
  FaultAction fault = FaultAction::cut;  // cut, reset or half_open
  RedeliveryReturn back = RedeliveryReturn::resumed;
};

// Every combination, in the order of the addresses in a report.
std::vector<RedeliveryScenario> redelivery_scenarios();

}  // namespace holdfast
