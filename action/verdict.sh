#!/usr/bin/env bash
# Ends the job as the gate says.
set -euo pipefail

case "${STATUS:-}" in
  0) echo "Sightline: nothing fails" ;;
  1)
    echo "::error title=Sightline::findings fail this job"
    exit 1
    ;;
  3)
    if [[ "${INCOMPLETE:-fail}" == warn ]]; then
      echo "::warning title=Sightline::nothing fails, but something could not be seen"
    else
      echo "::error title=Sightline::nothing fails, but something could not be seen; \`incomplete: warn\` lets that pass"
      exit 3
    fi
    ;;
  *)
    echo "::error title=Sightline::sightline could not run"
    exit 2
    ;;
esac
