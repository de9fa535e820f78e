// Runs inputs without a fuzzing engine, so that any compiler can replay a corpus as an ordinary test:
//
//   replay_codec_chunks FILE_OR_FOLDER...
//
// Each input is run as it is, and then `mutations` times through the target's own mutator with fixed seeds,
// which is a small fuzzing run that is the same everywhere. Exit: 0 all ran, 2 usage; a broken oracle aborts.
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/fuzz_target.h"

namespace {

using holdfast::Bytes;
namespace fs = std::filesystem;

constexpr std::size_t largest_mutated_input = 4096;

std::vector<std::string> files_in(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    if (!fs::is_directory(path)) {
      files.push_back(path);
      continue;
    }
    for (const auto& entry : fs::recursive_directory_iterator(path)) {
      if (entry.is_regular_file()) files.push_back(entry.path().string());
    }
  }
  std::ranges::sort(files);
  return files;
}

bool read_file(const std::string& path, Bytes& bytes) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return false;
  bytes.assign(std::istreambuf_iterator<char>(file), {});
  return true;
}

void run_mutated(const Bytes& input, unsigned mutations) {
  if (input.size() > largest_mutated_input) return;
  Bytes mutated = input;
  for (unsigned seed = 0; seed < mutations; ++seed) {
    std::size_t size = mutated.size();
    mutated.resize(largest_mutated_input);
    size = holdfast::fuzz::mutate_input(mutated.data(), size, mutated.size(), seed);
    mutated.resize(size);
    holdfast::fuzz::run_input(mutated);
  }
}

int usage() {
  std::fputs("usage: replay_TARGET [--mutations=N] FILE_OR_FOLDER...\n", stderr);
  return 2;
}

}  // namespace

int main(int count, char** words) {
  unsigned mutations = 0;
  std::vector<std::string> paths;
  for (const std::string_view word : std::vector<std::string_view>(words + 1, words + count)) {
    constexpr std::string_view option = "--mutations=";
    if (word.starts_with(option)) {
      const std::string_view number = word.substr(option.size());
      const auto parsed = std::from_chars(number.data(), number.data() + number.size(), mutations);
      if (parsed.ec != std::errc{} || parsed.ptr != number.data() + number.size()) return usage();
    } else if (word.starts_with("--") || !fs::exists(word)) {
      return usage();
    } else {
      paths.emplace_back(word);
    }
  }
  const std::vector<std::string> files = files_in(paths);
  if (files.empty()) return usage();
  Bytes input;
  for (const std::string& file : files) {
    if (!read_file(file, input)) {
      std::fprintf(stderr, "cannot read %s\n", file.c_str());
      return 2;
    }
    std::fprintf(stderr, "%s\n", file.c_str());
    holdfast::fuzz::run_input(input);
    run_mutated(input, mutations);
  }
  std::fprintf(stderr, "%zu inputs\n", files.size());
  return 0;
}
