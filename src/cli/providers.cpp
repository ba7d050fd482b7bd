#include "commands.hpp"
#include "providers_markdown.hpp"
#include "terminal.hpp"
#include "text_table.hpp"

#include <cohedge/wire/url.hpp>

#include <cstdio>

namespace cohedge::cli {

namespace {

// Without a query, and without a password: what the address is, nothing that may be a secret.
std::string shown_address(const std::string& base_url) {
  const auto parsed = wire::parse_url(base_url);
  return parsed ? printable(parsed->origin() + parsed->path) : std::string{"(no URL)"};
}

}  // namespace

int providers(const providers_options& options) {
  if (options.markdown) {
    std::fputs(providers_markdown().c_str(), stdout);
    return exit_ok;
  }
  text_table table;
  table.column("provider").column("API").column("base URL").column("key").column("configured").column("");
  const style colours{stdout};
  for (const auto* row : presets()) {
    preset_options said;
    const bool lacks_model = row->default_model.empty() && look_up({}, row->model_variable).empty();
    if (lacks_model) said.model("model");  // named when it is asked
    const auto where = preset_endpoint(*row, said);
    const bool has_key = where && where.value().key_missing().empty();
    const auto state = has_key ? colours.green(row->needs_key ? "yes" : "no key needed") : colours.dim("no");
    table.row({std::string{row->name}, std::string{row->surface},
               where && !lacks_model ? shown_address(where.value().base_url()) : std::string{row->base_url},
               key_variables(*row), state, where ? std::string{} : printable(where.error().detail())});
  }
  std::fputs(table.text().c_str(), stdout);
  return exit_ok;
}

}  // namespace cohedge::cli
