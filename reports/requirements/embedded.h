// The texts of fixtures/spec/*.json, compiled in.
#pragma once

#include <string_view>

namespace holdfast::embedded {

extern const std::string_view mqtt_3_1_1;
extern const std::string_view mqtt_5_0;

}  // namespace holdfast::embedded
