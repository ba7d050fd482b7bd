#include "catch.hpp"

#include "cli/percentile.hpp"
#include "cli/text_table.cpp"  // the program's sources are in no library

using namespace std::chrono_literals;
namespace cli = cohedge::cli;

TEST_CASE("percentiles by nearest rank", "[cli]") {
  std::vector<cohedge::duration> twenty;
  for (int i = 20; i >= 1; --i) twenty.push_back(i * 1ms);
  CHECK(cli::percentile({}, 0.5) == 0ms);
  CHECK(cli::percentile({7ms}, 0.5) == 7ms);
  CHECK(cli::percentile({7ms}, 0.0) == 7ms);
  CHECK(cli::percentile(twenty, 0.5) == 10ms);
  CHECK(cli::percentile(twenty, 0.95) == 19ms);
  CHECK(cli::percentile(twenty, 0.951) == 20ms);
  CHECK(cli::percentile(twenty, 1.0) == 20ms);
}

TEST_CASE("a table lines up, whatever alphabet", "[cli]") {
  cli::text_table table;
  table.column("name").column("p95", cli::text_table::align::right).column("bar");
  table.row({"größe", "7 µs", "██"}).row({"b", "120 ms"});
  CHECK(table.text("  ") ==
        "  name      p95  bar\n"
        "  größe    7 µs  ██\n"
        "  b      120 ms\n");
}

TEST_CASE("colours take no columns", "[cli]") {
  CHECK(cli::columns_of("") == 0);
  CHECK(cli::columns_of("größe") == 5);
  CHECK(cli::columns_of("\x1b[32mok\x1b[0m!") == 3);
}

TEST_CASE("times are short", "[cli]") {
  CHECK(cli::shown_time(0.25) == "250 µs");
  CHECK(cli::shown_time(1.04) == "1.0 ms");
  CHECK(cli::shown_time(9.94) == "9.9 ms");
  CHECK(cli::shown_time(41.4) == "41 ms");
  CHECK(cli::shown_time(999.4) == "999 ms");
  CHECK(cli::shown_time(1254) == "1.25 s");
}

TEST_CASE("a bar is as long as its third value", "[cli]") {
  CHECK(cli::latency_bar(2, 4, 5, 10, 10) == "██▒▒░");
  CHECK(cli::latency_bar(10, 10, 20, 10, 4) == "████");
  CHECK(cli::latency_bar(0, 0, 0, 0, 10).empty());
}

TEST_CASE("a text from elsewhere cannot drive the terminal", "[cli]") {
  CHECK(cli::printable("a\x1b[2Jb\r\n\tc\x07\x7f") == "a[2Jb\n\tc");
  CHECK(cli::printable("x\xc2\x9b"
                       "31mgr\xc3\xbc\xc3\x9f") == "x31mgrüß");
  CHECK(cli::printable("cut \xc2") == "cut \xc2");
}
