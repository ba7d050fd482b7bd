#!/usr/bin/env bash
# What the SDK costs beside a hand-written Asio loop: client CPU time a request and an event, 32 in flight, both run in
# turn against the same server. Ratios are what to look at; the absolute figures are this machine's.
#
#   bench/transport.sh [--pairs N] [--secs S]        or: ./dev bench transport
#
# Needs two cores: the server gets one, the client the other.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

pairs=5
secs=1.5
build=build/dev  # -O2 -DNDEBUG; shared with ./dev test

while (($#)); do
  case $1 in
    --pairs) pairs=${2:?}; shift 2 ;;
    --secs) secs=${2:?}; shift 2 ;;
    --build) build=${2:?}; shift 2 ;;  # a build that is there already
    *) echo "usage: bench/transport.sh [--pairs N] [--secs S] [--build DIRECTORY]" >&2; exit 2 ;;
  esac
done

if [[ ! -f $build/build.ninja ]]; then
  cmake --preset dev -B "$build" >/dev/null
fi
echo "Building …" >&2
ninja -C "$build" --quiet -j "$(nproc)" bench_http_load bench_raw_asio bench_load_server >&2
bin=$build/bench

scratch=$(mktemp -d)
server=
finish() {
  [[ -z $server ]] || kill "$server" 2>/dev/null || true
  rm -rf "$scratch"
}
trap finish EXIT

server_core=() client_core=()
if command -v taskset >/dev/null && (($(nproc) > 1)); then
  server_core=(taskset -c 1)
  client_core=(taskset -c 0)
else
  echo "One core, or no taskset: server and client share it, so the ratios are rough." >&2
fi

"${server_core[@]}" "$bin/load_server" -p 0 >"$scratch/server" &
server=$!
port=
for _ in {1..100}; do
  port=$(sed -n 's/^listening //p' "$scratch/server")
  [[ -n $port ]] && break
  kill -0 "$server" 2>/dev/null || { echo "the server did not start" >&2; exit 1; }
  sleep 0.05
done
[[ -n $port ]] || { echo "the server does not say that it listens" >&2; exit 1; }

# measure PROGRAM MODE FIELD: prints the field of one run.
measure() {
  local line
  line=$("${client_core[@]}" "$bin/$1" --mode "$2" --port "$port" --conc 32 --secs "$secs" --warm 0.3)
  printf '%s\n' "$line" >>"$scratch/lines"
  sed -n "s/.*\"$3\": \([0-9.]*\).*/\1/p" <<<"$line"
}

# compare MODE FIELD TITLE: one row of the table.
compare() {
  local mode=$1 field=$2 title=$3 i raw ours
  : >"$scratch/pairs"
  for ((i = 1; i <= pairs; ++i)); do
    # Who goes first alternates too: a machine that warms up or gets busy is then nobody's advantage.
    if ((i % 2)); then
      raw=$(measure raw_asio "$mode" "$field")
      ours=$(measure http_load "$mode" "$field")
    else
      ours=$(measure http_load "$mode" "$field")
      raw=$(measure raw_asio "$mode" "$field")
    fi
    printf '  %s, pair %d of %d: raw %s, cohedge %s\n' "$mode" "$i" "$pairs" "$raw" "$ours" >&2
    printf '%s %s\n' "$raw" "$ours" >>"$scratch/pairs"
  done
  awk -v title="$title" '
    function sorted(from, to, n,   i, j, t) {
      for (i = 1; i <= n; ++i) to[i] = from[i]
      for (i = 2; i <= n; ++i) for (j = i; j > 1 && to[j] < to[j-1]; --j) { t = to[j]; to[j] = to[j-1]; to[j-1] = t }
    }
    function median(a, n) { return n % 2 ? a[(n+1)/2] : (a[n/2] + a[n/2+1]) / 2 }
    { raw[NR] = $1 + 0; ours[NR] = $2 + 0; ratio[NR] = $2 / $1 }
    END {
      sorted(raw, r, NR); sorted(ours, o, NR); sorted(ratio, q, NR)
      printf "%-34s %9.2f %9.2f    %5.2f  [%.2f-%.2f]\n", title, median(r, NR), median(o, NR), median(q, NR), q[1], q[NR]
    }' "$scratch/pairs" >>"$scratch/table"
}

compare json cpu_us "answer of 672 bytes, CPU µs"
compare sse ns_ev "event of a stream, CPU ns"

printf '\n%-33s %9s %9s    %s\n' "client CPU time, 32 in flight" "raw Asio" "cohedge" "ratio [least-most]"
cat "$scratch/table"
if grep -qv '"err": 0,' "$scratch/lines"; then
  echo "A run had errors: these figures are no measurement." >&2
  exit 1
fi
