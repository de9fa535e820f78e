#include "reports/probe_json.h"

#include "reports/text.h"

namespace holdfast {

nlohmann::ordered_json probe_lines_json(const std::vector<ProbeLine>& lines) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const ProbeLine& line : lines) {
    list.push_back({{"version", line.version == mqtt::Version::v5 ? "5.0" : "3.1.1"},
                    {"name", line.name},
                    {"question", line.question},
                    {"answer", valid_utf8(line.answer)},
                    {"how", name_of(line.source)},
                    {"variants", line.variants},
                    {"requirements", line.requirements}});
  }
  return list;
}

std::string probe_json_text(const SystemIdentity& system, bool v3_1_1, bool v5,
                            const std::vector<ProbeLine>& lines) {
  std::vector<std::string> versions;
  if (v3_1_1) versions.emplace_back("3.1.1");
  if (v5) versions.emplace_back("5.0");
  const nlohmann::ordered_json json = {{"format", "holdfast-probe"},
                                       {"system",
                                        {{"name", valid_utf8(system.name)},
                                         {"told_by", valid_utf8(system.told_by)},
                                         {"address", valid_utf8(system.address)}}},
                                       {"versions", versions},
                                       {"probe", probe_lines_json(lines)}};
  return json.dump(1, ' ', true) + "\n";
}

}  // namespace holdfast
