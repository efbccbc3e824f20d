"""OWSLib walks the service: landing, conformance, collections, queryables, items, pages."""
import sys

from owslib.ogcapi.features import Features

api = Features(sys.argv[1] + "/")
assert any("ogcapi-features-1/1.0/conf/core" in c for c in api.conformance()["conformsTo"])
assert api.api()["openapi"].startswith("3.0")
names = api.feature_collections()
assert {"beats", "incidents", "plan_stops", "risk", "hot_spots"} <= set(names), names
for name in ["beats", "units", "incidents"]:
    assert api.collection(name)["id"] == name
    assert "geometry" in api.collection_queryables(name)["properties"]
    first = api.collection_items(name, limit=2)
    assert first["numberReturned"] == 2, first
    item = first["features"][0]
    assert api.collection_item(name, item["id"])["properties"] == item["properties"]
some = api.collection_items("incidents", bbox=[123.44, 41.78, 123.5, 41.83], limit=5)
assert some["numberMatched"] > 100, some
found = api.collection_items("places", limit=2000, **{"filter": "tier = 'yellow'", "filter-lang": "cql2-text"})
print("accepted" if found["features"] else "empty")
