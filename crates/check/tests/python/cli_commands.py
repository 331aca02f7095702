"""Compares the AWS CLI commands of fixes with botocore: service, operation, option names, and that required options are there.

Reads from standard input a JSON list of {"check", "text"}, the text with harmless values in place; prints what is wrong, a line each.
The command line interface derives its commands from the same models; what it adds by hand stands in the tables below.
"""

import json
import re
import shlex
import sys

import botocore.session
from botocore import xform_name
from botocore.exceptions import UnknownServiceError

GLOBAL = {
    "region", "profile", "output", "query", "no-cli-pager", "cli-input-json", "no-paginate", "endpoint-url",
    "cli-binary-format", "page-size", "max-items", "generate-cli-skeleton", "no-cli-auto-prompt",
}
# Names of services that the CLI changes.
SERVICES = {"s3api": "s3", "configservice": "config"}
# Commands that the CLI adds beside the models.
CUSTOM = {
    ("eks", "update-kubeconfig"), ("ecr", "get-login-password"), ("cloudtrail", "validate-logs"), ("configure", "get"),
    ("configure", "set"), ("configservice", "subscribe"), ("configservice", "get-status"),
}
S3 = {"ls", "cp", "mv", "rm", "sync", "mb", "rb", "presign", "website"}
# Options that the CLI renames or adds.
ADDED = {
    ("configservice", "put-configuration-recorder"): {"recording-group"},
    ("ec2", "authorize-security-group-ingress"): {"protocol", "port", "cidr", "source-group", "group-owner"},
    ("ec2", "authorize-security-group-egress"): {"protocol", "port", "cidr", "source-group", "group-owner"},
    ("ec2", "revoke-security-group-ingress"): {"protocol", "port", "cidr", "source-group", "group-owner"},
    ("ec2", "revoke-security-group-egress"): {"protocol", "port", "cidr", "source-group", "group-owner"},
    ("ec2", "run-instances"): {"count", "associate-public-ip-address", "secondary-private-ip-addresses"},
    ("ec2", "create-network-acl-entry"): {"icmp-type-code", "rule-number", "ingress", "egress"},
    ("ec2", "replace-network-acl-entry"): {"icmp-type-code"},
    ("iam", "create-virtual-mfa-device"): {"outfile", "bootstrap-method"},
    ("lambda", "create-function"): {"zip-file"},
    ("lambda", "update-function-code"): {"zip-file"},
    ("cloudfront", "update-distribution"): {"default-root-object"},
}


def commands(text):
    """Each command of a block as words; lines may be continued, and commands may stand behind each other."""
    joined = re.sub(r"\\\n\s*", " ", text)
    for line in joined.splitlines():
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        lexer = shlex.shlex(line, posix=True, punctuation_chars="|;&")
        lexer.whitespace_split = True
        words = []
        for word in lexer:
            if re.fullmatch(r"[|;&]+", word):
                yield words
                words = []
            else:
                words.append(word)
        yield words


class Models:
    def __init__(self):
        self.session = botocore.session.get_session()
        self.known = set(self.session.get_available_services())
        self.models = {}

    def operation(self, service, name):
        real = SERVICES.get(service, service)
        if real not in self.known or service == "config":
            return None, f"`aws {service}` is no service"
        if real not in self.models:
            model = self.session.get_service_model(real)
            self.models[real] = (model, {xform_name(op, "-"): op for op in model.operation_names})
        model, operations = self.models[real]
        if name not in operations:
            return None, f"`aws {service} {name}` is no operation"
        return model.operation_model(operations[name]), None


def options_of(shape):
    """Option name to (member, whether it is a flag)."""
    found = {}
    if shape is None:
        return found
    for member, of in shape.members.items():
        name = xform_name(member, "-")
        found[name] = member
        if of.type_name == "boolean":
            found[f"no-{name}"] = member
    return found


def problems(words, models):
    if not words:
        return
    if words[0] != "aws":
        return
    rest = words[1:]
    if len(rest) < 2:
        yield f"`{' '.join(words)}` names no operation"
        return
    service, name, given = rest[0], rest[1], rest[2:]
    if (service, name) in CUSTOM or service == "s3" and name in S3:
        return
    if name == "wait":
        return
    operation, problem = models.operation(service, name)
    if problem:
        yield problem
        return
    shape = operation.input_shape
    known = options_of(shape)
    added = ADDED.get((service, name), set())
    used = set()
    for word in given:
        if not word.startswith("--"):
            continue
        option = word[2:].split("=", 1)[0]
        used.add(option)
        if option not in known and option not in GLOBAL and option not in added:
            yield f"`aws {service} {name}` has no option `--{option}`"
    if shape is None or "cli-input-json" in used or added & used:
        return
    filled = {known[option] for option in used if option in known}
    for member in shape.required_members:
        tokens = shape.members[member].metadata.get("idempotencyToken")
        if member not in filled and not tokens:
            yield f"`aws {service} {name}` needs `--{xform_name(member, '-')}`"


def best(words, models):
    """Problems of a command; where a value stands in the name of an operation or option, of its best reading."""
    found = list(problems(words, models))
    if not found or not any("value" in word for word in words[2:3] + [w for w in words if w.startswith("--")]):
        return found
    readings = [[word.replace("value", kind) for word in words] for kind in ("role", "user", "group")]
    return min([found] + [list(problems(reading, models)) for reading in readings], key=len)


def main():
    models = Models()
    wrong = 0
    counted = 0
    for block in json.load(sys.stdin):
        try:
            for words in commands(block["text"]):
                counted += bool(words) and words[0] == "aws"
                for problem in best(words, models):
                    wrong += 1
                    print(f"{block['check']}: {problem}")
        except (ValueError, UnknownServiceError) as error:
            wrong += 1
            print(f"{block['check']}: {error}")
    print(f"{counted} commands, {wrong} wrong")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
