"""Files of the layers are as docs/schema says; a file that is spoilt is not."""
import copy
import json
import pathlib
import sys

from jsonschema import Draft202012Validator

schemas, folder = map(pathlib.Path, sys.argv[1:])
whole = json.loads((schemas / "layers.schema.json").read_text(encoding="utf-8"))
Draft202012Validator.check_schema(whole)
files = sorted(folder.glob("*.geojson"))
assert len(files) > 10, files
features = 0
for file in files:
    rule = {**whole, "$ref": f"#/$defs/{file.stem}"}
    judge = Draft202012Validator(rule)
    document = json.loads(file.read_text(encoding="utf-8"))
    fault = next(judge.iter_errors(document), None)
    assert fault is None, (file.name, list(fault.absolute_path), fault.message[:200])
    features += len(document["features"])
    if document["features"]:
        spoilt = copy.deepcopy({**document, "features": document["features"][:1]})
        spoilt["features"][0]["properties"]["officer"] = "x"
        assert not judge.is_valid(spoilt), file.name
assert features > 1000, features
print("accepted")
