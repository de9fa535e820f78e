#include "reports/case_kind.h"

#include <nlohmann/json.hpp>

#include "reports/outcome.h"

namespace holdfast {
namespace {

Standing standing_of(std::string_view name) {
  if (name == "expected") return Standing::expected;
  return name == "unexpected" ? Standing::unexpected : Standing::as_is;
}

}  // namespace

CaseKind kind_of(const CaseResult& result, bool simulated, bool strict) {
  if (result.verdict == Verdict::error) return CaseKind::error;
  if (speaks_against(result, simulated, strict))
    return result.verdict == Verdict::inconclusive ? CaseKind::error : CaseKind::failure;
  if (result.standing == Standing::expected && result.verdict != Verdict::pass) return CaseKind::skipped;
  if (result.verdict == Verdict::unsupported || result.verdict == Verdict::inconclusive)
    return CaseKind::skipped;
  return CaseKind::passed;
}

CaseKind kind_of(const nlohmann::ordered_json& the_case, const nlohmann::ordered_json& document) {
  CaseResult outline;
  outline.verdict =
      verdict_named(the_case.at("verdict").get_ref<const std::string&>()).value_or(Verdict::error);
  outline.standing = standing_of(the_case.at("standing").get_ref<const std::string&>());
  return kind_of(outline, document.at("simulated").get<bool>(),
                 document.at("options").at("strict").get<bool>());
}

}  // namespace holdfast
