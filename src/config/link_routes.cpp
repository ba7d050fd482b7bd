#include "description.hpp"

#include <algorithm>

namespace cohedge::config {

namespace {

constexpr std::size_t deepest = 16;  // routes within routes

// Depth first; a route that is met again while it is still open leads back to itself.
class linking {
 public:
  linking(description& all, problems& noted) : all_{all}, noted_{noted}, states_(all.routes.size(), state::fresh) {}

  void run() {
    for (std::size_t i = 0; i < all_.routes.size(); ++i) visit(i);
    all_.routes = std::move(sorted_);
  }

 private:
  enum class state { fresh, open, done };

  void visit(std::size_t index) {
    if (states_[index] == state::done) return;
    const auto& route = all_.routes[index];
    if (states_[index] == state::open || path_.size() == deepest) {
      noted_.add(route.line, "routes." + shown(route.name),
                 states_[index] == state::open ? "leads back to itself: " + path_from(route.name)
                                               : "more than 16 routes within each other");
      return;
    }
    states_[index] = state::open;
    path_.push_back(route.name);
    for (const auto& candidate : route.candidates) follow(route, candidate);
    path_.pop_back();
    states_[index] = state::done;
    sorted_.push_back(route);
  }

  void follow(const route_entry& from, const std::string& candidate) {
    const auto next = std::ranges::find(all_.routes, candidate, &route_entry::name);
    if (next != all_.routes.end()) return visit(static_cast<std::size_t>(next - all_.routes.begin()));
    if (std::ranges::find(all_.providers, candidate, &provider_entry::name) != all_.providers.end()) return;
    std::vector<std::string_view> known;
    for (const auto& provider : all_.providers) known.push_back(provider.name);
    for (const auto& route : all_.routes)
      if (route.name != from.name) known.push_back(route.name);
    noted_.add(from.line, "routes." + shown(from.name) + ".candidates",
               "there is no provider or route \"" + shown(candidate) + "\"" + hint(candidate, known));
  }

  std::string path_from(const std::string& name) const {
    std::string text;
    for (auto at = std::ranges::find(path_, name); at != path_.end(); ++at) text.append(shown(*at)).append(" > ");
    return text.append(shown(name));
  }

  description& all_;
  problems& noted_;
  std::vector<state> states_;
  std::vector<std::string> path_;
  std::vector<route_entry> sorted_;
};

}  // namespace

void link_routes(description& all, problems& noted) {
  for (const auto& route : all.routes)
    if (std::ranges::find(all.providers, route.name, &provider_entry::name) != all.providers.end())
      noted.add(route.line, "routes." + shown(route.name), "a provider has this name too: rename one of them");
  linking{all, noted}.run();
}

}  // namespace cohedge::config
