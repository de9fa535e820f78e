// The packet vectors as a client of a case sends them: with the names that the case may use in place of those
// of the vector, so that cases side by side never meet and nothing is left behind under a foreign topic.
#pragma once

#include <string>
#include <vector>

#include "sim/client/client.h"
#include "sim/mqtt/vectors/packet_vector.h"

namespace holdfast {

struct VectorNames {
  std::string client_id{};
  std::string topic_prefix{};  // "hf/<prefix>/": goes before topics and filters
  Credentials credentials{};   // in place of the vector's own
};

// The bytes of the vector. Its fault stays as it is: only fields that are sound are replaced, and a topic or
// filter with a fault keeps it behind the prefix. An empty one, and one that begins with '$', stay as they
// are.
Bytes bytes_with(const mqtt::PacketVector& vector, const VectorNames& names);

// Every vector that a client may send to a server, accepted (y_) and rejected (n_) ones, in the order of
// all_vectors(). Made once.
const std::vector<mqtt::PacketVector>& client_vectors();

}  // namespace holdfast
