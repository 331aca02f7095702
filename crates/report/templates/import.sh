#!/bin/sh
# Imports the findings beside this script into Security Hub, as the AWS command line's credentials: once for each account that has files
# here, with `securityhub:BatchImportFindings` in it. Exits with 1 when Security Hub refused any.
set -eu
cd "$(dirname "$0")"
account=$(aws sts get-caller-identity --query Account --output text)
refused=0
found=0
for file in asff-"$account"-*.json; do
    [ -e "$file" ] || continue
    found=$((found + 1))
    region=${file#asff-"$account"-}
    region=${region%-*}
    failed=$(aws securityhub batch-import-findings --region "$region" --findings "file://$file" --query FailedCount --output text)
    echo "$file: $failed refused"
    refused=$((refused + failed))
done
if [ "$found" -eq 0 ]; then
    echo "no findings of account $account are here" >&2
    exit 1
fi
[ "$refused" -eq 0 ]
