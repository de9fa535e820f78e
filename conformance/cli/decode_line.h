// What `holdfast decode` answers to one line.
#pragma once

#include <optional>
#include <string>

#include "conformance/cli/hex_line.h"
#include "sim/mqtt/codec.h"

namespace holdfast {

struct DecodeLineOptions {
  mqtt::Version version = mqtt::Version::v5;
  // nullopt: whichever side may send the packet.
  std::optional<mqtt::Sender> sender{};
  bool json = false;
};

struct LineAnswer {
  std::string text;      // one line, without its end
  bool is_good = false;  // a whole packet and nothing else, with no error
};

LineAnswer answer_line(const HexLine& line, const DecodeLineOptions& options);

}  // namespace holdfast
