#include "build.hpp"
#include "description.hpp"

#include <cohedge/config/config.hpp>

#include <fstream>

namespace cohedge {

namespace {

constexpr std::size_t largest_file = 1024 * 1024;

}  // namespace

result<config_file> config_file::read(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  if (!in) return error{errc::invalid_config, file.string() + ": cannot be read"};
  std::string text(largest_file + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (in.bad()) return error{errc::invalid_config, file.string() + ": cannot be read"};
  if (text.size() > largest_file) return error{errc::invalid_config, file.string() + ": larger than 1 MB"};
  return parse(text, file.string());
}

result<config_file> config_file::parse(std::string_view toml, std::string_view file_name) {
  const auto root = config::read_toml(toml, file_name);
  if (!root) return root.error();
  auto said = config::describe(root.value(), std::string{file_name});
  if (!said) return std::move(said).error();
  const auto beside = std::filesystem::path{file_name}.parent_path();
  auto& client = said.value().client;
  const auto place = [&](std::string& file) {
    if (!file.empty()) file = (beside / file).string();
  };
  place(client.ca_file);
  place(client.log);
  for (auto& each : said.value().providers)
    for (auto* file : {&each.connection.ca_file, &each.connection.client_certificate, &each.connection.client_key,
                       &each.connection.unix_socket})
      place(*file);
  return config_file{std::make_shared<config::description>(std::move(said).value())};
}

result<client_options> config_file::options(json_lines::wall_clock clock) const {
  client_options made;
  if (!said_->client.ca_file.empty()) made.extra_ca_file(said_->client.ca_file);
  if (said_->client.clocks) made.clocks(*said_->client.clocks);
  if (!said_->client.log.empty()) {
    auto log = json_lines::open(said_->client.log, std::move(clock));
    if (!log) return std::move(log).error();
    made.observer(std::move(log).value());
  }
  return made;
}

result<setup> config_file::build(client& client, const environment& variables) const {
  return config::build(client, *said_, variables);
}

result<setup> load(client& client, const std::filesystem::path& file) {
  auto read = config_file::read(file);
  if (!read) return std::move(read).error();
  return read.value().build(client);
}

result<setup> load_text(client& client, std::string_view toml, std::string_view file_name) {
  auto parsed = config_file::parse(toml, file_name);
  if (!parsed) return std::move(parsed).error();
  return parsed.value().build(client);
}

}  // namespace cohedge
