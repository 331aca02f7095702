"""The AWS CLI's words as a boto3 call: `aws SERVICE OPERATION --option value …`; options are typed by botocore's model."""

import json
import sys

import boto3
from botocore import xform_name

LOCAL = {"region", "output"}


def shorthand(text):
    """`A=b,C=d`, or JSON."""
    if text.lstrip().startswith(("{", "[")):
        return json.loads(text)
    return dict(part.split("=", 1) for part in text.split(","))


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
    options, name = {}, None
    for word in words:
        if word.startswith("--"):
            name = word[2:]
            options[name] = []
        else:
            options[name].append(word)
    region = options.get("region", [None])[0]
    client = boto3.client({"s3api": "s3"}.get(service, service), region_name=region)
    method = operation.replace("-", "_")
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
    answer = getattr(client, method)(**arguments)
    answer.pop("ResponseMetadata", None)
    print(json.dumps(answer, default=str))


main()
