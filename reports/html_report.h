// report.html: one run as one file that needs no other and no network. Made from the document that
// results.json holds, so it is the same whether it is made at once or later.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace holdfast {

// REQUIRES: a document that read_results() or results_document() has given.
std::string html_report(const nlohmann::ordered_json& document);

// "holdfast replay '7:mqtt5/4.4/pubrel-owed-after-cut' mqtt://127.0.0.1:1883" for a case of the document.
std::string replay_command_of(const nlohmann::ordered_json& document, const nlohmann::ordered_json& one_case);

// Name of the broker as it calls itself, or its address.
std::string name_of_system(const nlohmann::ordered_json& document);

}  // namespace holdfast
