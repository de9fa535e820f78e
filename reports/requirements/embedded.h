// The texts of fixtures/spec/*.json and fixtures/interpretations.md, compiled in.
#pragma once

#include <string_view>

namespace holdfast::embedded {

extern const std::string_view mqtt_3_1_1;
extern const std::string_view mqtt_5_0;
extern const std::string_view interpretations;

}  // namespace holdfast::embedded
