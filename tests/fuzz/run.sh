#!/usr/bin/env bash
# Runs fuzz targets under libFuzzer, one on each core, and prints what came of it. Exit 1: a target found a fault.
#
#   ./dev fuzz [TARGET...] [--runs N | --seconds N]
#
# N is for each target; without it 2,000,000 runs. The seeds are tests/fuzz/corpus/TARGET; what libFuzzer adds to them
# stays in build/fuzz/found, where the next run goes on from it, beside the logs and the inputs that found a fault.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

# Where memory came from is not noted at every allocation, which would take a fifth of the time.
export ASAN_OPTIONS=${ASAN_OPTIONS:-malloc_context_size=1}

programs=build/fuzz/tests/fuzz
found=build/fuzz/found
limit=(-runs=2000000)
targets=()

while (($#)); do
  case $1 in
    --runs) limit=(-runs="${2:?}"); shift 2 ;;
    --seconds) limit=(-max_total_time="${2:?}"); shift 2 ;;
    -*) echo "usage: ./dev fuzz [TARGET...] [--runs N | --seconds N]" >&2; exit 2 ;;
    *) targets+=("$1"); shift ;;
  esac
done
if ((${#targets[@]} == 0)); then
  for source in tests/fuzz/*_fuzz.cpp; do
    name=${source##*/}
    targets+=("${name%_fuzz.cpp}")
  done
fi
for target in "${targets[@]}"; do
  [[ -x $programs/$target ]] || { echo "there is no fuzz target $target" >&2; exit 2; }
done

declare -A process=()  # target -> process, while it runs
declare -A outcome=()  # target -> exit status, once it has run
stop() { ((${#process[@]} == 0)) || kill "${process[@]}" 2>/dev/null || true; }
trap stop EXIT

start() {
  mkdir -p "$found/$1"
  "$programs/$1" "${limit[@]}" -max_len=512 -timeout=20 -print_final_stats=1 -artifact_prefix="$found/$1-" \
    "$found/$1" "tests/fuzz/corpus/$1" >"$found/$1.log" 2>&1 &
  process[$1]=$!
}

# Notes who has ended.
reap() {
  local target
  for target in "${!process[@]}"; do
    if kill -0 "${process[$target]}" 2>/dev/null; then continue; fi
    outcome[$target]=0
    wait "${process[$target]}" || outcome[$target]=$?
    unset "process[$target]"
  done
}

last() { grep -ao "$2" "$found/$1.log" | tail -n 1 | grep -o '[0-9]*$' || true; }

progress() {
  local line="" target
  for target in "${!process[@]}"; do line+="  $target $(last "$target" '^#[0-9]*')"; done
  line="$((SECONDS / 60)):$(printf %02d $((SECONDS % 60))) min, ${#outcome[@]} of ${#targets[@]} done$line"
  if [[ -t 2 ]]; then
    printf '\r\033[K%s' "$line" >&2
  elif ((SECONDS % 30 == 0)); then
    printf '%s\n' "$line" >&2
  fi
}

cores=$(nproc 2>/dev/null || echo 2)
for target in "${targets[@]}"; do
  while ((${#process[@]} == cores)); do sleep 1; reap; progress; done
  start "$target"
done
while ((${#process[@]})); do sleep 1; reap; progress; done
[[ ! -t 2 ]] || printf '\r\033[K' >&2

printf '%-18s %12s %10s %8s %9s\n' target executions exec/s edges findings
failed=0
for target in "${targets[@]}"; do
  findings=0
  ((outcome[$target] == 0)) || findings=1
  failed=$((failed + findings))
  printf '%-18s %12s %10s %8s %9s\n' "$target" "$(last "$target" 'number_of_executed_units: *[0-9]*')" \
    "$(last "$target" 'average_exec_per_sec: *[0-9]*')" "$(last "$target" ' cov: [0-9]*')" "$findings"
done
for target in "${targets[@]}"; do
  ((outcome[$target] == 0)) || printf '\n%s: see %s\n' "$target" "$found/$target.log" >&2
done
((failed == 0))
