# Out of the values of all runs, the table. Two files: the rows, and the values.
#   rows:   NAME|TITLE|GOAL|…     GOAL: none, ratio X, ahead X, below X, at_most X, made_of A B X
#   values: NAME PASS PROGRAM VALUE
# ratio: at most X of raw; ahead: that, and less than libcurl; below: less than X of raw; at_most: X itself;
# made_of: the row is row A over row B, pass by pass, and cohedge's is at most X.

function median(list, n,   i, j, t) {
  for (i = 2; i <= n; ++i) for (j = i; j > 1 && list[j] < list[j-1]; --j) { t = list[j]; list[j] = list[j-1]; list[j-1] = t }
  return n % 2 ? list[(n+1)/2] : (list[n/2] + list[n/2+1]) / 2
}
function quotient(a, b) { return a == "" || b == "" || b == 0 ? "" : a / b }
function value(row, pass, program) {
  if (goal[row, 1] == "made_of") return quotient(value(goal[row, 2], pass, program), value(goal[row, 3], pass, program))
  return (row, pass, program) in of ? of[row, pass, program] : ""
}
function middle(row, program,   pass, n, list) {
  for (pass = 1; pass <= passes; ++pass) if (value(row, pass, program) != "") list[++n] = value(row, pass, program)
  return n ? median(list, n) : ""
}
function shown(x) { return x == "" ? "-" : x < 2 ? sprintf("%.2f", x) : x < 100 ? sprintf("%.1f", x) : sprintf("%.0f", x) }
function verdict(is) { return is ? "met" : "MISSED" }

FILENAME != values { n_rows = FNR; split($0, part, "|"); name[FNR] = part[1]; title[part[1]] = part[2]
                     n_goal = split(part[3], word, " "); for (i = 1; i <= n_goal; ++i) goal[part[1], i] = word[i]; next }
{ of[$1, $2, $3] = $4 + 0; if ($2 > passes) passes = $2 }

END {
  split("raw_asio http_load libcurl_multi beast", program, " ")
  printf "%-44s %7s %8s %8s %7s   %-19s %s\n", heading, "raw", "cohedge", "libcurl", "Beast", "cohedge/raw", "goal for cohedge"
  for (r = 1; r <= n_rows; ++r) {
    row = name[r]
    line = sprintf("%-44s", title[row])
    for (p = 1; p <= 4; ++p) { mid[p] = middle(row, program[p]); line = line sprintf(" %*s", p == 1 || p == 4 ? 7 : 8, shown(mid[p])) }
    n = 0
    split("", ratios)
    for (pass = 1; pass <= passes; ++pass) {
      ratio = quotient(value(row, pass, "http_load"), value(row, pass, "raw_asio"))
      if (ratio != "") ratios[++n] = ratio
    }
    ratio = n ? median(ratios, n) : ""
    line = line sprintf("   %-19s", n ? sprintf("%.2f [%.2f-%.2f]", ratio, ratios[1], ratios[n]) : "-")
    kind = goal[row, 1]
    if (kind == "none") { print line; continue }
    limit = kind == "made_of" ? goal[row, 4] : goal[row, 2]
    met = kind == "ratio" ? ratio <= limit : kind == "ahead" ? ratio <= limit && (mid[3] == "" || mid[2] < mid[3]) : \
          kind == "below" ? ratio < limit : mid[2] <= limit
    text = kind == "ratio" ? "<= " limit " of raw" : kind == "ahead" ? "<= " limit " of raw, < libcurl" : \
           kind == "below" ? "< " limit " of raw" : "<= " limit (kind == "at_most" ? " kB" : "")
    printf "%s %-26s %s\n", line, text, mid[2] == "" ? "not measured" : verdict(met)
  }
}
