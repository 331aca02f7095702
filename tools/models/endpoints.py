#!/usr/bin/env python3
"""Writes crates/aws/models/endpoints.json: the exceptions to `https://{prefix}.{region}.{suffix}` of the services that the
product calls, as botocore's rule sets resolve them, and the regions in which botocore lists each service. `--check`
writes nothing and exits 1 when the file would change.
"""

import json
import re
import sys

import botocore.session
from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import EndpointProviderError

from common import MODELS, Output, loader
from operations import wanted

REGION = re.compile(r"^[a-z]+(-[a-z]+)+-\d+$")


def resolved(provider: EndpointProvider, service: str, region: str) -> tuple[str, str] | None:
    """URL and signing region, or nothing where the rule set wants more than a region."""
    parameters = {"Region": region, "UseDualStack": False, "UseFIPS": False}
    if service in ("s3", "sts"):
        parameters["UseGlobalEndpoint"] = False
    try:
        endpoint = provider.resolve_endpoint(**parameters)
    except EndpointProviderError:
        return None
    schemes = endpoint.properties.get("authSchemes") or [{}]
    return endpoint.url, schemes[0].get("signingRegion", region)


def provider_of(load, service: str, partitions: list) -> EndpointProvider:
    return EndpointProvider(load.load_service_model(service, "endpoint-rule-set-1"), {"partitions": partitions})


def exceptions_of(load, service: str, partitions: list) -> dict:
    """Where all of a partition's exceptions are one, it is `partition/*`; else each region has its own."""
    prefix = load.load_service_model(service, "service-2")["metadata"]["endpointPrefix"]
    provider = provider_of(load, service, partitions)
    found: dict[str, dict] = {}
    for partition in partitions:
        suffix = partition["outputs"]["dnsSuffix"]
        regions = [region for region in partition["regions"] if REGION.match(region)]
        answers = {region: resolved(provider, service, region) for region in regions}
        plain = {region: (f"https://{prefix}.{region}.{suffix}", region) for region in regions}
        odd = {region: answer for region, answer in answers.items() if answer and answer != plain[region]}
        if not odd:
            continue
        fixed = set(filter(None, answers.values()))
        templates = {(url.replace(region, "{region}"), signing.replace(region, "{region}")) for region, (url, signing) in odd.items()}
        if len(fixed) == 1:
            found[f"{partition['id']}/*"] = _exception(*fixed.pop(), suffix)
        elif len(templates) == 1 and len(odd) == sum(answer is not None for answer in answers.values()):
            found[f"{partition['id']}/*"] = _exception(*templates.pop(), suffix)
        else:
            found |= {f"{partition['id']}/{region}": _exception(*answer, suffix) for region, answer in odd.items()}
    return found


def _exception(url: str, signing_region: str, suffix: str) -> dict:
    return {"url": url.replace(suffix, "{suffix}"), "signing_region": signing_region}


def regions_of(session, service: str, partitions: list) -> list[str]:
    return sorted(
        region
        for partition in partitions
        for region in session.get_available_regions(service, partition["id"])
        if REGION.match(region)
    )


def table() -> dict:
    load = loader()
    session = botocore.session.get_session()
    partitions = load.load_data("partitions")["partitions"]
    services = sorted(wanted())
    exceptions = {service: exceptions_of(load, service, partitions) for service in services}
    regions = {service: regions_of(session, service, partitions) for service in services}
    return {
        "suffixes": {partition["id"]: partition["outputs"]["dnsSuffix"] for partition in partitions},
        "exceptions": {service: found for service, found in exceptions.items() if found},
        "regions": {service: found for service, found in regions.items() if found},
        "all_regions": sorted({region for partition in partitions for region in partition["regions"] if REGION.match(region)}),
    }


def main() -> None:
    output = Output(check="--check" in sys.argv[1:])
    found = table()
    output.write(MODELS / "endpoints.json", json.dumps(found, indent=1) + "\n")
    output.finish(f"endpoints: {sum(map(len, found['exceptions'].values()))} exceptions of {len(found['exceptions'])} services")


if __name__ == "__main__":
    main()
