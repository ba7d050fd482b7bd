#pragma once

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

namespace cohedge::tests {

/// A file that lives as long as this object.
class temporary_file {
 public:
  explicit temporary_file(std::string_view text)
      : path_{(std::filesystem::temp_directory_path() / "cohedge-XXXXXX").string()} {
    const int descriptor = ::mkstemp(path_.data());
    auto* file = ::fdopen(descriptor, "w");
    std::fwrite(text.data(), 1, text.size(), file);
    std::fclose(file);
  }
  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;
  ~temporary_file() { std::filesystem::remove(path_); }

  const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

}  // namespace cohedge::tests
