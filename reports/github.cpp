#include "reports/github.h"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string_view>

#include "reports/summary.h"

namespace holdfast {

GithubJob github_job() {
  GithubJob job;
  if (const char* file = std::getenv("GITHUB_STEP_SUMMARY")) job.summary_file = file;
  const char* actions = std::getenv("GITHUB_ACTIONS");
  job.wants_annotations = actions != nullptr && std::string_view(actions) == "true";
  return job;
}

tl::expected<void, std::string> tell_github(const GithubJob& job, const nlohmann::ordered_json& document,
                                            std::ostream& out) {
  if (job.wants_annotations) out << annotations(document) << std::flush;
  if (job.summary_file.empty()) return {};
  // Other steps may have written there before: it is appended to, and so cannot be replaced as a whole.
  std::ofstream file(job.summary_file, std::ios::app | std::ios::binary);
  file << summary_markdown(document) << std::flush;
  if (!file) return tl::make_unexpected(fmt::format("cannot append to the job summary {}", job.summary_file));
  return {};
}

}  // namespace holdfast
