// write_vectors FOLDER: writes the files of fixtures/packets anew. Files that are no longer made stay; the
// test names them.
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "sim/mqtt/vectors/vector_folder.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: write_vectors FOLDER\n");
    return 2;
  }
  for (const auto& [name, text] : holdfast::mqtt::vector_files()) {
    const std::filesystem::path path = std::filesystem::path(argv[1]) / name;
    std::error_code error;
    std::filesystem::create_directories(path.parent_path(), error);
    std::ofstream out(path, std::ios::binary);
    out << text;
    out.close();
    if (!out) {
      std::fprintf(stderr, "write_vectors: cannot write %s\n", path.c_str());
      return 2;
    }
  }
  return 0;
}
