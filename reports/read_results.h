// Reads results.json back, to make reports from it later. The file may come from anybody.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <tl/expected.hpp>

namespace holdfast {

// Files that are larger are refused unread, in bytes.
inline constexpr std::size_t results_file_bytes_max = 512u << 20;

// The document, which then keeps to results.schema.json (unknown members are left as they are). The error is
// one line that names the file.
tl::expected<nlohmann::ordered_json, std::string> read_results(const std::string& path);

// The same of a text; the error does not name a file.
tl::expected<nlohmann::ordered_json, std::string> parse_results(const std::string& text);

}  // namespace holdfast
