#!/bin/sh
# Writes the schema that the tests hold OCSF events against, crates/report/tests/schema/ocsf, from the pinned package. Run it when the
# version of OCSF changes. Wants Python 3.10 or later with venv: the package goes into a folder that is removed at the end.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps -r "$here/requirements.txt"
"$folder/venv/bin/python" "$here/schema.py" "$here/../../crates/report/tests/schema/ocsf/ocsf-1.8.0.schema.json"
