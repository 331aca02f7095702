"""The AWS CLI's words as boto3 calls: `aws SERVICE OPERATION --option value …`; options are typed by botocore's model.

`aws.py SOCKET` answers `ask.py` until its own standard input ends: boto3 takes longer to load than any call to make.
"""

import functools
import json
import os
import re
import socketserver
import sys
import threading
import traceback

import boto3
import jmespath
from botocore import xform_name

LOCAL = {"region", "output", "query"}


def shorthand(text):
    """`A=b,C=d`, or JSON."""
    if text.lstrip().startswith(("{", "[")):
        return json.loads(text)
    pairs = (part.split("=", 1) for part in re.split(r",(?![^\[]*\])", text))
    return {name: value[1:-1].split(",") if value.startswith("[") else value for name, value in pairs}


def typed(shape, value):
    if shape.type_name == "boolean":
        return value is True or value == "true"
    if shape.type_name in ("integer", "long"):
        return int(value)
    if shape.type_name == "list" and isinstance(value, list):
        return [typed(shape.member, one) for one in value]
    if shape.type_name == "structure":
        value = shorthand(value) if isinstance(value, str) else value
        return {name: typed(shape.members[name], one) for name, one in value.items()}
    return value


@functools.cache
def client_of(service, region, environment):
    settings = dict(environment)
    variable = "AWS_ENDPOINT_URL_" + service.upper().replace("-", "_")
    return boto3.client(
        service,
        region_name=region or settings.get("AWS_DEFAULT_REGION"),
        endpoint_url=settings.get(variable) or settings.get("AWS_ENDPOINT_URL"),
        aws_access_key_id=settings.get("AWS_ACCESS_KEY_ID"),
        aws_secret_access_key=settings.get("AWS_SECRET_ACCESS_KEY"),
        aws_session_token=settings.get("AWS_SESSION_TOKEN"),
    )


def answer_to(words, environment):
    """What the CLI would print."""
    service, operation, *words = words
    waited = words.pop(0) if operation == "wait" else None
    options, name = {}, None
    for word in words:
        if word.startswith("--"):
            name = word[2:]
            options[name] = []
        else:
            options[name].append(word)
    region = options.get("region", [None])[0]
    client = client_of({"s3api": "s3"}.get(service, service), region, environment)
    waiter = client.get_waiter(waited.replace("-", "_")) if waited else None
    method = xform_name(waiter.config.operation) if waiter else operation.replace("-", "_")
    model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method])
    members = {xform_name(name, "-"): name for name in model.input_shape.members}
    arguments = {}
    for option, values in options.items():
        if option in LOCAL:
            continue
        member = members[option]
        shape = model.input_shape.members[member]
        if shape.type_name == "list":
            value = json.loads(values[0]) if values[0].lstrip().startswith("[") else values
        else:
            value = values[0] if values else True
        arguments[member] = typed(shape, value)
    if waiter:
        waiter.config.delay = 0.2
        waiter.wait(**arguments)
        return ""
    answer = getattr(client, method)(**arguments)
    answer.pop("ResponseMetadata", None)
    if "query" in options:
        answer = jmespath.search(options["query"][0], answer)
    is_text = options.get("output") == ["text"] and not isinstance(answer, (dict, list))
    return f"{answer if is_text else json.dumps(answer, default=str)}\n"


class Asked(socketserver.StreamRequestHandler):
    def handle(self):
        words, environment = json.loads(self.rfile.readline())
        try:
            said = {"out": answer_to(words, tuple(sorted(environment.items()))), "error": ""}
        except Exception:
            said = {"out": "", "error": traceback.format_exc()}
        self.wfile.write(json.dumps(said).encode())


def main():
    with socketserver.ThreadingUnixStreamServer(sys.argv[1], Asked) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sys.stdin.read()
    os._exit(0)


main()
