// The client's half of the Session (section 4.1): QoS 1 and 2 messages sent and not completely acknowledged,
// and QoS 2 messages received and not completely acknowledged. It outlives Network Connections and ends when
// the server says Session Present 0.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "sim/mqtt/packet.h"

namespace holdfast {

class ClientSession {
 public:
  struct Outgoing {
    mqtt::Publish publish;
    bool released = false;  // PUBREC has come: PUBREL is owed, the PUBLISH may not come again (MQTT-4.3.3-6)
    std::uint64_t release_order = 0;  // of the first PUBREC, for MQTT-4.6.0-4; 0 before it
    bool carried = false;             // begun on an earlier connection
  };

  // An identifier in use by no exchange of this side, from 1 upwards and around (MQTT-2.2.1-3). 0 if all
  // 65,535 are in use.
  std::uint16_t next_packet_id();
  // SUBSCRIBE and UNSUBSCRIBE take identifiers from the same space until their acknowledgement.
  void hold(std::uint16_t packet_id) { held_.insert(packet_id); }
  void free(std::uint16_t packet_id) { held_.erase(packet_id); }

  // Our PUBLISH at QoS 1 or 2 is on its way. A repeat under an identifier in use replaces nothing.
  void sent(const mqtt::Publish& publish);
  // Acknowledgements of what is not known change nothing, and neither do those of the wrong kind.
  void on_puback(const mqtt::Puback& packet);
  // True if a PUBREL is owed: the message is known and the code is below 0x80.
  bool on_pubrec(const mqtt::Pubrec& packet);
  void sent_pubrel(std::uint16_t packet_id);
  void on_pubcomp(const mqtt::Pubcomp& packet);

  // True if a QoS 2 message with this identifier is new, false for a repeat.
  bool receive_qos2(std::uint16_t packet_id) { return received_.insert(packet_id).second; }
  void release(std::uint16_t packet_id) { received_.erase(packet_id); }

  // What has to be sent again on resumption: first the PUBRELs in the order of their PUBRECs, then the
  // PUBLISHes in their original order with DUP set (MQTT-4.4.0-1, MQTT-4.6.0-1, MQTT-4.6.0-4). Only what was
  // begun on an earlier connection: what the present one carries already needs no repeat.
  std::vector<mqtt::Packet> owed() const;

  const std::vector<Outgoing>& unacknowledged() const { return outgoing_; }
  const std::set<std::uint16_t>& received() const { return received_; }
  bool empty() const { return outgoing_.empty() && received_.empty(); }

  // A new Network Connection begins. Requests to subscribe are not repeated, so their identifiers are free.
  void begin_connection();
  // The server has no Session: what earlier connections left is void. What has been sent on this one, ahead
  // of the CONNACK, belongs to the new Session and stays.
  void discard_carried();
  void discard();

 private:
  Outgoing* find(std::uint16_t packet_id);
  void forget(std::uint16_t packet_id);
  bool is_in_use(std::uint16_t packet_id) const;

  std::vector<Outgoing> outgoing_;  // in the order of first sending
  std::set<std::uint16_t> received_;
  std::set<std::uint16_t> held_;
  std::uint16_t last_packet_id_ = 0;
  std::uint64_t releases_ = 0;
};

}  // namespace holdfast
