#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "conformance/cli/command.h"
#include "conformance/cli/selectors.h"
#include "reports/outcome.h"
#include "reports/text.h"
#include "sim/broker/defects.h"
#include "sim/broker/variants.h"

namespace holdfast {
namespace {

using Json = nlohmann::ordered_json;

struct Row {
  std::string name;
  std::string middle;
  std::string text;
};

std::string json_text(const Json& json) {
  return json.dump(1, ' ', true, Json::error_handler_t::replace) + "\n";
}

Json case_json(const Case& the_case) {
  const CaseDescription& description = *the_case.description;
  return {{"address", the_case.address},
          {"title", description.title},
          {"level", name_of(description.level)},
          {"version", the_case.version == mqtt::Version::v5 ? "5.0" : "3.1.1"},
          {"section", the_case.section},
          {"requirements", the_case.requirements},
          {"tags", description.tags},
          {"variants", description.variants},
          {"interpretations", description.interpretations},
          {"longest_timer_ns", description.longest_timer.count()}};
}

class ListCommand final : public Command {
 public:
  ListCommand(CLI::App& parent, Surroundings& surroundings)
      : surroundings_(surroundings),
        app_(*parent.add_subcommand("list", "List cases, or what else can be named")) {
    app_.add_option("words", words_, "as in holdfast run; none: all")->type_name("[SELECTOR...]");
    app_.add_flag("--json", json_, "for programs");
    CLI::Option* defects =
        app_.add_flag("--defects", defects_, "the defects that the embedded broker can have");
    CLI::Option* variants = app_.add_flag("--variants", variants_, "the legal choices that it can make");
    CLI::Option* tags = app_.add_flag("--tags", tags_, "the tags of cases");
    defects->excludes(variants)->excludes(tags);
    variants->excludes(tags);
  }

  CLI::App& app() override { return app_; }

  int run() override {
    const bool cases = !defects_ && !variants_ && !tags_;
    if (!cases && !words_.empty())
      return complain(surroundings_, exit_code::usage,
                      "selectors choose cases; they do not go with this list");
    if (defects_) return list_defects();
    if (variants_) return list_variants();
    if (tags_) return list_tags();
    return list_cases();
  }

 private:
  int list_cases() const {
    const auto cases = select_cases(surroundings_.registry, words_);
    if (!cases) return complain(surroundings_, exit_code::usage, cases.error());
    std::vector<Row> rows;
    Json list = Json::array();
    for (const Case* the_case : *cases) {
      rows.push_back({the_case->address, std::string(name_of(the_case->description->level)),
                      the_case->description->title});
      if (json_) list.push_back(case_json(*the_case));
    }
    return show(rows, list);
  }

  int list_defects() const {
    std::vector<Row> rows;
    Json list = Json::array();
    for (const DefectInfo& defect : defect_catalogue()) {
      rows.push_back({std::string(defect.name), {}, std::string(defect.sentence)});
      list.push_back({{"name", defect.name},
                      {"sentence", defect.sentence},
                      {"requirements", defect.requirements},
                      {"seen", defect.seen}});
    }
    return show(rows, list);
  }

  int list_variants() const {
    std::vector<Row> rows;
    Json list = Json::array();
    for (const VariantInfo& variant : variant_catalogue()) {
      rows.push_back({std::string(variant.name), {}, std::string(variant.sentence)});
      list.push_back(
          {{"name", variant.name}, {"sentence", variant.sentence}, {"citation", variant.citation}});
    }
    return show(rows, list);
  }

  int list_tags() const {
    std::vector<Row> rows;
    Json list = Json::array();
    for (const std::string& tag : tags_of(surroundings_.registry)) {
      const auto count =
          std::count_if(surroundings_.registry.cases().begin(), surroundings_.registry.cases().end(),
                        [&](const Case& the_case) { return stands_for("@" + tag, the_case); });
      rows.push_back({"@" + tag, {}, fmt::format("{} cases", count)});
      list.push_back({{"tag", tag}, {"cases", count}});
    }
    return show(rows, list);
  }

  int show(const std::vector<Row>& rows, const Json& json) const {
    if (json_) {
      surroundings_.out << json_text(json) << std::flush;
      return exit_code::conforms;
    }
    std::size_t name_width = 0;
    std::size_t middle_width = 0;
    for (const Row& row : rows) {
      name_width = std::max(name_width, row.name.size());
      middle_width = std::max(middle_width, row.middle.size());
    }
    for (const Row& row : rows) {
      std::string line = fmt::format("{:<{}}  ", row.name, name_width);
      if (middle_width > 0) line += fmt::format("{:<{}}  ", row.middle, middle_width);
      // Folded under a wide column of names, a text would be a ribbon.
      surroundings_.out << line << printable(row.text) << "\n";
    }
    surroundings_.out << std::flush;
    return exit_code::conforms;
  }

  Surroundings& surroundings_;
  CLI::App& app_;
  std::vector<std::string> words_;
  bool json_ = false;
  bool defects_ = false;
  bool variants_ = false;
  bool tags_ = false;
};

}  // namespace

std::unique_ptr<Command> make_list_command(CLI::App& parent, Surroundings& surroundings) {
  return std::make_unique<ListCommand>(parent, surroundings);
}

}  // namespace holdfast
