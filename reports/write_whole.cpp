#include "reports/write_whole.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace holdfast {
namespace {

tl::unexpected<std::string> cannot_write(std::string_view path, int error) {
  return tl::make_unexpected(fmt::format("cannot write {}: {}", path, std::strerror(error)));
}

// A descriptor that is closed when it goes.
class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int descriptor() const { return descriptor_; }
  // close() can be the one to report that the disk is full. 0, or the error.
  int close() {
    const int result = ::close(descriptor_);
    const int error = errno;
    descriptor_ = -1;
    return result == 0 ? 0 : error;
  }

 private:
  int descriptor_;
};

// 0, or the error.
int write_all(int descriptor, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(descriptor, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

// The rename itself has to survive a power cut too. A file system that cannot sync folders is no error.
void sync_folder_of(const std::string& path) {
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  const std::string folder = parent.empty() ? "." : parent.string();
  const File file(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (file.descriptor() >= 0) ::fsync(file.descriptor());
}

}  // namespace

WriteTogether::~WriteTogether() {
  for (const Staged& staged : staged_) ::unlink(staged.temporary.c_str());
}

tl::expected<void, std::string> WriteTogether::add(const std::string& path, std::string_view content,
                                                   Durability durability) {
  const std::string temporary = fmt::format("{}.part-{}", path, ::getpid());
  File file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666));
  if (file.descriptor() < 0) return cannot_write(path, errno);
  staged_.push_back({temporary, path, durability});
  int error = write_all(file.descriptor(), content);
  if (error == 0 && durability == Durability::power_cut && ::fsync(file.descriptor()) != 0) error = errno;
  const int close_error = file.close();
  if (error == 0) error = close_error;
  if (error != 0) return cannot_write(path, error);
  return {};
}

tl::expected<void, std::string> WriteTogether::commit() {
  for (std::size_t i = 0; i < staged_.size(); ++i) {
    const Staged& staged = staged_[i];
    if (::rename(staged.temporary.c_str(), staged.path.c_str()) != 0) {
      const int error = errno;
      staged_.erase(staged_.begin(), staged_.begin() + static_cast<std::ptrdiff_t>(i));
      return cannot_write(staged_.front().path, error);
    }
    if (staged.durability == Durability::power_cut) sync_folder_of(staged.path);
  }
  staged_.clear();
  return {};
}

tl::expected<void, std::string> write_whole(const std::string& path, std::string_view content,
                                            Durability durability) {
  WriteTogether files;
  if (auto added = files.add(path, content, durability); !added) return added;
  return files.commit();
}

tl::expected<void, std::string> make_writable_folder(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return cannot_write(folder, error.value());
  const std::string trial = fmt::format("{}/.part-{}", folder, ::getpid());
  const File file(::open(trial.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666));
  if (file.descriptor() < 0) return cannot_write(folder, errno);
  ::unlink(trial.c_str());
  return {};
}

}  // namespace holdfast
