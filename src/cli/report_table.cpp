#include "report_table.hpp"

#include "text_table.hpp"

namespace cohedge::cli {

namespace {

std::string or_dash(const std::optional<std::chrono::nanoseconds>& time) {
  return time ? shown_time(*time) : std::string{"-"};
}

std::string why_ended(const attempt& row) {
  std::string text;
  if (row.failure) text.append(to_string(*row.failure));
  if (row.status >= 400) text.append(" (HTTP ").append(std::to_string(row.status)).append(")");
  if (!row.detail.empty()) text.append(": ").append(printable(row.detail.substr(0, 100)));
  for (char& c : text)
    if (c == '\n') c = ' ';
  return text;
}

std::string shown_tokens(const token_count& tokens) {
  if (tokens.known == certainty::unknown) return "-";
  return (tokens.known == certainty::at_least ? "≥ " : "") + std::to_string(tokens.input) + " + " +
         std::to_string(tokens.output);
}

}  // namespace

std::string report_table(const report& call) {
  std::string text;
  if (!call.route.empty()) text.append("route ").append(call.route).append(", ");
  if (!call.variant.empty()) text.append("variant ").append(call.variant).append(", ");
  if (call.from_cache)
    text.append("from the cache, ");
  else if (!call.served_by.empty())
    text.append("served by ").append(call.served_by).append(", ");
  text.append(shown_time(call.elapsed)).append("\n");

  text_table table;
  constexpr auto right = text_table::align::right;
  table.column("attempt").column("why").column("model").column("started", right).column("first content", right);
  table.column("ended", right).column("tokens", right).column("how").column("");
  for (const auto& row : call.attempts)
    table.row({row.provider, std::string{to_string(row.why_started)}, row.model, shown_time(row.started),
               or_dash(row.first_content), or_dash(row.ended), shown_tokens(row.tokens),
               std::string{to_string(row.how_ended)}, why_ended(row)});
  if (!call.attempts.empty()) text.append(table.text("  "));
  for (const auto& note : call.notes) text.append("  ").append(printable(note)).append("\n");
  return text;
}

}  // namespace cohedge::cli
