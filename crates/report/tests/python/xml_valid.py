"""Validates documents against a schema: xml_valid.py SCHEMA DOCUMENT… prints one line a fault."""

import sys

try:
    import xmlschema
except ImportError:
    print("no xmlschema")
    sys.exit(3)

schema = xmlschema.XMLSchema(sys.argv[1])
for document in sys.argv[2:]:
    for fault in schema.iter_errors(document):
        print(f"{document}: {fault.path}: {fault.reason}")
