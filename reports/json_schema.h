// As much of JSON Schema (draft 7) as results.schema.json uses: $ref to a definition, type, const, enum,
// required, properties, additionalProperties as a schema, items, minimum, maximum, minLength. Unknown members
// are welcome, since a newer writer may have more to tell; patterns are for the writer.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace holdfast {

// Empty, or one line that says where `value` first breaks `schema`: "cases/3/verdict is not one of ...".
std::string schema_breach(const nlohmann::ordered_json& schema, const nlohmann::ordered_json& value);

}  // namespace holdfast
