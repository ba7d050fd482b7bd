#!/usr/bin/env bash
# What the SDK costs its process, beside a hand-written Asio loop and beside libcurl and Boost.Beast, all in turn against
# the same server: CPU time and memory of the client. Ratios are what to look at; absolute figures are this machine's.
# docs/performance.md says what each row is.
#
#   ./dev bench transport [--rows NAME,…] [--passes N] [--secs S] [--quick] [--build DIRECTORY]
#
# Needs two cores, the server gets one and the client the other, and about a quarter of an hour.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

rows=json,sse,paced,tls_paced,http2,tls_connect
passes=5
slices=12                    # of a pass, for a shared machine changes from one second to the next
secs=0.4 warm=0.15           # what is measured of a slice, and what is not
held_secs=3 held_warm=3      # the same where ten thousand streams have to begin first
streams=10000 tls_streams=1000
build=build/bench            # of the preset of that name: as the library is installed

usage() { sed -n 's/^#   //p' "${BASH_SOURCE[0]}" >&2; echo "rows: $rows" >&2; exit 2; }
while (($#)); do
  case $1 in
    --rows) rows=${2:?}; shift 2 ;;
    --passes) passes=${2:?}; shift 2 ;;
    --secs) secs=${2:?}; shift 2 ;;
    --quick) passes=1 slices=1 secs=0.3 warm=0.1 held_secs=0.5 held_warm=0.5 streams=500 tls_streams=100; shift ;;
    --build) build=${2:?}; shift 2 ;;
    *) usage ;;
  esac
done

fail() { echo "bench/transport.sh: $*" >&2; exit 1; }

echo "Building …" >&2
mkdir -p build
cmake --preset bench -B "$build" >build/configure-bench.log || fail "cmake failed, see build/configure-bench.log"
peers=()
for peer in libcurl_multi beast; do
  if ninja -C "$build" -t query "bench_$peer" >/dev/null 2>&1; then
    peers+=("$peer")
  else
    echo "Without $peer: its library is not installed." >&2
  fi
done
ninja -C "$build" --quiet -j "$(nproc)" bench_{http_load,raw_asio,load_server} "${peers[@]/#/bench_}" >&2

bin=$build/bench
source bench/support/servers.sh
programs=(raw_asio http_load "${peers[@]}")

client_core=()
awake=()
if command -v taskset >/dev/null && (($(nproc) > 1)); then
  server_core=(taskset -c 1)
  client_core=(taskset -c 0)
  awake=(-b)
else
  echo "One core, or no taskset: server and client share it, so the ratios are rough." >&2
fi

# Both ends of ten thousand streams are sockets of this machine.
ulimit -n "$(ulimit -Hn)" 2>/dev/null || true
files=$(ulimit -n)
if [[ $files != unlimited ]] && ((files < streams + 200)); then
  echo "Only $((files - 200)) paced streams instead of $streams: that is what ulimit -n, $files, allows." >&2
  streams=$((files - 200))
fi

# What was no measurement: the table goes without it, and the whole fails.
failures=()
no_measurement() { failures+=("$*"); echo "  no measurement: $*" >&2; }

# run SERVER PROGRAM ARGS…: one run; its line and what the server saw are then in $line and $saw. False: there is no
# measurement, because the program's library cannot do that (status 4) or something went wrong.
run() {
  local server=$1 program=$2 status=0
  shift 2
  seen "$server" >/dev/null
  line=$("${client_core[@]}" "$bin/$program" --port "${ports[$server]}" "$@" 2>"$scratch/why") || status=$?
  saw=$(seen "$server")
  ((status != 4)) || return 1
  ((status == 0)) || { no_measurement "$program $*: $(<"$scratch/why")"; return 1; }
}

# equal_work BYTES CONNECTIONS: what was received is what was asked for, and came over that many connections (fresh: one a
# request; resumed: one a request, by an earlier session; http2: one, speaking HTTP/2).
equal_work() {
  awk -v bytes="$1" -v wanted="$2" -v per="$(field bytes_per "$line")" -v ok="$(field ok "$line")" \
    -v conc="$(field conc "$line")" -v connections="$(field connections "$saw")" -v resumed="$(field resumed "$saw")" \
    -v http2="$(field http2 "$saw")" '
    BEGIN {
      # Streams that the window cuts at its two ends count with a part of their text.
      slack = bytes == 128 || ok == 0 ? 0.001 : 2 * conc / ok
      if (per < bytes * (1 - slack) || per > bytes * (1 + slack)) { print "bytes_per is " per ", not " bytes; exit 1 }
      if (wanted == "http2") good = connections == 1 && http2 == 1
      else if (wanted == "fresh") good = connections >= ok && resumed == 0
      else if (wanted == "resumed") good = connections >= ok && resumed >= 0.9 * connections - 2 * conc
      else good = connections == wanted && http2 == 0
      if (!good) print "connections: " connections ", resumed: " resumed ", HTTP/2: " http2 "; wanted: " wanted
      exit !good
    }' >"$scratch/why" || { no_measurement "not the same work: $(<"$scratch/why"): $line"; return 1; }
}

# keep ROW PASS PROGRAM VALUE: of a slice, for the table.
keep() { printf '%s %s %s %s\n' "$@" >>"$scratch/slices"; }

# ---- the rows: one run of one program each. They give PASS and PROGRAM.

json_run() {
  run plain "$2" --mode json --conc 32 --secs "$secs" --warm "$warm" || return 0
  equal_work 128 32 || return 0
  keep json "$1" "$2" "$(field cpu_us "$line")"
}

sse_run() {
  run plain "$2" --mode sse --conc 32 --secs "$secs" --warm "$warm" || return 0
  equal_work 1239 32 || return 0
  keep sse "$1" "$2" "$(field ns_ev "$line")"
}

memory_per_stream() {
  awk -v a="$(field rss0_kb "$line")" -v b="$(field rss1_kb "$line")" -v n="$1" 'BEGIN { printf "%.2f", (b - a) / n }'
}

# kept_pace EVENTS-A-SECOND: says so when the machine did not manage what the streams were to be given.
kept_pace() {
  awk -v got="$(field ev_s "$line")" -v wanted="$1" 'BEGIN { exit !(got >= 0.9 * wanted) }' ||
    echo "  the machine is too busy: $(field ev_s "$line") events a second instead of $1" >&2
}

paced_run() {
  run plain_paced "$2" --mode paced --conc "$streams" --secs "$held_secs" --warm "$held_warm" || return 0
  equal_work 5 "$streams" || return 0
  kept_pace $((streams * 5))
  keep paced "$1" "$2" "$(memory_per_stream "$streams")"
}

tls_paced_run() {
  run tls_paced "$2" --mode paced --conc "$tls_streams" --tls "$authority-paced" --secs "$held_secs" \
    --warm "$held_warm" || return 0
  equal_work 5 "$tls_streams" || return 0
  kept_pace $((tls_streams * 20))
  keep tls_paced "$1" "$2" "$(memory_per_stream "$tls_streams")"
}

http2_run() {
  if [[ $2 == raw_asio ]]; then  # what HTTP/2 has to be cheaper than: plain HTTP/1.1
    run plain "$2" --mode json --conc 32 --secs "$secs" --warm "$warm" || return 0
    equal_work 128 32 || return 0
  else
    run tls "$2" --mode json --conc 32 --tls "$authority" --http2 --secs "$secs" --warm "$warm" || return 0
    equal_work 128 http2 || return 0
  fi
  keep http2 "$1" "$2" "$(field cpu_us "$line")"
}

tls_connect_run() {
  local asked=(--mode json --conc 1 --fresh --secs "$secs" --warm "$warm")
  run tls_full "$2" "${asked[@]}" --tls "$authority-full" || return 0
  equal_work 128 fresh || return 0
  keep tls_full "$1" "$2" "$(field cpu_us "$line")"
  run tls "$2" "${asked[@]}" --tls "$authority" --resume || return 0
  equal_work 128 resumed || return 0
  keep tls_resumed "$1" "$2" "$(field cpu_us "$line")"
}

# measure ROW: all passes, each in slices in which the programs take turns; who goes first rotates, so that a machine that
# warms up is nobody's advantage. A pass counts as the mean of its slices.
measure() {
  local pass slice turn of=$slices
  [[ $1 != *paced ]] || of=1  # thousands of streams are begun once
  for ((pass = 1; pass <= passes; ++pass)); do
    : >"$scratch/slices"
    for ((slice = 0; slice < of; ++slice)); do
      for ((turn = 0; turn < ${#programs[@]}; ++turn)); do
        "${1}_run" "$pass" "${programs[(pass - 1 + slice + turn) % ${#programs[@]}]}"
      done
    done
    awk '{ key = $1 " " $2 " " $3; if (!n[key]++) order[++keys] = key; sum[key] += $4 }
      END { for (i = 1; i <= keys; ++i) printf "%s %.6g\n", order[i], sum[order[i]] / n[order[i]] }' \
      "$scratch/slices" >"$scratch/pass"
    cat "$scratch/pass" >>"$scratch/values"
    echo "  $1, pass $pass of $passes: $(cut -d ' ' -f 1,3,4 "$scratch/pass" | paste -s -d ',' | sed 's/,/, /g')" >&2
  done
}

# row NAME TITLE GOAL
row() { printf '%s|%s|%s\n' "$@" >>"$scratch/rows"; }

authority=$scratch/authority.pem
: >"$scratch/values"
start_server plain "${awake[@]}"
start_server tls -a "$authority"
start_server tls_full -x -a "$authority-full"
start_server plain_paced -g 200000000 -n 1000000  # 5 events a second
start_server tls_paced -g 50000000 -n 1000000 -a "$authority-paced"  # 20

for name in ${rows//,/ }; do
  case $name in
    json) row json "answer of 672 bytes, CPU us" "ratio 1.25" ;;
    sse) row sse "event of a stream, CPU ns" "ahead 1.25" ;;
    paced) row paced "$streams paced streams, kB each" "at_most 9" ;;
    tls_paced) row tls_paced "$tls_streams paced TLS streams, kB each" "at_most 30" ;;
    http2) row http2 "answer, HTTP/2 + TLS, 1 connection, CPU us *" "below 1" ;;
    tls_connect)
      row tls_full "new TLS connection + answer, CPU us" none
      row tls_resumed "the same, session resumed" none
      row tls_connect "resumed / full" "made_of tls_resumed tls_full 0.61"
      ;;
    *) usage ;;
  esac
  measure "$name"
done

printf '\n'
awk -v values="$scratch/values" -v heading="client, 32 in flight, medians of $passes" -f bench/support/table.awk \
  "$scratch/rows" "$scratch/values"
[[ ,$rows, != *,http2,* ]] || echo "* raw: HTTP/1.1 without TLS, in the same pass"
((${#failures[@]} == 0)) || fail "${#failures[@]} runs were no measurement, and are not in the table"
echo "Every run did the same work: 128 bytes of text an answer, 1,239 a stream, 5 a paced event, and no error."
