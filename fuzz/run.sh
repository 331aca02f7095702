#!/usr/bin/env bash
# Runs the fuzz targets of all log sources, one after the other: fuzz/run.sh [SECONDS EACH] [TARGET…]
# What a target finds is in fuzz/artifacts/<target>; add it to fuzz/corpus/<target> when it is mended: the tests replay the corpus.
set -euo pipefail
cd "$(dirname "$0")"
seconds="${1:-600}"
shift || true
targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
  targets=(bedrock_invocation cloudtrail eks_audit resolver_query sagemaker_capture transit_gateway_flow vpc_flow)
fi
cargo fuzz --version >/dev/null 2>&1 || { echo "missing: cargo-fuzz (cargo install cargo-fuzz --locked) and a nightly compiler"; exit 1; }
for target in "${targets[@]}"; do
  echo "== $target, $seconds seconds"
  cargo +nightly fuzz run --no-default-features --features ingest "$target" -- \
    -max_total_time="$seconds" -max_len=65536 -rss_limit_mb=2048 -timeout=20 -print_final_stats=1
done
