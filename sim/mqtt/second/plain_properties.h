// The properties of section 2.2.2, read without a table. Part of the second decoder.
#pragma once

#include "sim/mqtt/second/rest.h"

namespace holdfast::mqtt::second {

// Where a property block stands: in a packet, or in the will of a CONNECT.
enum class Place { packet, will };

// The Property Length and what it counts; nothing in 3.1.1.
Properties take_properties(Rest& rest, PacketType type, Place place = Place::packet);

}  // namespace holdfast::mqtt::second
