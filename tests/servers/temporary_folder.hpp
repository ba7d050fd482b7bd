#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

namespace cohedge::tests {

/// A folder that lives as long as this object. Others may enter it: the workers of a server that root has started run
/// as somebody else.
class temporary_folder {
 public:
  temporary_folder() {
    auto name = (std::filesystem::temp_directory_path() / "cohedge-XXXXXX").string();
    if (!::mkdtemp(name.data())) return;
    path_ = name;
    std::error_code ignored;
    std::filesystem::permissions(path_, std::filesystem::perms{0711}, ignored);
  }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  ~temporary_folder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }

  const std::filesystem::path& path() const noexcept { return path_; }

  /// Writes a file and gives its path.
  std::string write(std::string_view name, std::string_view text) const {
    const auto file = path_ / name;
    std::ofstream{file} << text;
    return file.string();
  }

 private:
  std::filesystem::path path_;
};

}  // namespace cohedge::tests
