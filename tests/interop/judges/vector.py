"""GeoPandas by pyogrio reads the same from GeoJSON, FlatGeobuf and GeoPackage."""
import pathlib
import sys

import geopandas

folder = pathlib.Path(sys.argv[1])
for name in ["incidents", "beats"]:
    frames = [
        geopandas.read_file(folder / f"{name}.{ending}", layer=name, engine="pyogrio")
        .sort_values("id")
        .reset_index(drop=True)
        for ending in ["geojson", "fgb", "gpkg"]
    ]
    for other in frames[1:]:
        assert list(frames[0]["id"]) == list(other["id"])
        assert frames[0].geometry.geom_equals(other.geometry).all(), name
box = (123.44, 41.78, 123.5, 41.83)
counts = {
    len(geopandas.read_file(folder / f"incidents.{ending}", layer="incidents", bbox=box))
    for ending in ["geojson", "fgb", "gpkg"]
}
assert len(counts) == 1 and counts.pop() > 100, counts
print("accepted")
