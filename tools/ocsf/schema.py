"""Writes the JSON Schema of the OCSF classes that reports are made of: schema.py FILE

The schema of OCSF is compiled by its own server (schema.ocsf.io) and made JSON Schema by `ocsf-json-schema`; here the classes and the
objects that they refer to are put together in one document, a definition each, with the profiles that our events name. Prose is taken
out, no rule is changed. `generate.sh` runs it.
"""

import json
import pathlib
import sys

from ocsf_json_schema import OcsfJsonSchema, get_ocsf_schema

VERSION = "1.8.0"
CLASSES = ["api_activity", "compliance_finding", "detection_finding", "iam_analysis_finding"]
# `ai_operation` is a profile of `api_activity` alone: it changes nothing of the others.
PROFILES = ["ai_operation", "cloud"]
PROSE = {"title", "description"}


def without_prose(schema):
    """Without what says nothing of an event's shape; a property may be called so, and stays."""
    if isinstance(schema, list):
        return [without_prose(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {}
    for key, value in schema.items():
        if key == "properties":
            kept[key] = {name: without_prose(value) for name, value in value.items()}
        elif key not in PROSE and key not in ("$schema", "$id"):
            kept[key] = without_prose(value)
    return kept


def rewired(schema, named):
    """With references into the document; `named` takes up what is referred to."""
    if isinstance(schema, list):
        return [rewired(part, named) for part in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: rewired(value, named) for key, value in schema.items()}
    if isinstance(made.get("$ref"), str):
        name = made["$ref"].split("/objects/", 1)[1].split("?", 1)[0]
        named.add(name)
        made["$ref"] = "#/$defs/" + place(name)
    return made


def place(name):
    """An extension's object is named with a slash, which a JSON pointer takes for something else."""
    return name.replace("/", "_")


def document(ocsf):
    """All classes and objects; an event is valid by one of the definitions `class_*`."""
    named, definitions = set(), {}
    for name in CLASSES:
        definitions["class_" + name] = rewired(without_prose(ocsf.get_class_schema(name, PROFILES)), named)
    done = set()
    while named - done:
        name = min(named - done)
        done.add(name)
        definitions[place(name)] = rewired(without_prose(ocsf.get_object_schema(name, PROFILES)), named)
    return {
        "$schema": ocsf.JSON_SCHEMA_VERSION,
        "$comment": f"OCSF {VERSION}, https://schema.ocsf.io, Apache-2.0; made by tools/ocsf/generate.sh, do not edit",
        "$defs": {name: definitions[name] for name in sorted(definitions)},
    }


def main():
    text = json.dumps(document(OcsfJsonSchema(get_ocsf_schema(version=VERSION))), indent=1, sort_keys=True)
    pathlib.Path(sys.argv[1]).write_text(text + "\n", encoding="utf-8")


main()
