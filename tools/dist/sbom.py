"""The bill of materials of the binary, in CycloneDX 1.6: Rust crates, and the packages of the console's pages.

python3 tools/dist/sbom.py --target x86_64-unknown-linux-gnu --version 0.1.0 --output sightline.cdx.json
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import re
import uuid
from datetime import datetime, timezone
from pathlib import Path

from tree import ROOT, Crate, crates, npm_packages


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--target", required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    text = json.dumps(_document(options.target, options.version), indent=2, sort_keys=True) + "\n"
    options.output.write_text(text)


def _document(target: str, version: str) -> dict:
    tree = crates(target)
    sums = _checksums()
    [root] = [one for one in tree.values() if one.name == "sightline" and one.is_ours]
    libraries = sorted((one for one in tree.values() if one is not root), key=lambda one: (one.name, one.version))
    pages = npm_packages()
    components = [_cargo(one, sums) for one in libraries]
    components += [_npm(name, package) for name, package in sorted(pages.items())]
    edges = [{"ref": one.purl, "dependsOn": sorted({tree[need].purl for need in one.needs})} for one in tree.values()]
    for edge in edges:
        if edge["ref"] == root.purl:
            edge["dependsOn"] += sorted(_npm_purl(name, package) for name, package in pages.items())
    content = json.dumps([components, edges], sort_keys=True)
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        # The same content has the same number.
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, content)}",
        "version": 1,
        "metadata": {
            "timestamp": _moment(),
            "lifecycles": [{"phase": "build"}],
            "component": {
                "type": "application",
                "bom-ref": root.purl,
                "name": "sightline",
                "version": version,
                "purl": root.purl,
                "licenses": [{"expression": "Apache-2.0"}],
            },
            "properties": [{"name": "sightline:target", "value": target}],
        },
        "components": components,
        "dependencies": sorted(edges, key=lambda edge: edge["ref"]),
    }


def _cargo(crate: Crate, sums: dict[tuple[str, str], str]) -> dict:
    component = {
        "type": "library",
        "bom-ref": crate.purl,
        "name": crate.name,
        "version": crate.version,
        "purl": crate.purl,
        # What runs in the compiler alone is named, and is not in the binary.
        "scope": "required" if crate.in_binary else "excluded",
    }
    if crate.licence:
        component["licenses"] = [{"expression": crate.licence}]
    if (crate.name, crate.version) in sums:
        component["hashes"] = [{"alg": "SHA-256", "content": sums[crate.name, crate.version]}]
    if crate.repository:
        component["externalReferences"] = [{"type": "vcs", "url": crate.repository}]
    return component


def _npm_purl(name: str, package: dict) -> str:
    return f"pkg:npm/{name.replace('@', '%40')}@{package['version']}"


def _npm(name: str, package: dict) -> dict:
    purl = _npm_purl(name, package)
    component = {"type": "library", "bom-ref": purl, "name": name, "version": package["version"], "purl": purl}
    component["scope"] = "required"
    if licence := package.get("license"):
        component["licenses"] = [{"expression": licence}]
    algorithm, _, digest = package.get("integrity", "").partition("-")
    if algorithm == "sha512":
        component["hashes"] = [{"alg": "SHA-512", "content": base64.b64decode(digest).hex()}]
    return component


def _checksums() -> dict[tuple[str, str], str]:
    """What Cargo downloads is held against these. Cargo writes the file in one form, so that no reader of TOML is needed."""
    found = {}
    for part in (ROOT / "Cargo.lock").read_text().split("[[package]]"):
        says = dict(re.findall(r'^(name|version|checksum) = "([^"]+)"$', part, re.MULTILINE))
        if "checksum" in says:
            found[says["name"], says["version"]] = says["checksum"]
    return found


def _moment() -> str:
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))
    return datetime.fromtimestamp(epoch, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


if __name__ == "__main__":
    main()
