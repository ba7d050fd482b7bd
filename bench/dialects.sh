#!/usr/bin/env bash
# Builds bench/dialects and runs it: what decoding and encoding costs, surface by surface.
#
#   ./dev bench dialects [--rounds N] [--pieces N] [--only NAME]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
./dev build bench bench_dialects >&2
exec build/bench/bench/dialects "$@"
