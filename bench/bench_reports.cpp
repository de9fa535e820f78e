// All reports of a run of 2,000 cases, one in ten of which fails with a trace of 60 packets, written to a
// folder.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "reports/html_report.h"
#include "reports/read_results.h"
#include "reports/report_folder.h"
#include "reports/results_json.h"
#include "reports/sample_trace.h"
#include "reports/test_support.h"

namespace holdfast::bench {
namespace {

constexpr int cases_of_run = 2'000;
constexpr int packets_of_trace = 60;

std::shared_ptr<const TraceRecord> long_trace(int number) {
  SampleTrace sample;
  sample.send(mqtt::Connect{.client_id = "c"});
  for (int i = 1; i < packets_of_trace; ++i) {
    mqtt::Publish publish;
    publish.topic = fmt::format("hf/{}/{}", number, i);
    publish.payload = std::string(40, 'x');
    sample.send(publish);
  }
  return std::make_shared<const TraceRecord>(sample.record());
}

const RunResults& run() {
  static const RunResults results = [] {
    RunResults made = sample_results();
    made.cases.clear();
    for (int i = 0; i < cases_of_run; ++i) {
      const bool fails = i % 10 == 0;
      made.cases.push_back(
          sample_case(fmt::format("mqtt5/4.4/case-{}", i), fails ? Verdict::fail : Verdict::pass));
      if (!fails) continue;
      made.cases.back().trace = long_trace(i);
      for (const Event& event : made.cases.back().trace->events)
        made.cases.back().trace_text.push_back(to_text(*made.cases.back().trace, event));
    }
    return made;
  }();
  return results;
}

void all_reports(benchmark::State& state) {
  RunDescription description;
  description.report_folder = (std::filesystem::temp_directory_path() / "holdfast-bench-reports").string();
  for ([[maybe_unused]] auto _ : state) {
    const auto written = write_report(run(), description);
    if (!written) state.SkipWithError(written.error().c_str());
  }
  std::filesystem::remove_all(description.report_folder);
}
BENCHMARK(all_reports)->Unit(benchmark::kMillisecond)->UseRealTime();

void report_html_alone(benchmark::State& state) {
  const nlohmann::ordered_json document = results_document(run(), {});
  for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(html_report(document));
  state.counters["bytes"] = static_cast<double>(html_report(document).size());
}
BENCHMARK(report_html_alone)->Unit(benchmark::kMillisecond);

void results_read_back(benchmark::State& state) {
  const std::string text = results_json(run(), {});
  for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(parse_results(text));
  state.counters["bytes"] = static_cast<double>(text.size());
}
BENCHMARK(results_read_back)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace holdfast::bench

BENCHMARK_MAIN();
