// The frame of every page that Holdfast writes: one HTML file that carries its style, its scripts and its
// data, and asks no network for anything. A Content-Security-Policy names the hashes of the style and the
// scripts, so that nothing else in the file can run.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

// What a page may take, so that it can be mailed.
inline constexpr std::size_t page_bytes_max = 2'000'000;

// Text that is part of this program, with its SHA-256 in hexadecimal.
struct PagePart {
  std::string_view text{};
  std::string_view sha256{};
};

namespace page_part {
PagePart style();     // style.css
PagePart dom();       // dom.js: elements, marks of verdicts, routes
PagePart data();      // data.js: what the packed data of a report means
PagePart overview();  // and so on
PagePart cases();
PagePart diagram();
PagePart fields();
PagePart one_case();
PagePart tables();
PagePart report();
PagePart matrix();
PagePart kill_matrix();
}  // namespace page_part

struct Page {
  std::string title{};                 // plain text
  std::string data{};                  // JSON in ASCII; the scripts find it as `page_data`
  std::vector<PagePart> scripts{};     // run in their order
  std::vector<std::string> summary{};  // lines of plain text for whoever runs no scripts
};

std::string html_page(const Page& page);

// `text` for the content of an element or a quoted attribute.
std::string html_escaped(std::string_view text);

}  // namespace holdfast
