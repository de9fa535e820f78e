// The text of fixtures/ledger/reasons.toml, compiled in.
#pragma once

#include <string_view>

namespace holdfast::embedded {

extern const std::string_view ledger_reasons;

}  // namespace holdfast::embedded
