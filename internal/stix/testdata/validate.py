"""Prints how many objects a bundle has and, one a line, what OASIS' validator finds wrong with them."""
import json
import sys

from stix2validator import ValidationOptions, validate_instance

options = ValidationOptions(version="2.1", disabled="uuid-check,extref-hashes")
with open(sys.argv[1], encoding="utf-8") as f:
    bundle = json.load(f)
print("objects", len(bundle["objects"]))
results = validate_instance(bundle, options)
for result in results if isinstance(results, list) else [results]:
    for kind, problems in (("error", result.errors), ("warning", result.warnings)):
        for problem in problems or []:
            print(kind, getattr(result, "object_id", ""), getattr(problem, "path", ""), str(problem).replace("\n", " "))
