#include "conformance/engine/context.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace holdfast {

namespace {

bool is_name(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
}

constexpr std::string_view probe_payload_prefix = "settle-";

}  // namespace

Context::Context(const Case& the_case, CaseSurroundings surroundings)
    : case_(the_case), surroundings_(std::move(surroundings)) {
  assert(surroundings_.loop != nullptr && surroundings_.network != nullptr);
  assert(surroundings_.trace != nullptr && surroundings_.capabilities != nullptr);
  assert(is_name(surroundings_.prefix) && surroundings_.prefix.size() <= 11);
}

Context::~Context() = default;

// --- names and chance ---

Client& Context::client(std::string_view name) { return client(name, version()); }

Client& Context::client(std::string_view name, mqtt::Version version) {
  const auto found = std::ranges::find(clients_, name, [](const auto& client) { return client->name(); });
  if (found != clients_.end()) {
    assert((*found)->version() == version && "a client has one version");
    return **found;
  }
  return add_client(name, surroundings_.prefix + std::string(name), version);
}

Client& Context::twin(std::string_view name, const Client& other) {
  assert(std::ranges::none_of(clients_, [&](const auto& client) { return client->name() == name; }) &&
         "a twin is made once");
  return add_client(name, other.id(), other.version());
}

Client& Context::add_client(std::string_view name, std::string client_id, mqtt::Version version) {
  assert(is_name(name) && name.size() <= 8 && "a client's name is 1 to 8 characters of [0-9a-z]");
  clients_.push_back(
      std::make_unique<Client>(loop(), network(), std::string(name), std::move(client_id), version));
  Client& client = *clients_.back();
  client.credentials = surroundings_.credentials;
  client.hide_messages(std::string(probe_payload_prefix));
  return client;
}

std::string Context::topic(std::string_view leaf) const {
  return "hf/" + surroundings_.prefix + "/" + std::string(leaf);
}

void Context::arm(std::string_view text) {
  const auto fault = parse_fault(text);
  assert(fault.has_value() && "the fault does not parse");
  network().arm(*fault);
  armed_.push_back(*fault);
}

bool Context::faults_struck() const {
  const std::vector<Fault> pending = surroundings_.network->pending();
  return std::ranges::none_of(
      armed_, [&pending](const Fault& fault) { return std::ranges::find(pending, fault) != pending.end(); });
}

std::uint64_t Context::draw(std::string_view stream, std::uint64_t bound) {
  auto draws = draws_.find(stream);
  if (draws == draws_.end()) {
    draws = draws_.emplace(std::string(stream), RandomDraws(surroundings_.seed, stream)).first;
  }
  const std::uint64_t value = draws->second.below(bound);
  trace().draw(stream, value);
  return value;
}

// --- judging ---

void Context::end_with(Finding finding) {
  add_finding(std::move(finding));
  throw CaseEnded{};
}

void Context::control(bool held, std::string what_failed) {
  if (held) return;
  end_with(Finding{.verdict = Verdict::inconclusive,
                   .expected = case_.description->control,
                   .observed = std::move(what_failed)});
}

void Context::supported(bool can, std::string what_cannot) {
  if (can) return;
  end_with(Finding{.verdict = Verdict::unsupported, .observed = std::move(what_cannot)});
}

void Context::note_judged(std::string_view requirement, std::string_view interpretation) {
  if (!requirement.empty()) judged_.requirements.emplace(requirement);
  if (!interpretation.empty()) judged_.interpretations.emplace(interpretation);
}

void Context::must(bool held, std::string_view requirement, std::string expected, std::string observed,
                   std::string_view interpretation) {
  note_judged(requirement, interpretation);
  if (held) return;
  end_with(Finding{.verdict = Verdict::fail,
                   .requirement = std::string(requirement),
                   .expected = std::move(expected),
                   .observed = std::move(observed),
                   .interpretation = std::string(interpretation)});
}

void Context::should(bool held, std::string_view requirement, std::string expected, std::string observed,
                     std::string_view interpretation) {
  note_judged(requirement, interpretation);
  if (held) return;
  add_finding(Finding{.verdict = Verdict::non_strict,
                      .requirement = std::string(requirement),
                      .expected = std::move(expected),
                      .observed = std::move(observed),
                      .interpretation = std::string(interpretation)});
}

void Context::also_judges(std::initializer_list<std::string_view> requirements) {
  for (const std::string_view requirement : requirements) note_judged(requirement, {});
}

void Context::inform(std::string what, std::string_view interpretation) {
  note_judged({}, interpretation);
  add_finding(Finding{.verdict = Verdict::informational,
                      .observed = std::move(what),
                      .interpretation = std::string(interpretation)});
}

bool Context::has_waited_in_vain() const {
  return std::ranges::any_of(
      clients_, [this](const auto& client) { return 2 * client->longest_vain_wait() >= patience(); });
}

void Context::closed_as(CloseVerdict verdict) { close_verdict_ = verdict; }

void Context::observed(std::string what) { observations_.push_back(std::move(what)); }

}  // namespace holdfast
