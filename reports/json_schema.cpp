#include "reports/json_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "reports/text.h"

namespace holdfast {
namespace {

using SchemaJson = nlohmann::ordered_json;

bool has_type(const SchemaJson& value, const std::string& type) {
  if (type == "integer") return value.is_number_integer();
  if (type == "number") return value.is_number();
  return type == value.type_name();
}

class Validation {
 public:
  explicit Validation(const SchemaJson& root) : definitions_(root.at("definitions")) {}

  // Whether all is well; else problem() says what is not.
  bool check(const SchemaJson& schema, const SchemaJson& value, const std::string& path) {
    if (const auto ref = schema.find("$ref"); ref != schema.end()) {
      const std::string name = ref->get<std::string>();
      return check(definitions_.at(name.substr(name.rfind('/') + 1)), value, path);
    }
    return check_type(schema, value, path) && check_value(schema, value, path) &&
           (!value.is_object() || check_members(schema, value, path)) &&
           (!value.is_array() || check_items(schema, value, path));
  }

  const std::string& problem() const { return problem_; }

 private:
  bool wrong(const std::string& path, std::string_view what) {
    problem_ = fmt::format("{} {}", path.empty() ? "it" : shortened(printable(path), 200), what);
    return false;
  }

  bool check_type(const SchemaJson& schema, const SchemaJson& value, const std::string& path) {
    const auto type = schema.find("type");
    if (type == schema.end()) return true;
    if (type->is_string())
      return has_type(value, type->get<std::string>()) ||
             wrong(path, fmt::format("is no {}", type->get<std::string>()));
    const auto fits = [&](const SchemaJson& one) { return has_type(value, one.get<std::string>()); };
    return std::any_of(type->begin(), type->end(), fits) || wrong(path, "is of a wrong type");
  }

  bool check_value(const SchemaJson& schema, const SchemaJson& value, const std::string& path) {
    if (const auto fixed = schema.find("const"); fixed != schema.end() && *fixed != value)
      return wrong(path, fmt::format("is not {}", fixed->dump()));
    if (const auto list = schema.find("enum");
        list != schema.end() && std::find(list->begin(), list->end(), value) == list->end())
      return wrong(path, fmt::format("is not one of {}", list->dump()));
    if (value.is_number()) {
      const double number = value.get<double>();
      if (number < schema.value("minimum", number)) return wrong(path, "is too small");
      if (number > schema.value("maximum", number)) return wrong(path, "is too large");
    }
    if (value.is_string() &&
        value.get_ref<const std::string&>().size() < schema.value("minLength", std::size_t{0}))
      return wrong(path, "is empty");
    return true;
  }

  bool check_members(const SchemaJson& schema, const SchemaJson& value, const std::string& path) {
    if (const auto required = schema.find("required"); required != schema.end())
      for (const SchemaJson& name : *required)
        if (!value.contains(name.get<std::string>()))
          return wrong(path, fmt::format("has no {}", name.get<std::string>()));
    const auto properties = schema.find("properties");
    const auto others = schema.find("additionalProperties");
    for (const auto& [name, member] : value.items()) {
      const SchemaJson* member_schema = nullptr;
      if (properties != schema.end() && properties->contains(name))
        member_schema = &properties->at(name);
      else if (others != schema.end() && others->is_object())
        member_schema = &*others;
      if (member_schema != nullptr && !check(*member_schema, member, path + (path.empty() ? "" : "/") + name))
        return false;
    }
    return true;
  }

  bool check_items(const SchemaJson& schema, const SchemaJson& value, const std::string& path) {
    const auto items = schema.find("items");
    if (items == schema.end()) return true;
    for (std::size_t at = 0; at < value.size(); ++at)
      if (!check(*items, value[at], fmt::format("{}/{}", path, at))) return false;
    return true;
  }

  const SchemaJson& definitions_;
  std::string problem_;
};

}  // namespace

std::string schema_breach(const SchemaJson& schema, const SchemaJson& value) {
  Validation validation(schema);
  return validation.check(schema, value, "") ? std::string() : validation.problem();
}

}  // namespace holdfast
