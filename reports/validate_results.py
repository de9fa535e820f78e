#!/usr/bin/env python3
"""Checks every .json file of a folder against a JSON Schema.

validate_results.py SCHEMA FOLDER. Exit: 0 all are valid, 1 one is not or there is none, 77 no validator here.
"""
import json
import pathlib
import sys

try:
    import jsonschema
except ImportError:
    print("skipped: no JSON Schema validator; on Debian: apt-get install python3-jsonschema")
    sys.exit(77)

schema = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)
files = sorted(pathlib.Path(sys.argv[2]).glob("*.json"))
wrong = 0
for file in files:
    for error in validator.iter_errors(json.loads(file.read_text(encoding="utf-8"))):
        wrong += 1
        print(f"{file.name}: {'/'.join(map(str, error.absolute_path))}: {error.message[:300]}")
print(f"{len(files)} files, {wrong} errors")
sys.exit(0 if files and wrong == 0 else 1)
