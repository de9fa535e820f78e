// A registry of a few cases, one for each verdict, and the command line called as a function. Only tests
// include this.
#pragma once

#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "conformance/cli/cli.h"
#include "conformance/engine/case.h"
#include "conformance/engine/context.h"

namespace holdfast::tiny {

inline Task<void> passes(Context& context) {
  co_await context.connected(context.client("a"), context.clean());
  context.must(true, "MQTT-3.1.4-5", "CONNACK", "CONNACK");
}

inline Task<void> fails(Context& context) {
  co_await context.connected(context.client("a"), context.clean());
  context.must(false, "MQTT-4.4.0-1", "PUBREL id 7", "nothing for 2 s");
}

inline Task<void> is_lax(Context& context) {
  co_await context.connected(context.client("a"), context.clean());
  context.should(false, "MQTT-4.4.0-1", "a DISCONNECT before the close", "a close");
}

inline Task<void> stays_open(Context& context) {
  context.control(false, "the message did not come without the fault either");
  co_return;
}

inline Task<void> is_unsupported(Context& context) {
  context.supported(false, "QoS 2");
  co_return;
}

inline Task<void> breaks(Context&) {
  throw std::runtime_error("our own mistake");
  co_return;
}

inline void add(Registry& registry, std::string slug, Task<void> (*run)(Context&), Edition v3_1_1, Edition v5,
                std::vector<std::string> tags = {}) {
  CaseDescription description;
  description.slug = std::move(slug);
  description.title = "A case that " + description.slug;
  description.procedure = "Connect, then judge.";
  description.v3_1_1 = std::move(v3_1_1);
  description.v5 = std::move(v5);
  description.tags = std::move(tags);
  description.run = run;
  registry.add(std::move(description));
}

inline void fill(Registry& registry) {
  const Edition none;
  add(registry, "passes", passes, {"3.1", {"MQTT-3.1.4-5"}}, {"3.1", {"MQTT-3.1.4-5"}}, {"connect"});
  add(registry, "passes-too", passes, none, {"4.1", {"MQTT-3.1.4-5"}}, {"connect"});
  add(registry, "fails", fails, none, {"4.4", {"MQTT-4.4.0-1"}}, {"qos2", "session"});
  add(registry, "lax", is_lax, none, {"4.4", {"MQTT-4.4.0-1", "MQTT-4.4.0-2"}}, {"qos2"});
  add(registry, "open", stays_open, none, {"4.12", {"MQTT-4.12.0-1"}});
  add(registry, "unsupported", is_unsupported, none, {"4.12", {"MQTT-4.12.0-5"}});
  add(registry, "breaks", breaks, none, {"7", {"HF-5.0-S10"}});
}

struct Answer {
  int code = -1;
  std::string out{};
  std::string err{};
};

// Calls the command line with the tiny registry, as from a script: no terminal.
inline Answer call(const std::vector<std::string>& words) {
  Registry registry;
  fill(registry);
  std::ostringstream out;
  std::ostringstream err;
  Surroundings surroundings{registry, out, err};
  Answer answer;
  answer.code = run_command_line(words, surroundings);
  answer.out = out.str();
  answer.err = err.str();
  return answer;
}

}  // namespace holdfast::tiny
