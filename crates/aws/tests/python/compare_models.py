"""Compares a description of the embedded models (the file named on the command line) with what botocore makes of its own:
operations, protocol, method, path, every member's path, type, location and wire name, paginators, endpoints.
"""

import json
import sys

import botocore
import botocore.session
from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import EndpointProviderError
from botocore.model import ListShape, MapShape, Shape, StructureShape

PINNED = "1.43.106"
PAGINATOR = ("input_token", "output_token", "result_key", "more_results", "limit_key")


def type_of(shape: Shape) -> str:
    if getattr(shape, "is_document_type", False):
        return "document"
    return {"character": "string"}.get(shape.type_name, shape.type_name)


def members(shape: Shape | None) -> list[list]:
    found: list[list] = []
    if shape is not None:
        _structure(shape, "", [], found)
    return found


def _structure(shape: StructureShape, path: str, above: list[str], found: list[list]) -> None:
    payload = shape.serialization.get("payload")
    for name, member in shape.members.items():
        whole = name == payload or member.serialization.get("eventpayload", False)
        location = "payload" if whole else member.serialization.get("location", "body")
        wire_name = member.serialization.get("name", name)
        found.append([f"{path}.{name}", type_of(member), location, wire_name, name in shape.required_members])
        _inside(member, f"{path}.{name}", above, found)


def _inside(shape: Shape, path: str, above: list[str], found: list[list]) -> None:
    if shape.name in above:
        return
    above = [*above, shape.name]
    if type_of(shape) == "document":
        return
    if isinstance(shape, StructureShape):
        _structure(shape, path, above, found)
    elif isinstance(shape, ListShape | MapShape):
        element = shape.member if isinstance(shape, ListShape) else shape.value
        found.append([f"{path}[]", type_of(element)])
        _inside(element, f"{path}[]", above, found)


def paginator(session, service: str, operation: str) -> dict | None:
    try:
        config = session.get_paginator_model(service).get_paginator(operation)
    except (ValueError, botocore.exceptions.UnknownServiceError):
        return None
    listed = {key: config.get(key) for key in PAGINATOR}
    for key in PAGINATOR[:3]:
        value = listed[key] or []
        listed[key] = value if isinstance(value, list) else [value]
    return listed


def own_paginator(operation) -> dict | None:
    """What our models say where botocore has no paginator and the operation, which lists, takes the token that it hands out."""
    sides = [shape.members if shape else {} for shape in (operation.input_shape, operation.output_shape)]
    tokens = [t for t in ("nextToken", "NextToken", "NextMarker", "Marker", "position") if all(t in side for side in sides)]
    rest = [member for name, member in sides[1].items() if name not in (*tokens, "IsTruncated")]
    lists = [member for member in rest if member.type_name == "list"]
    if not tokens or len(lists) != 1 or not (operation.name.startswith("List") or len(rest) == 1):
        return None
    more = "IsTruncated" if "IsTruncated" in sides[1] else None
    token = tokens[:1]
    return {"input_token": token, "output_token": token, "result_key": [], "more_results": more, "limit_key": None}


class Comparison:
    def __init__(self) -> None:
        self.compared = 0
        self.differences: list[str] = []

    def same(self, what: str, ours: object, theirs: object) -> None:
        self.compared += 1
        if ours != theirs:
            self.differences.append(f"{what}: ours {str(ours)[:200]}, botocore's {str(theirs)[:200]}")

    def members(self, what: str, ours: list, theirs: list) -> None:
        self.compared += len(theirs)
        for member in ours:
            if member not in theirs:
                self.differences.append(f"{what}: ours alone {member}")
        for member in theirs:
            if member not in ours:
                self.differences.append(f"{what}: botocore's alone {member}")
        if [m[0] for m in ours] != [m[0] for m in theirs] and sorted(map(str, ours)) == sorted(map(str, theirs)):
            self.differences.append(f"{what}: the order of members differs")


def compare_service(comparison: Comparison, session, key: str, ours: dict) -> None:
    model = session.get_service_model(key)
    spoken = model.metadata.get("protocols") or [model.metadata["protocol"]]
    known = [protocol for protocol in spoken if protocol in ("json", "rest-json", "query", "ec2", "rest-xml")]
    comparison.same(f"{key} protocol", ours["protocol"], known[0])
    comparison.same(f"{key} service id", ours["service_id"], str(model.service_id))
    comparison.same(f"{key} signing name", ours["signing_name"], model.signing_name)
    comparison.same(f"{key} endpoint prefix", ours["endpoint_prefix"], model.endpoint_prefix)
    for name, declared in ours["operations"].items():
        what = f"{key}:{name}"
        operation = model.operation_model(name)
        comparison.same(f"{what} method", declared["method"], operation.http["method"])
        comparison.same(f"{what} uri", declared["uri"], operation.http["requestUri"])
        comparison.same(f"{what} host prefix", declared["host_prefix"], (operation.endpoint or {}).get("hostPrefix"))
        listed = paginator(session, key, name)
        comparison.same(f"{what} paginator", declared["paginator"], listed or own_paginator(operation))
        comparison.members(f"{what} input", declared["input"], members(operation.input_shape))
        comparison.members(f"{what} output", declared["output"], members(operation.output_shape))


def compare_endpoints(comparison: Comparison, session, key: str, ours: dict) -> None:
    loader = session.get_component("data_loader")
    rules = loader.load_service_model(key, "endpoint-rule-set-1")
    provider = EndpointProvider(rules, {"partitions": loader.load_data("partitions")["partitions"]})
    for region, (url, signing_region) in ours.items():
        parameters = {"Region": region, "UseDualStack": False, "UseFIPS": False}
        if key in ("s3", "sts"):
            parameters["UseGlobalEndpoint"] = False
        try:
            theirs = provider.resolve_endpoint(**parameters)
        except EndpointProviderError:
            continue
        scheme = (theirs.properties.get("authSchemes") or [{}])[0]
        comparison.same(f"{key} in {region}", [url, signing_region], [theirs.url, scheme.get("signingRegion", region)])


def main() -> None:
    if botocore.__version__ != PINNED:
        sys.exit(f"botocore {PINNED} is pinned, {botocore.__version__} is installed")
    with open(sys.argv[1]) as file:
        description = json.load(file)
    comparison = Comparison()
    session = botocore.session.get_session()
    for key, ours in description.items():
        compare_service(comparison, session, key, ours)
        compare_endpoints(comparison, session, key, ours["endpoints"])
    for difference in comparison.differences[:50]:
        print(difference)
    operations = sum(len(service["operations"]) for service in description.values())
    print(
        f"{len(description)} services, {operations} operations, {comparison.compared} facts compared, "
        f"{len(comparison.differences)} differ"
    )
    sys.exit(1 if comparison.differences or not operations else 0)


if __name__ == "__main__":
    main()
