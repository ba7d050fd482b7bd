#!/usr/bin/env bash
# Every load program does a moment of every kind of work without an error, so that benchmarks that nobody runs for a
# while do not rot.   smoke_test.sh DIRECTORY-OF-THE-PROGRAMS
set -euo pipefail
bin=$(cd "${1:?}" && pwd)
cd "$(dirname "${BASH_SOURCE[0]}")"
source support/servers.sh

# works SERVER PROGRAM ARGS…
works() {
  local server=$1 program=$2 status=0
  shift 2
  "$bin/$program" --port "${ports[$server]}" --conc 4 --secs 0.2 --warm 0.05 "$@" >"$scratch/line" || status=$?
  ((status == 0 || status == 4)) || { echo "FAILED: $program $*"; failures=$((failures + 1)); }
}

failures=0
authority=$scratch/authority.pem
start_server plain
start_server paced -g 20000000 -n 5
start_server tls -a "$authority"
for program in raw_asio http_load libcurl_multi beast; do
  [[ -x $bin/$program ]] || continue
  works plain "$program" --mode json
  works plain "$program" --mode sse
  works paced "$program" --mode paced
  works tls "$program" --mode json --tls "$authority" --fresh --resume
  works tls "$program" --mode sse --tls "$authority" --http2
done
exit "$((failures > 0))"
