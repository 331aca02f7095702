"""What Prowler's models of OCSF make of events: ocsf_models.py EVENTS

Reads one event a line and prints a JSON array: for each event that the models know the class of, what they read out of it; for each
fault a line on standard error, and the exit status 1.
"""

import json
import sys

try:
    from py_ocsf_models.events.findings.compliance_finding import ComplianceFinding
    from py_ocsf_models.events.findings.detection_finding import DetectionFinding
    from pydantic import ValidationError
except ImportError:
    print("no py-ocsf-models")
    sys.exit(3)

CLASSES = {2003: ComplianceFinding, 2004: DetectionFinding}

read, faults = [], 0
with open(sys.argv[1], encoding="utf-8") as events:
    # Other characters that some take for the end of a line stand in texts.
    for number, line in enumerate(events.read().split("\n")[:-1], 1):
        event = json.loads(line)
        model = CLASSES.get(event["class_uid"])
        if model is None:
            continue
        try:
            made = model(**event)
        except ValidationError as error:
            faults += 1
            print(f"event {number}: {error}", file=sys.stderr)
            continue
        compliance = getattr(made, "compliance", None)
        # The models take it for an attribute of some classes alone; of others it is passed over.
        cloud = getattr(made, "cloud", None)
        read.append(
            {
                "class": made.class_uid,
                "uid": made.finding_info.uid,
                "title": made.finding_info.title,
                "severity": int(made.severity_id),
                "status": int(made.status_id),
                "compliance": None if compliance is None else int(compliance.status_id),
                "resources": [resource.uid for resource in made.resources or []],
                "account": cloud.account.uid if cloud and cloud.account else None,
                "remediation": made.remediation.desc if made.remediation else None,
            }
        )
json.dump(read, sys.stdout)
sys.exit(bool(faults))
