// summary.md: what a run came to, for pull requests and job pages, what failed first; and the few lines that
// GitHub shows beside a job.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace holdfast {

// GitHub drops the whole summary of a step above 1 MiB.
inline constexpr std::size_t summary_bytes_max = 1'000'000;
// GitHub shows so many annotations of a kind for a step.
inline constexpr std::size_t annotations_max = 10;

// Made of a results document; at most summary_bytes_max bytes. Cases that do not fit are counted.
std::string summary_markdown(const nlohmann::ordered_json& document);

// Workflow commands (`::error title=...::...`), one a line, for at most annotations_max cases that speak
// against the broker.
std::string annotations(const nlohmann::ordered_json& document);

}  // namespace holdfast
