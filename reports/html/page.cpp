#include "reports/html/page.h"

#include <fmt/format.h>

#include "reports/html/embedded.h"

namespace holdfast {
namespace {

constexpr std::string_view base64_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

unsigned hex_value(char digit) {
  return digit <= '9' ? static_cast<unsigned>(digit - '0') : static_cast<unsigned>(digit - 'a' + 10);
}

// Of a whole number of bytes in hexadecimal.
std::string base64_of_hex(std::string_view hex) {
  std::string text;
  std::size_t at = 0;
  for (; at < hex.size(); at += 6) {
    const std::string_view part = hex.substr(at, 6);
    unsigned bits = 0;
    for (std::size_t digit = 0; digit < 6; ++digit)
      bits = (bits << 4) | (digit < part.size() ? hex_value(part[digit]) : 0u);
    const std::size_t digits = part.size() / 2 + 1;
    for (std::size_t digit = 0; digit < 4; ++digit)
      text += digit < digits ? base64_digits[(bits >> (18 - 6 * digit)) & 63u] : '=';
  }
  return text;
}

std::string csp_source(PagePart part) { return fmt::format("'sha256-{}'", base64_of_hex(part.sha256)); }

// In a script element `</script` and `<!--` would be markup.
std::string script_safe(std::string_view json) {
  std::string text;
  text.reserve(json.size());
  for (const char c : json) {
    if (c == '<') {
      text += "\\u003c";
    } else {
      text += c;
    }
  }
  return text;
}

}  // namespace

namespace page_part {
#define HOLDFAST_PAGE_PART(name) \
  PagePart name() { return {html_parts::name, html_parts::name##_sha256}; }
HOLDFAST_PAGE_PART(style)
HOLDFAST_PAGE_PART(dom)
HOLDFAST_PAGE_PART(data)
HOLDFAST_PAGE_PART(overview)
HOLDFAST_PAGE_PART(cases)
HOLDFAST_PAGE_PART(diagram)
HOLDFAST_PAGE_PART(fields)
HOLDFAST_PAGE_PART(one_case)
HOLDFAST_PAGE_PART(tables)
HOLDFAST_PAGE_PART(report)
HOLDFAST_PAGE_PART(matrix)
HOLDFAST_PAGE_PART(kill_matrix)
#undef HOLDFAST_PAGE_PART
}  // namespace page_part

std::string html_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string html_page(const Page& page) {
  std::string sources;
  for (const PagePart& script : page.scripts) sources += " " + csp_source(script);
  std::string html = fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src {}; "
      "script-src{}; "
      "img-src data:; base-uri 'none'; form-action 'none'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<link rel=\"icon\" href=\"data:,\">\n<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n",
      csp_source(page_part::style()), sources, html_escaped(page.title), page_part::style().text);
  html += "<noscript><main class=\"wrap\">\n";
  for (const std::string& line : page.summary) html += "<p>" + html_escaped(line) + "</p>\n";
  html += "</main></noscript>\n<div id=\"page\"></div>\n<script type=\"application/json\" id=\"data\">";
  html += script_safe(page.data) + "</script>\n";
  for (const PagePart& script : page.scripts)
    html.append("<script>").append(script.text).append("</script>\n");
  return html + "</body>\n</html>\n";
}

}  // namespace holdfast
