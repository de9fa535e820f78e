// The trace of a case as results.json tells it. The format is described by results.schema.json.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "sim/trace/trace_record.h"

namespace holdfast {

// What a trace may take of results.json. Of a longer one the beginning and the end are told.
namespace trace_limit {
inline constexpr std::size_t events_first = 260;
inline constexpr std::size_t events_last = 140;
inline constexpr std::size_t packet_bytes = 1024;     // of one packet; the rest is left out
inline constexpr std::size_t bytes = 32 * 1024;       // of all packets of a case
inline constexpr std::size_t text_characters = 1000;  // of one text
}  // namespace trace_limit

nlohmann::ordered_json trace_json(const TraceRecord& record);

}  // namespace holdfast
