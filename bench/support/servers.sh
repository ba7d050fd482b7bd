# For scripts to source: load servers that are started, asked what they have seen, and stopped at the end.
# Wants $bin (where the programs are), and perhaps server_core (what to run a server with, such as taskset -c 1).

declare -A ports=() server_pids=()
server_core=()
scratch=$(mktemp -d)

stop_servers() {
  local name
  for name in "${!server_pids[@]}"; do kill "${server_pids[$name]}" 2>/dev/null || true; done
  rm -rf "$scratch"
}
trap stop_servers EXIT

# start_server NAME ARGS…: its port is then ${ports[NAME]}.
start_server() {
  local name=$1 try
  shift
  : >"$scratch/server-$name"
  "${server_core[@]}" "$bin/load_server" -p 0 "$@" >"$scratch/server-$name" &
  server_pids[$name]=$!
  for try in {1..200}; do
    ports[$name]=$(sed -n 's/^listening //p' "$scratch/server-$name")
    [[ -z ${ports[$name]} ]] || return 0
    kill -0 "${server_pids[$name]}" 2>/dev/null || { echo "the server did not start" >&2; exit 1; }
    sleep 0.05
  done
  echo "the server does not say that it listens" >&2
  exit 1
}

# seen NAME: prints what the server has counted since it was last asked, a line of JSON.
seen() {
  local file=$scratch/server-$1 before try
  before=$(wc -l <"$file")
  kill -USR1 "${server_pids[$1]}"
  for try in {1..1000}; do
    (($(wc -l <"$file") > before)) && { tail -n 1 "$file"; return 0; }
    sleep 0.01
  done
  echo "the server does not answer" >&2
  exit 1
}

# field NAME JSON: a number out of a line of JSON.
field() { sed -n "s/.*\"$1\": \(-\{0,1\}[0-9.]*\).*/\1/p" <<<"$2"; }
