#include "conformance/cli/run_settings.h"

#include <fmt/format.h>

#include <cmath>
#include <random>

#include "conformance/cli/suggestion.h"
#include "reports/text.h"
#include "sim/broker/defects.h"
#include "sim/broker/variants.h"
#include "sim/net/fault.h"
#include "sim/net/weather.h"

namespace holdfast {
namespace {

// Names of a catalogue of defects or variants.
template <typename Catalogue>
std::vector<std::string> names_of(const Catalogue& catalogue) {
  std::vector<std::string> names;
  for (const auto& entry : catalogue) names.emplace_back(entry.name);
  return names;
}

std::string unknown_name(std::string_view kind, std::string_view name,
                         const std::vector<std::string>& known) {
  std::string message = fmt::format("there is no {} '{}'", kind, printable(name));
  if (const auto near = nearest(name, known)) return message + fmt::format("; did you mean {}?", *near);
  return message + fmt::format("; see holdfast list --{}s", kind);
}

tl::expected<std::optional<Baseline>, std::string> baseline_of(const std::string& path,
                                                               const Registry& registry) {
  if (path.empty()) return std::nullopt;
  auto baseline = load_baseline(path);
  if (!baseline) return tl::make_unexpected(baseline.error());
  for (const auto& [address, entry] : baseline->expected)
    if (registry.find(address) == nullptr)
      return tl::make_unexpected(
          fmt::format("{}: '{}' is not the address of a case", path, printable(address)));
  return *std::move(baseline);
}

}  // namespace

std::uint64_t picked_seed() { return std::random_device{}(); }

ReplayLine replay_line_of(const RunSettings& settings) {
  ReplayLine line;
  line.seed = *settings.seed;
  line.weather = settings.weather;
  line.faults = settings.faults;
  line.timeout_scale = settings.timeout_scale;
  line.defects = settings.defects;
  line.variants = settings.variants;
  return line;
}

std::string only_digits(const std::string& text) {
  const bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
  return digits ? std::string() : fmt::format("'{}' is not a number of 0 or more", text);
}

void declare_run_options(CLI::App& command, RunSettings& settings) {
  const auto text = [&](const char* name, std::string& value, const char* help, const char* type) {
    return command.add_option(name, value, help)->type_name(type);
  };
  command.add_option("--seed", settings.seed, "decides all chance; picked and printed if not given")
      ->type_name("N")
      ->check(only_digits)
      ->envname("HOLDFAST_SEED");
  text("--net", settings.weather, "what every link does all the time, e.g. 'latency=20ms..40ms chunk=1'",
       "WEATHER")
      ->envname("HOLDFAST_NET");
  text("--fault", settings.faults, "faults in every case, e.g. 'after server:PUBREC#1 reset'", "FAULTS")
      ->envname("HOLDFAST_FAULT");
  text("--out", settings.out, "write report.html, results.json, junit.xml and the evidence there", "DIR")
      ->envname("HOLDFAST_OUT");
  text("--baseline", settings.baseline, "what this broker is known not to pass, and why", "FILE")
      ->envname("HOLDFAST_BASELINE");
  text("--name", settings.name, "name of the system under test; it is asked if not given", "TEXT")
      ->envname("HOLDFAST_NAME");
  command
      .add_option("--timeout-scale", settings.timeout_scale,
                  "stretches how long an answer may take, 0.1 to 100")
      ->type_name("X")
      ->check(CLI::Range(0.1, 100.0).description(""))
      ->envname("HOLDFAST_TIMEOUT_SCALE");
  command.add_option("--jobs", settings.side_by_side, "cases side by side against a live broker, 1 to 1000")
      ->type_name("N")
      ->check(CLI::Range(1, 1000).description(""))
      ->envname("HOLDFAST_JOBS");
  command.add_option("--defect", settings.defects, "break a rule in the embedded broker; may be repeated")
      ->type_name("NAME")
      ->allow_extra_args(false);
  command
      .add_option("--variant", settings.variants, "a legal choice of the embedded broker; may be repeated")
      ->type_name("NAME")
      ->allow_extra_args(false);
  command.add_flag("--strict", settings.strict, "what is only recommended counts too")
      ->envname("HOLDFAST_STRICT");
  command.add_flag("--all-traces", settings.all_traces, "results.json and report.html show passes too")
      ->envname("HOLDFAST_ALL_TRACES");
  command
      .add_option("--pcap", settings.captures,
                  "captures for Wireshark: of failures, or of all (and --all-traces)")
      ->type_name("failures|all")
      ->check(CLI::IsMember({"failures", "all"}))
      ->envname("HOLDFAST_PCAP");
  command.add_flag("--redact", settings.redact, "leave payloads out of all that is written")
      ->envname("HOLDFAST_REDACT");
  CLI::Option* quiet = command.add_flag("-q,--quiet", settings.quiet, "only the summary");
  command.add_flag("-v,--verbose", settings.verbose, "a line for each case")->excludes(quiet);
  text("--config", settings.settings_file, "settings: long options without the dashes, as TOML", "FILE")
      ->envname("HOLDFAST_CONFIG");
}

tl::expected<BrokerSettings, std::string> broker_settings(const std::vector<std::string>& defects,
                                                          const std::vector<std::string>& variants) {
  BrokerSettings broker;
  for (const std::string& name : defects) {
    const std::optional<Defect> defect = defect_named(name);
    if (!defect) return tl::make_unexpected(unknown_name("defect", name, names_of(defect_catalogue())));
    broker.defects.set(*defect);
  }
  for (const std::string& name : variants) {
    const std::optional<Variant> variant = variant_named(name);
    if (!variant) return tl::make_unexpected(unknown_name("variant", name, names_of(variant_catalogue())));
    broker.variants.set(*variant);
  }
  return broker;
}

tl::expected<RunPlan, std::string> plan_run(const RunSettings& settings, const Registry& registry,
                                            bool live) {
  RunPlan plan;
  plan.options.seed = settings.seed.value_or(0);
  plan.options.timeout_scale = settings.timeout_scale;
  plan.options.side_by_side = settings.side_by_side;
  plan.options.keep_all_traces = settings.all_traces || settings.captures == "all";
  plan.options.redact_payloads = settings.redact;
  if (!std::isfinite(settings.timeout_scale))
    return tl::make_unexpected(std::string("--timeout-scale: 0.1 to 100"));
  if (!settings.weather.empty()) {
    const auto weather = parse_weather(settings.weather);
    if (!weather) return tl::make_unexpected(fmt::format("--net: {}", printable(weather.error())));
    plan.options.weather = *weather;
  }
  if (!settings.faults.empty()) {
    const auto faults = parse_faults(settings.faults);
    if (!faults) return tl::make_unexpected(fmt::format("--fault: {}", printable(faults.error())));
    plan.options.faults = *faults;
  }
  if (live && !(settings.defects.empty() && settings.variants.empty()))
    return tl::make_unexpected(std::string("--defect and --variant are for the embedded broker only"));
  const auto broker = broker_settings(settings.defects, settings.variants);
  if (!broker) return tl::make_unexpected(broker.error());
  plan.broker = *broker;
  auto baseline = baseline_of(settings.baseline, registry);
  if (!baseline) return tl::make_unexpected(printable(baseline.error()));
  plan.baseline = *std::move(baseline);
  plan.description.timeout_scale = settings.timeout_scale;
  plan.description.strict = settings.strict;
  plan.description.redact = settings.redact;
  plan.description.captures = settings.captures == "all" ? Captures::all : Captures::no_passes;
  plan.description.defects = settings.defects;
  plan.description.variants = settings.variants;
  plan.description.report_folder = settings.out;
  return plan;
}

std::string conditions_of(const RunSettings& settings) {
  std::vector<std::string> parts;
  if (!settings.weather.empty()) parts.push_back("net " + settings.weather);
  if (!settings.faults.empty()) parts.push_back("fault " + settings.faults);
  for (const std::string& defect : settings.defects) parts.push_back("defect " + defect);
  for (const std::string& variant : settings.variants) parts.push_back("variant " + variant);
  if (settings.timeout_scale != 1) parts.push_back(fmt::format("timeouts x {}", settings.timeout_scale));
  return joined(parts, ", ");
}

bool is_url(std::string_view word) { return word.find("://") != std::string_view::npos; }

std::string without_credentials(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return std::string(url);
  const std::size_t authority = scheme + 3;
  const std::size_t end = std::min(url.find_first_of("/?#", authority), url.size());
  const std::size_t at = url.substr(0, end).rfind('@');
  if (at == std::string_view::npos || at < authority) return std::string(url);
  return std::string(url.substr(0, authority)).append(url.substr(at + 1));
}

}  // namespace holdfast
