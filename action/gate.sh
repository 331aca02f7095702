#!/usr/bin/env bash
# Runs Sightline and says how it ended and where the result is. It ends with 0 unless it could not begin: the verdict comes after the upload.
set -euo pipefail

fail() {
  printf '::error title=Sightline::%s\n' "$1"
  exit 2
}

output() {
  printf '%s=%s\n' "$1" "$2" >>"${GITHUB_OUTPUT:?}"
}

# Lines of text as words of a command; empty lines are none.
words() {
  read_words=()
  local line
  while IFS= read -r line || [[ -n "$line" ]]; do
    line=${line%$'\r'}
    if [[ -n "${line//[[:space:]]/}" ]]; then read_words+=("$line"); fi
  done <<<"$1"
}

# Runs the program; its status is in `status`. What it writes cannot command the runner (`::…`) while that is stopped.
run() {
  local token
  token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  printf '::stop-commands::%s\n' "$token"
  status=0
  "$SIGHTLINE" "$@" || status=$?
  printf '::%s::\n' "$token"
}

results=$(mktemp -d "${RUNNER_TEMP:-/tmp}/sightline-results.XXXXXX")
export SIGHTLINE_LAKE=${INPUT_LAKE:-$results/lake}
words "${INPUT_ARGS:-}"
arguments=(${read_words[@]+"${read_words[@]}"})

scan() {
  words "${INPUT_SCAN_ARGS:-}"
  run scan ${read_words[@]+"${read_words[@]}"}
}

gate_findings() {
  local before=0
  if [[ -z "${INPUT_LAKE:-}" ]]; then
    scan
    if ((status != 0 && status != 3)); then return; fi
    before=$status
  fi
  local options=(--fail-on "${INPUT_FAIL_ON:-high}" -o "sarif=$results/sightline.sarif" -o "json=$results/sightline.json")
  if [[ -n "${INPUT_BASELINE:-}" ]]; then options+=(--baseline "$INPUT_BASELINE"); fi
  run findings "${options[@]}" ${arguments[@]+"${arguments[@]}"}
  # What the scan could not see is never fine.
  if ((status == 0)); then status=$before; fi
}

gate_probe() {
  [[ -n "${INPUT_MAX_USD:-}" ]] || fail "\`max-usd\` must be given: probes call a model that costs"
  local options=(--yes --max-usd "$INPUT_MAX_USD" -o "sarif=$results/sightline.sarif" -o "json=$results/sightline.json")
  words "${INPUT_FAIL_IF:-}"
  local gate
  for gate in ${read_words[@]+"${read_words[@]}"}; do options+=(--fail-if "$gate"); done
  run probe run "${options[@]}" ${arguments[@]+"${arguments[@]}"}
}

status=2
case "${INPUT_COMMAND:-findings}" in
  findings) gate_findings ;;
  probe) gate_probe ;;
  scan) scan ;;
  *) fail "\`command\` is findings, probe or scan" ;;
esac

output status "$status"
# With several targets each run's id is in the name of its file; code scanning takes the folder then.
shopt -s nullglob
sarif=("$results"/sightline*.sarif)
json=("$results"/sightline*.json)
case ${#sarif[@]} in
  0) output sarif "" ;;
  1) output sarif "${sarif[0]}" ;;
  *) output sarif "$results" ;;
esac
output json "${json[0]:-}"
if [[ -n "${GITHUB_STEP_SUMMARY:-}" ]]; then
  {
    printf '## Sightline\n\n'
    case $status in
      0) printf 'Nothing fails.\n' ;;
      1) printf 'There are findings that fail this job.\n' ;;
      3) printf 'Nothing fails, but something could not be seen.\n' ;;
      *) printf 'Sightline could not run.\n' ;;
    esac
  } >>"$GITHUB_STEP_SUMMARY"
fi
