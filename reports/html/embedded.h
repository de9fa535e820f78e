// The files of this folder that are part of pages, compiled in, with their SHA-256 in hexadecimal.
#pragma once

#include <string_view>

namespace holdfast::html_parts {

extern const std::string_view style, style_sha256;
extern const std::string_view dom, dom_sha256;
extern const std::string_view data, data_sha256;
extern const std::string_view overview, overview_sha256;
extern const std::string_view cases, cases_sha256;
extern const std::string_view diagram, diagram_sha256;
extern const std::string_view fields, fields_sha256;
extern const std::string_view one_case, one_case_sha256;
extern const std::string_view tables, tables_sha256;
extern const std::string_view report, report_sha256;
extern const std::string_view matrix, matrix_sha256;
extern const std::string_view kill_matrix, kill_matrix_sha256;

}  // namespace holdfast::html_parts
