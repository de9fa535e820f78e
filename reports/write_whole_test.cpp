#include "reports/write_whole.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace holdfast {
namespace {

class WriteWhole : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        std::filesystem::path(testing::TempDir()) /
        (std::string("holdfast-write-") + testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string path(const char* name) const { return (folder_ / name).string(); }
  static std::string content(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder_), {}));
  }

  std::filesystem::path folder_;
};

TEST_F(WriteWhole, ReplacesAFileAndLeavesNothingElse) {
  ASSERT_TRUE(write_whole(path("a"), "first").has_value());
  ASSERT_TRUE(write_whole(path("a"), std::string("sec\0nd", 6)).has_value());
  EXPECT_EQ(content(path("a")), std::string("sec\0nd", 6));
  EXPECT_EQ(files(), 1u);
}

TEST_F(WriteWhole, NamesFileAndReasonWhenTheFolderIsMissing) {
  const auto written = write_whole(path("missing/a"), "x");
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error(), "cannot write " + path("missing/a") + ": No such file or directory");
}

TEST_F(WriteWhole, KeepsTheOldFileWhenTheDiskIsFull) {
  ASSERT_TRUE(write_whole(path("a"), "old").has_value());
  // A limit on the size of files stands for the full disk: write() fails after some of the bytes.
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{64 << 10, before.rlim_max};
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto written = write_whole(path("a"), std::string(1u << 20, 'x'));
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, old_handler);
  ASSERT_FALSE(written.has_value());
  EXPECT_NE(written.error().find("File too large"), std::string::npos) << written.error();
  EXPECT_EQ(content(path("a")), "old");
  EXPECT_EQ(files(), 1u);
}

TEST_F(WriteWhole, SeveralFilesAppearTogetherOrNotAtAll) {
  ASSERT_TRUE(write_whole(path("a"), "old").has_value());
  {
    WriteTogether files;
    ASSERT_TRUE(files.add(path("a"), "new").has_value());
    ASSERT_TRUE(files.add(path("b"), "new").has_value());
    EXPECT_FALSE(files.add(path("missing/c"), "new").has_value());
    EXPECT_EQ(content(path("a")), "old");
  }
  EXPECT_EQ(content(path("a")), "old");
  EXPECT_EQ(files(), 1u);
  WriteTogether files;
  ASSERT_TRUE(files.add(path("a"), "new").has_value());
  ASSERT_TRUE(files.add(path("b"), "new").has_value());
  ASSERT_TRUE(files.commit().has_value());
  EXPECT_EQ(content(path("a")) + content(path("b")), "newnew");
  EXPECT_EQ(this->files(), 2u);
}

TEST_F(WriteWhole, DoesNotFollowALinkThatLiesInWait) {
  // Renaming replaces a link, it does not write through it.
  std::ofstream(path("target")) << "precious";
  std::filesystem::create_symlink(path("target"), path("a"));
  ASSERT_TRUE(write_whole(path("a"), "new").has_value());
  EXPECT_EQ(content(path("target")), "precious");
  EXPECT_EQ(content(path("a")), "new");
}

TEST_F(WriteWhole, MakesFoldersAndFindsOutBeforehandThatOneCannotBeWritten) {
  ASSERT_TRUE(make_writable_folder(path("b/c")).has_value());
  EXPECT_EQ(files(), 1u);
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "b/c"));
  ASSERT_TRUE(make_writable_folder(path("b/c")).has_value());

  std::ofstream(path("file")) << "x";
  const auto made = make_writable_folder(path("file/under"));
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error(), "cannot write " + path("file/under") + ": Not a directory");
  EXPECT_FALSE(make_writable_folder("/proc/holdfast").has_value());
}

}  // namespace
}  // namespace holdfast
