// The faults that may strike one link, and how far each is from its trigger.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "sim/net/fault.h"
#include "sim/net/packet_scanner.h"
#include "sim/time/loop.h"

namespace holdfast {

// A fault of a network. Every link that it may strike watches for it; it strikes once.
struct ArmedFault {
  Fault fault{};
  bool has_struck = false;
};

// A point in one direction: what lies before it has entered the link.
struct StreamPoint {
  mqtt::Sender sender = mqtt::Sender::client;
  std::uint64_t bytes = 0;  // since the opening
  const PacketScanner& scanner;
};

class FaultWatches {
 public:
  explicit FaultWatches(Loop& loop) : loop_(loop) {}

  void add(std::shared_ptr<ArmedFault> armed);
  // Nothing can be triggered by bytes.
  bool are_quiet() const { return byte_watches_ == 0; }
  void clear();

  // Starts the clock of faults at a time, which call `strike` when it has come.
  using Strike = std::function<void(ArmedFault&)>;
  void start_clocks(const Strike& strike);

  // A packet begins at the point: counts it.
  void begin_packet(mqtt::Sender sender, mqtt::PacketType type);
  // The fault that refuses the connection; nullptr if there is none, as with the others below. The caller
  // makes it strike, and asks again.
  ArmedFault* due_refusal() const;
  // Strikes when the connection is established.
  ArmedFault* due_at_opening() const;
  // Strikes here, with the packet before this point whole and the packet behind it counted but not begun.
  ArmedFault* due_before(const StreamPoint& point) const;
  // Strikes behind the byte that has just passed.
  ArmedFault* due_behind(const StreamPoint& point) const;
  // Strikes here because it was armed when exactly so many bytes had passed.
  ArmedFault* due_at_offset(const StreamPoint& point) const;

  // How many bytes may pass from here before due_behind() has to be asked; at least 1.
  std::uint64_t bytes_until_due(const StreamPoint& point) const;

 private:
  struct Watch {
    std::shared_ptr<ArmedFault> armed;
    std::uint32_t packets = 0;  // of its type and sender, begun since it was armed
    bool is_in_packet = false;  // the packet under way is the one
    std::unique_ptr<Alarm> clock{};
  };

  template <class Matches>
  ArmedFault* find(const Matches& matches) const;

  Loop& loop_;
  std::vector<Watch> watches_;
  std::size_t byte_watches_ = 0;
};

}  // namespace holdfast
