#include "conformance/explore/history.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "conformance/engine/words.h"

namespace holdfast {
namespace {

struct ActionName {
  Action action;
  std::string_view name;
};
constexpr std::array action_names{
    ActionName{Action::connect, "connect"},
    ActionName{Action::subscribe, "subscribe"},
    ActionName{Action::unsubscribe, "unsubscribe"},
    ActionName{Action::publish, "publish"},
    ActionName{Action::hold, "hold"},
    ActionName{Action::answer, "answer"},
    ActionName{Action::disconnect, "disconnect"},
    ActionName{Action::cut, "cut"},
    ActionName{Action::reset, "reset"},
    ActionName{Action::vanish, "vanish"},
    ActionName{Action::fault, "fault"},
};
constexpr std::array<std::string_view, 3> keeping_names{"keep", "renew", "brief"};
// Of a step that is not understood.
constexpr std::size_t quoted_characters_max = 80;
constexpr std::string_view blanks = " \t\n";

// Takes the first word from the front of `text`; empty at its end.
std::string_view take_word(std::string_view& text) {
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return text = {};
  text.remove_prefix(first);
  const std::string_view word = text.substr(0, text.find_first_of(blanks));
  text.remove_prefix(word.size());
  return word;
}

std::optional<std::uint8_t> digit(std::string_view word, char max) {
  if (word.size() != 1 || word[0] < '0' || word[0] > max) return std::nullopt;
  return static_cast<std::uint8_t>(word[0] - '0');
}

bool is_topic(std::string_view word) { return word == "x" || word == "y"; }
bool is_filter(std::string_view word) { return is_topic(word) || word == "+"; }

// What stands behind "a connect". Empty, or what is wrong.
std::string parse_connect(std::string_view rest, Step& step) {
  const std::string_view keeping = take_word(rest);
  const auto found = std::ranges::find(keeping_names, keeping);
  if (found == keeping_names.end()) return "keep, renew or brief";
  step.keeping = static_cast<Keeping>(found - keeping_names.begin());
  for (std::string_view word = take_word(rest); !word.empty(); word = take_word(rest)) {
    if (word == "will") {
      step.has_will = true;
    } else if (const auto window = word.starts_with("window=") ? digit(word.substr(7), '9') : std::nullopt;
               window && *window > 0) {
      step.window = *window;
    } else {
      return "'will', or 'window=' with 1 to 9";
    }
  }
  return {};
}

// What stands behind the action. Empty, or what was expected instead.
std::string parse_rest(std::string_view rest, Step& step) {
  if (step.action == Action::connect) return parse_connect(rest, step);
  if (step.action == Action::fault) {
    auto fault = parse_fault(rest);
    if (!fault) return fault.error();
    if (!fault->client.empty()) return "a fault without a client of its own";
    step.fault = *std::move(fault);
    return {};
  }
  if (step.action == Action::subscribe || step.action == Action::publish) {
    const auto qos = digit(take_word(rest), '2');
    if (!qos) return "a QoS of 0 to 2";
    step.qos = *qos;
  }
  if (step.action == Action::publish || step.action == Action::subscribe ||
      step.action == Action::unsubscribe) {
    const bool publishes = step.action == Action::publish;
    step.topic = take_word(rest);
    if (!(publishes ? is_topic(step.topic) : is_filter(step.topic)))
      return publishes ? "the topic x or y" : "the filter x, y or +";
  }
  return take_word(rest).empty() ? std::string() : "nothing more";
}

tl::expected<Step, std::string> parse_step(std::string_view text) {
  Step step;
  std::string_view rest = text;
  const auto wrong = [text](std::string_view expected) {
    return tl::make_unexpected(
        fmt::format("in the step '{}': expected {}",
                    escaped(text.substr(text.find_first_not_of(blanks)), quoted_characters_max), expected));
  };
  const std::string_view client = take_word(rest);
  if (client.size() != 1 || client[0] < 'a' || client[0] >= static_cast<char>('a' + history_clients_max))
    return wrong("a client, a to d");
  step.client = static_cast<std::uint8_t>(client[0] - 'a');
  const auto action = std::ranges::find(action_names, take_word(rest), &ActionName::name);
  if (action == action_names.end())
    return wrong(
        "connect, subscribe, unsubscribe, publish, hold, answer, disconnect, cut, reset, vanish or fault");
  step.action = action->action;
  if (const std::string expected = parse_rest(rest, step); !expected.empty()) return wrong(expected);
  return step;
}

}  // namespace

std::string client_name(std::uint8_t client) { return std::string(1, static_cast<char>('a' + client)); }

std::string to_text(const Step& step) {
  const auto action = std::ranges::find(action_names, step.action, &ActionName::action);
  std::string text = fmt::format("{} {}", client_name(step.client), action->name);
  switch (step.action) {
    case Action::connect:
      text += fmt::format(" {}", keeping_names[static_cast<std::size_t>(step.keeping)]);
      if (step.has_will) text += " will";
      if (step.window > 0) text += fmt::format(" window={}", step.window);
      break;
    case Action::subscribe:
    case Action::publish:
      text += fmt::format(" {} {}", step.qos, step.topic);
      break;
    case Action::unsubscribe:
      text += " " + step.topic;
      break;
    case Action::fault:
      text += " " + to_text(step.fault);
      break;
    default:
      break;
  }
  return text;
}

std::string to_text(const History& history) {
  std::string text;
  for (const Step& step : history) {
    if (!text.empty()) text += "; ";
    text += to_text(step);
  }
  return text;
}

tl::expected<History, std::string> parse_history(std::string_view text) {
  History history;
  while (true) {
    const std::size_t end = text.find(';');
    const std::string_view part = text.substr(0, end);
    if (part.find_first_not_of(blanks) != std::string_view::npos) {
      auto step = parse_step(part);
      if (!step) return tl::make_unexpected(step.error());
      if (history.size() == history_steps_max)
        return tl::make_unexpected(fmt::format("a history has at most {} steps", history_steps_max));
      history.push_back(*std::move(step));
    }
    if (end == std::string_view::npos) return history;
    text.remove_prefix(end + 1);
  }
}

}  // namespace holdfast
