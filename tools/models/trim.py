#!/usr/bin/env python3
"""Writes crates/aws/models/<service>.json: the pinned botocore's models, cut down to the operations that the product
calls and the shapes that they reach, without prose, constraints and errors. `--check` writes nothing and exits 1 when a
file would change.
"""

import json
import sys

from botocore.exceptions import UnknownServiceError

from common import BOTOCORE, MODELS, Output, loader
from operations import wanted

METADATA = (
    "apiVersion", "endpointPrefix", "jsonVersion", "protocol", "protocols", "serviceId", "signingName", "targetPrefix",
)
OPERATION = ("endpoint", "http", "input", "output")
REFERENCE = (
    "eventpayload", "flattened", "hostLabel", "location", "locationName", "queryName", "shape", "streaming", "timestampFormat",
    "xmlAttribute", "xmlNamespace",
)
SHAPE = ("document", "eventstream", "flattened", "locationName", "payload", "required", "streaming", "timestampFormat", "type", "union")
PAGINATOR = ("input_token", "limit_key", "more_results", "output_token", "result_key")
# Tokens of the operations that page and of which botocore's paginators say nothing.
TOKENS = ("nextToken", "NextToken", "NextMarker", "Marker", "position")
# The only input that the reader puts into a host name.
HOST_INPUT = "{AccountId}."

NOTICE = f"""The JSON files in this folder are derived from the API models of botocore {BOTOCORE}
(https://github.com/boto/botocore), reduced to the operations that this product calls.

Copyright Amazon.com, Inc. or its affiliates. All Rights Reserved.
Licensed under the Apache License, Version 2.0: https://www.apache.org/licenses/LICENSE-2.0

Written by tools/models/generate.sh; do not edit by hand.
"""


def kept(source: dict, keys: tuple[str, ...]) -> dict:
    return {key: source[key] for key in keys if key in source}


def trimmed_shape(source: dict) -> dict:
    shape = kept(source, SHAPE)
    if "members" in source:
        shape["members"] = {name: kept(member, REFERENCE) for name, member in source["members"].items()}
    for key in ("member", "key", "value"):
        if key in source:
            shape[key] = kept(source[key], REFERENCE)
    return shape


def references(shape: dict) -> list[str]:
    named = list(shape.get("members", {}).values()) + [shape[key] for key in ("member", "key", "value") if key in shape]
    return [reference["shape"] for reference in named]


def reachable(model: dict, operations: dict) -> dict:
    shapes: dict[str, dict] = {}
    todo = [op[side]["shape"] for op in operations.values() for side in ("input", "output") if side in op]
    while todo:
        name = todo.pop()
        if name not in shapes:
            shapes[name] = trimmed_shape(model["shapes"][name])
            todo += references(shapes[name])
    return dict(sorted(shapes.items()))


def trimmed_operation(source: dict) -> dict:
    operation = kept(source, OPERATION)
    prefix = source.get("endpoint", {}).get("hostPrefix", "")
    if "{" in prefix and prefix != HOST_INPUT:
        sys.exit(f"{source['name']}: of inputs, the reader puts only the account into the host name, not `{prefix}`")
    operation["http"] = kept(source["http"], ("method", "requestUri"))
    for side in ("input", "output"):
        if side in operation:
            operation[side] = {"shape": source[side]["shape"]}
    return operation


def paginators(load, service: str) -> dict:
    try:
        return load.load_service_model(service, "paginators-1")["pagination"]
    except UnknownServiceError:
        return {}


def own_paginator(model: dict, name: str) -> dict:
    """A paginator for an operation that lists and hands out a token that it takes: its first page would pass for the whole.
    Nothing for one that describes a thing, of which some part comes in pages."""
    operation = model["operations"][name]
    taken, handed = (
        model["shapes"][operation[side]["shape"]].get("members", {}) if side in operation else {} for side in ("input", "output")
    )
    for token in TOKENS:
        rest = [member for name, member in handed.items() if name not in (token, "IsTruncated")]
        lists = [member for member in rest if model["shapes"][member["shape"]]["type"] == "list"]
        is_list = len(lists) == 1 and (name.startswith("List") or rest == lists)
        if token in taken and token in handed and is_list:
            more = {"more_results": "IsTruncated"} if "IsTruncated" in handed else {}
            return {"input_token": token, "output_token": token} | more
    return {}


def trimmed(load, service: str, names: list[str]) -> dict:
    model = load.load_service_model(service, "service-2")
    unknown = [name for name in names if name not in model["operations"]]
    if unknown:
        sys.exit(f"{service}: botocore {BOTOCORE} has no operation {', '.join(unknown)}")
    operations = {name: trimmed_operation(model["operations"][name]) for name in names}
    known = paginators(load, service)
    pages = {name: kept(known[name], PAGINATOR) if name in known else own_paginator(model, name) for name in names}
    return {
        "metadata": kept(model["metadata"], METADATA),
        "operations": operations,
        "pagination": {name: paginator for name, paginator in pages.items() if paginator},
        "shapes": reachable(model, operations),
    }


def text(model: dict) -> str:
    """One operation, paginator or shape a line: small, and a change of the models is a readable diff."""
    def compact(value: object) -> str:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=True)

    def section(name: str) -> str:
        lines = [f"{json.dumps(key)}:{compact(value)}" for key, value in model[name].items()]
        return f'"{name}":{{\n' + ",\n".join(lines) + "\n}"

    return "{\n" + ",\n".join(section(name) for name in model) + "\n}\n"


def main() -> None:
    output = Output(check="--check" in sys.argv[1:])
    load = loader()
    services = wanted()
    for service, names in services.items():
        output.write(MODELS / f"{service}.json", text(trimmed(load, service, names)))
    for path in MODELS.glob("*.json"):
        if path.stem not in services and path.stem != "endpoints":
            output.remove(path)
    output.write(MODELS / "NOTICE", NOTICE)
    output.finish(f"{sum(map(len, services.values()))} operations of {len(services)} services")


if __name__ == "__main__":
    main()
