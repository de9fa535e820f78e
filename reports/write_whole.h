// A file is written whole or not at all: readers never see half of one, and a full disk leaves the old file.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace holdfast {

enum class Durability {
  power_cut,  // synced to the disk, which can take 20 ms
  crash,      // survives the end of the program, as all files do
};

// Writes a temporary file beside `path` and renames it to `path`. The error is one line that names the file
// and the reason; the temporary file is gone then and `path` is as it was.
tl::expected<void, std::string> write_whole(const std::string& path, std::string_view content,
                                            Durability durability = Durability::power_cut);

// Several files that appear together: until commit() none of them is to be seen, and what stood in their
// places stays. What was not committed is gone with the object.
class WriteTogether {
 public:
  WriteTogether() = default;
  ~WriteTogether();
  WriteTogether(const WriteTogether&) = delete;
  WriteTogether& operator=(const WriteTogether&) = delete;

  // The content goes to a temporary file beside `path`. The error is as that of write_whole.
  tl::expected<void, std::string> add(const std::string& path, std::string_view content,
                                      Durability durability = Durability::power_cut);
  // Renames all of them, in the order in which they were added.
  tl::expected<void, std::string> commit();

 private:
  struct Staged {
    std::string temporary;
    std::string path;
    Durability durability;
  };
  std::vector<Staged> staged_;
};

// Makes `folder` and those above it, and shows by a trial file that it can be written to. The error is one
// line.
tl::expected<void, std::string> make_writable_folder(const std::string& folder);

}  // namespace holdfast
