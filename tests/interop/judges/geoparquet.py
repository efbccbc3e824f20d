"""GeoParquet 1.1: PyArrow reads it, GeoPandas finds what the GeoJSON has, boxes narrow it."""
import json
import pathlib
import sys

import geopandas
import pyarrow.parquet

folder = pathlib.Path(sys.argv[1])
for name in ["incidents", "beats", "plan_routes", "units"]:
    path = folder / f"{name}.parquet"
    file = pyarrow.parquet.ParquetFile(path)
    geo = json.loads(file.metadata.metadata[b"geo"])
    assert geo["version"] == "1.1.0", geo
    column = geo["columns"][geo["primary_column"]]
    assert column["encoding"] == "WKB" and "covering" in column, column
    frame = geopandas.read_parquet(path)
    plain = json.loads((folder / f"{name}.geojson").read_text())["features"]
    assert len(frame) == len(plain), name
    assert frame.crs.to_string() == "OGC:CRS84", frame.crs
    assert list(frame["id"]) == [feature["id"] for feature in plain], name
    there = frame[~frame.geometry.isna()]
    assert all(abs(a - b) < 1e-12 for a, b in zip(there.total_bounds, column["bbox"])), name
    for row, feature in zip(frame.itertuples(), plain):
        if feature["geometry"] and feature["geometry"]["type"] == "Point":
            assert [row.geometry.x, row.geometry.y] == feature["geometry"]["coordinates"]
    west, south, east, north = there.total_bounds
    box = (west, south, (west + east) / 2, north)
    narrowed = geopandas.read_parquet(path, bbox=box)
    bounds = there.bounds
    wanted = ((bounds.minx <= box[2]) & (bounds.maxx >= box[0])).sum()
    assert len(narrowed) == wanted, (name, len(narrowed), wanted)
times = geopandas.read_parquet(folder / "incidents.parquet")["at"]
assert str(times.dt.tz) == "UTC" and times.is_monotonic_increasing
print("accepted")
