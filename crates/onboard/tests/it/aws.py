"""The AWS CLI's words as a boto3 call: `aws SERVICE OPERATION --option value …`; options are typed by botocore's model."""

import json
import re
import sys

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


def main():
    service, operation, *words = sys.argv[1:]
    waited = words.pop(0) if operation == "wait" else None
    options, name = {}, None
    for word in words:
        if word.startswith("--"):
            name = word[2:]
            options[name] = []
        else:
            options[name].append(word)
    region = options.get("region", [None])[0]
    client = boto3.client({"s3api": "s3"}.get(service, service), region_name=region)
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
        return waiter.wait(**arguments)
    answer = getattr(client, method)(**arguments)
    answer.pop("ResponseMetadata", None)
    if "query" in options:
        answer = jmespath.search(options["query"][0], answer)
    is_text = options.get("output") == ["text"] and not isinstance(answer, (dict, list))
    print(answer if is_text else json.dumps(answer, default=str))


main()
