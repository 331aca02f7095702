"""Imports findings into an emulated Security Hub: asff_import.py FILE…

Each file is a call of `BatchImportFindings`, checked by botocore's own validator of parameters against the API's model, and against what
the API's pages say beside it: how many findings, how large, how long each field. Prints what Security Hub gives back, by region.
"""

import json
import os
import sys

try:
    import boto3
    from botocore.validate import ParamValidator
    from moto import mock_aws
except ImportError:
    print("no boto3 or moto")
    sys.exit(3)

os.environ.update(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", AWS_EC2_METADATA_DISABLED="true")
for name in [name for name in os.environ if name.startswith("AWS_ENDPOINT")]:
    del os.environ[name]

# https://docs.aws.amazon.com/securityhub/latest/userguide/asff-required-attributes.html and the pages beside it.
LONGEST = {"Id": 512, "GeneratorId": 512, "Title": 256, "Description": 1024, "SourceUrl": 2048}


def check(condition, what):
    if not condition:
        sys.exit(what)


def check_finding(finding):
    check(len(json.dumps(finding).encode()) <= 240_000, "a finding of more than 240 KB")
    for name, longest in LONGEST.items():
        text = finding.get(name)
        check(text is None or 0 < len(text) <= longest, f"{name} has {len(text or '')} characters")
    for field in finding.get("ProductFields", {}).items():
        check(len(field[0]) <= 128 and len(field[1]) <= 2048, f"product field {field[0][:130]}")
    check(len(finding.get("ProductFields", {})) <= 50, "more than 50 product fields")
    check(1 <= len(finding["Types"]) <= 50, "types")
    for kind in finding["Types"]:
        check(kind.count("/") == 2, f"type {kind}")
    recommendation = finding.get("Remediation", {}).get("Recommendation", {})
    check(len(recommendation.get("Text", "")) <= 512, "a long recommendation")
    check(len(recommendation.get("Url", "")) <= 2048, "a long URL")
    for resource in finding["Resources"]:
        check(0 < len(resource["Id"]) <= 512, "a resource's id")
    requirements = finding["Compliance"].get("RelatedRequirements", [])
    check(len(requirements) <= 32 and all(len(one) <= 64 for one in requirements), "requirements")
    check(finding["ProductArn"].split(":")[4] == finding["AwsAccountId"], "whose product it is")


def texts(value):
    if isinstance(value, dict):
        for one in value.values():
            yield from texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)
    elif isinstance(value, str):
        yield value


@mock_aws
def main():
    session = boto3.Session()
    model = session.client("securityhub", region_name="us-east-1").meta.service_model
    shape = model.operation_model("BatchImportFindings").input_shape
    told = {}
    for path in sys.argv[1:]:
        with open(path, "rb") as file:
            content = file.read()
        check(len(content) <= 6_000_000, f"{path} is larger than 6 MB")
        findings = json.loads(content)
        check(1 <= len(findings) <= 100, f"{path} has {len(findings)} findings")
        report = ParamValidator().validate({"Findings": findings}, shape)
        check(not report.has_errors(), report.generate_report())
        for finding in findings:
            check_finding(finding)
            check(all(text.strip() for text in texts(finding)), "a blank text")
        regions = {finding["ProductArn"].split(":")[3] for finding in findings}
        check(len(regions) == 1, f"{path} is of {regions}")
        check(len({finding["AwsAccountId"] for finding in findings}) == 1, f"{path} is of several accounts")
        region = regions.pop()
        hub = session.client("securityhub", region_name=region)
        hub.enable_security_hub()
        answer = hub.batch_import_findings(Findings=findings)
        check(answer["FailedCount"] == 0, str(answer["FailedFindings"]))
        told.setdefault(region, hub)
    out = {}
    for region, hub in told.items():
        pages = hub.get_paginator("get_findings").paginate()
        out[region] = [finding for page in pages for finding in page["Findings"]]
    json.dump(out, sys.stdout, default=str)


main()
