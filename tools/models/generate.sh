#!/bin/sh
# Writes crates/aws/models from the pinned botocore; with --check says what would change, and exits 1 if anything would.
# Wants a Python with botocore 1.43.106: SIGHTLINE_PYTHON, else .venv/bin/python in the repository's root.
set -u
here=$(cd "$(dirname "$0")" && pwd)
python=${SIGHTLINE_PYTHON:-"$here/../../.venv/bin/python"}
status=0
"$python" "$here/trim.py" "$@" || status=1
"$python" "$here/endpoints.py" "$@" || status=1
exit $status
