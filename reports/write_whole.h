// A file is written whole or not at all: readers never see half of one, and a full disk leaves the old file.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace holdfast {

enum class Durability {
  power_cut,  // synced to the disk, which can take 20 ms
  crash,      // survives the end of the program, as all files do
};

// Writes a temporary file beside `path` and renames it to `path`. The error is one line that names the file
// and the reason; the temporary file is gone then and `path` is as it was.
tl::expected<void, std::string> write_whole(const std::string& path, std::string_view content,
                                            Durability durability = Durability::power_cut);

// Makes `folder` and those above it, and shows by a trial file that it can be written to. The error is one
// line.
tl::expected<void, std::string> make_writable_folder(const std::string& folder);

}  // namespace holdfast
