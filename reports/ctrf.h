// ctrf.json: the Common Test Report Format (https://ctrf.io), for dashboards and pull-request comments.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace holdfast {

// Made of a results document. `testId` is the case's address and never changes; `rawStatus` is the verdict.
// A results document holds no date, so times count from 0.
std::string ctrf_json(const nlohmann::ordered_json& document);

}  // namespace holdfast
