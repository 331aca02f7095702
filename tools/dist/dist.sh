#!/usr/bin/env bash
# Builds the archive of a release: the binary, manual pages, completions, units, licences, a bill of materials, and checksums beside it.
#   PROFILE=release|dev   TARGET=x86_64-unknown-linux-gnu|…-musl|…   OUT=target/dist   SKIP_BUILD=1 takes the binary that is there
#   NO_STRIP=1 keeps symbols
# The same tree, toolchain and commit give the same archive: names are sorted, times are those of the commit (SOURCE_DATE_EPOCH).
set -euo pipefail
cd "$(dirname "$0")/../.."

PYTHON=${PYTHON:-python3}
profile=${PROFILE:-release}
host=$(rustc --version --verbose | sed -n 's/^host: //p')
target=${TARGET:-$host}
out=${OUT:-target/dist}
built=${CARGO_TARGET_DIR:-target}
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}
export SOURCE_DATE_EPOCH
day=$(date --utc --date="@$SOURCE_DATE_EPOCH" +%F)

say() { printf '== %s\n' "$1" >&2; }
fail() { printf 'error: %s\n' "$1" >&2; exit 2; }

[[ "$target" == "$host" ]] || built=$built/$target
folder=$profile
[[ "$profile" != dev ]] || folder=debug
if [[ -z "${SKIP_BUILD:-}" ]]; then
  if [[ "$target" != "$host" && ! -d "$(rustc --print sysroot)/lib/rustlib/$target" ]]; then
    fail "the toolchain has no \`$target\`: run \`rustup target add $target\`"
  fi
  [[ -f console/dist/index.html ]] || say "without the console: \`make console\` builds it (Node 20 or later)"
  say "build ($profile, $target)"
  options=(--locked --bin sightline --profile "$profile")
  if [[ "$target" != "$host" ]]; then options+=(--target "$target"); fi
  cargo build "${options[@]}"
fi
binary=$built/$folder/sightline
[[ -x "$binary" ]] || fail "there is no \`$binary\`; build it, or leave SKIP_BUILD out"

version=$("$binary" --version | cut -d' ' -f2)
name=sightline-$version-$target
rm -rf "${out:?}/$name"
root=$out/$name
doc=$root/share/doc/sightline
mkdir -p "$root/bin" "$doc" "$root/share/bash-completion/completions" "$root/share/zsh/site-functions" \
  "$root/share/fish/vendor_completions.d" "$root/share/man/man1" "$root/lib/systemd/system" "$root/lib/sysusers.d"

say "stage $root"
install -m 0755 "$binary" "$root/bin/sightline"
# The release profile strips already; for others the symbols are most of the file.
if [[ -z "${NO_STRIP:-}" && "$target" == "$host" ]] && command -v strip >/dev/null; then strip "$root/bin/sightline"; fi
"$binary" man --date "$day" --out "$root/share/man/man1"
"$binary" completions bash >"$root/share/bash-completion/completions/sightline"
"$binary" completions zsh >"$root/share/zsh/site-functions/_sightline"
"$binary" completions fish >"$root/share/fish/vendor_completions.d/sightline.fish"
install -m 0644 deploy/systemd/*.service deploy/systemd/*.timer "$root/lib/systemd/system/"
install -m 0644 deploy/systemd/sightline.sysusers "$root/lib/sysusers.d/sightline.conf"
install -m 0644 LICENSE NOTICE README.md CHANGELOG.md "$doc/"
install -m 0644 deploy/systemd/README.md "$doc/systemd.md"
say "bill of materials and licences"
"$PYTHON" tools/dist/sbom.py --target "$target" --version "$version" --output "$doc/sightline.cdx.json"
"$PYTHON" tools/dist/licences.py --target "$target" --output "$doc/THIRD-PARTY.txt"

say "pack $out/$name.tar.gz"
tar --create --sort=name --format=ustar --owner=0 --group=0 --numeric-owner --mode=go-w --mtime="@$SOURCE_DATE_EPOCH" \
  --directory "$out" "$name" | gzip --no-name -9 >"$out/$name.tar.gz"
install -m 0644 "$doc/sightline.cdx.json" "$out/$name.cdx.json"
(cd "$out" && sha256sum "$name.tar.gz" "$name.cdx.json" >"$name.sha256")
printf '%s\n' "$out/$name.tar.gz"
