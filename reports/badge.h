// A badge for a README: as data for shields.io, and as a picture that needs no network.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace holdfast {

// Both say for how many of the requirements that were judged no case failed: "MQTT 5.0 | 166/170 rules".
std::string badge_json(const nlohmann::ordered_json& document);
std::string badge_svg(const nlohmann::ordered_json& document);

}  // namespace holdfast
