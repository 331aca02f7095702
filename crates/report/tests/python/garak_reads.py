"""What garak itself makes of a report: its digest, its log analysis and its aggregate, as one JSON document.

garak_reads.py REPORT HITLOG
"""

import contextlib
import io
import json
import os
import sys
import tempfile

# Nothing of the user's own garak is read, and nothing is left behind.
home = tempfile.mkdtemp()
for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
    os.environ[name] = home

try:
    import garak  # noqa: F401
except ImportError:
    print("no garak")
    sys.exit(3)

from garak import _config  # noqa: E402
from garak.analyze import aggregate_reports, analyze_log, report_digest  # noqa: E402
from garak.attempt import Conversation, Message  # noqa: E402

report, hitlog = sys.argv[1:]


def quietly(read, *arguments):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        made = read(*arguments)
    return made, out.getvalue()


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


# As `python -m garak.analyze.report_digest -r REPORT` groups it: by the report's own taxonomy.
_config.reporting.taxonomy = next(
    entry["reporting.taxonomy"] for entry in lines(report) if entry["entry_type"] == "start_run setup"
)
digest = report_digest.build_digest(report)
page = report_digest.build_html(digest)
# As `-t None` does: by garak's own modules.
_config.reporting.taxonomy = None
by_module = report_digest.build_digest(report)

_, log = quietly(analyze_log.analyze_log, report)

aggregate = os.path.join(home, "aggregate.report.jsonl")
quietly(aggregate_reports.main, ["-o", aggregate, report, report])

# What garak's own classes make of each text.
for entry in lines(report):
    if entry["entry_type"] == "attempt":
        Conversation.from_dict(entry["prompt"]).last_message("user")
        [Message(**output) for output in entry["outputs"]]
        [Conversation.from_dict(conversation) for conversation in entry["conversations"]]
for entry in lines(hitlog):
    Conversation.from_dict(entry["prompt"]).last_message("user")
    Message(**entry["output"])

json.dump(
    {
        "groups": {
            group: {name: value for name, value in probes.items()} for group, probes in digest["eval"].items()
        },
        "modules": sorted(by_module["eval"]),
        "target": digest["meta"]["target_name"],
        "page": len(page),
        "log": log,
        "aggregate": [entry["entry_type"] for entry in lines(aggregate)],
    },
    sys.stdout,
)
