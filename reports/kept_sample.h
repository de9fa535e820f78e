// Leaves what a writer has written for validators that are other programs. Only tests include this.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "reports/write_whole.h"

namespace holdfast {

// `name` is a path below the folder that HOLDFAST_SAMPLES names; without it nothing is kept.
inline void keep_sample(const std::string& name, const std::string& text) {
  const char* folder = std::getenv("HOLDFAST_SAMPLES");
  if (folder == nullptr) return;
  const std::filesystem::path path = std::filesystem::path(folder) / name;
  ASSERT_TRUE(make_writable_folder(path.parent_path().string()).has_value());
  ASSERT_TRUE(write_whole(path.string(), text).has_value());
}

}  // namespace holdfast
