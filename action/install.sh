#!/usr/bin/env bash
# Finds the binary, or fetches an archive whose SHA-256 is known, and says where the binary is.
set -euo pipefail

fail() {
  printf '::error title=Sightline::%s\n' "$1"
  exit 2
}

output() {
  printf '%s=%s\n' "$1" "$2" >>"${GITHUB_OUTPUT:?}"
}

if [[ -n "${SIGHTLINE_BINARY:-}" ]]; then
  found=$(command -v -- "$SIGHTLINE_BINARY") || fail "there is no program at \`binary\`"
else
  [[ -n "${SIGHTLINE_URL:-}" ]] || fail "give \`binary\`, or \`url\` and \`sha256\` of a release's archive"
  [[ "${SIGHTLINE_SHA256:-}" =~ ^[0-9a-f]{64}$ ]] || fail "\`sha256\` of the archive must be given: 64 hexadecimal digits"
  folder=$(mktemp -d "${RUNNER_TEMP:-/tmp}/sightline.XXXXXX")
  curl --fail --silent --show-error --location --proto '=https,file' --max-time 300 --output "$folder/archive.tar.gz" -- "$SIGHTLINE_URL" \
    || fail "the archive could not be fetched"
  printf '%s  %s\n' "$SIGHTLINE_SHA256" "$folder/archive.tar.gz" | sha256sum --check --status - \
    || fail "the archive is not the one that \`sha256\` names: nothing of it was run"
  tar --extract --gzip --no-same-owner --strip-components=1 --directory "$folder" --file "$folder/archive.tar.gz"
  found=$folder/bin/sightline
  [[ -x "$found" ]] || fail "the archive has no \`bin/sightline\`"
fi

version=$("$found" --version) || fail "\`sightline --version\` failed: is the archive of this runner's kind?"
printf '%s\n' "$version"
output binary "$found"
