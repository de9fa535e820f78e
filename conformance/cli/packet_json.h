// A packet as JSON, for programs.
#pragma once

#include <nlohmann/json.hpp>

#include "sim/mqtt/packet.h"

namespace holdfast {

// {"type": "PUBLISH", "topic": "a/b", ...}: every field of the packet under the name that it has in the
// standard, in lower case with underscores; what is not there is left out. Payloads, passwords and other
// binary data are hexadecimal digits under a name that ends in _hex. Reason codes are numbers. Properties
// stand in an object of their own, which is left out if there are none.
nlohmann::ordered_json json_of(const mqtt::Packet& packet, mqtt::Version version);

}  // namespace holdfast
