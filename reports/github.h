// What a job of GitHub Actions shows of a run: a summary on its page and a few lines beside it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <ostream>
#include <string>
#include <tl/expected.hpp>

namespace holdfast {

// Where a job wants them, as its environment tells; empty and false outside of one.
struct GithubJob {
  std::string summary_file{};      // GITHUB_STEP_SUMMARY
  bool wants_annotations = false;  // GITHUB_ACTIONS is "true"
};
GithubJob github_job();

// Appends summary_markdown() to the job's summary and prints annotations() to `out`. The error is one line.
tl::expected<void, std::string> tell_github(const GithubJob& job, const nlohmann::ordered_json& document,
                                            std::ostream& out);

}  // namespace holdfast
