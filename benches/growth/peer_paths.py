"""Paths of the same tiles and pages at each service, and what is in them.

Usage: peer_paths.py FOLDER NAME ADDRESS [NAME ADDRESS…], with the names ours, tipg, martin.
Writes FOLDER/{tiles,pages}.NAME.txt; says how many features the answers have.
"""

import json
import math
import os
import random
import sys
import urllib.request
from datetime import datetime, timedelta, timezone

import mapbox_vector_tile

folder, *services = sys.argv[1:]
services = dict(zip(services[::2], services[1::2]))
chance = random.Random(1)
# Tiles that no service thins out: a few thousand points at most.
ZOOM = 15
corner, sides = (123.38, 41.75), (0.12, 0.09)


def column_row(lon, lat):
    n = 2**ZOOM
    x = int((lon + 180) / 360 * n)
    y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * n)
    return x, y


west, south = column_row(*corner)
east, north = column_row(corner[0] + sides[0], corner[1] + sides[1])
tiles = [(x, y) for x in range(west, east + 1) for y in range(north, south + 1)]
chance.shuffle(tiles)
del tiles[int(os.environ.get("TILES", 60)):]
now = datetime.now(timezone.utc)
windows = []
for _ in range(60):
    at = now - timedelta(days=chance.uniform(10, 700))
    until = at + timedelta(days=5)
    windows.append(f"{at:%Y-%m-%dT%H:%M:%SZ}/{until:%Y-%m-%dT%H:%M:%SZ}")
TILES = {
    "ours": "/tiles/incidents/{z}/{x}/{y}.mvt",
    "tipg": "/collections/plain.tiled/tiles/WebMercatorQuad/{z}/{x}/{y}",
    "martin": "/tiled/{z}/{x}/{y}",
}
PAGES = {
    "ours": "/ogc/collections/incidents/items?f=json&limit=100&datetime={window}",
    "tipg": "/collections/plain.paged/items?f=geojson&limit=100&datetime={window}",
}


def get(address):
    with urllib.request.urlopen(address, timeout=60) as answer:
        return answer.read()


def said(kind, name, features, size, answers):
    print(f"{kind:6} {name:8} {features / answers:8.1f} features, {size / answers / 1000:.1f} kB each")


for name, service in services.items():
    paths = [TILES[name].format(z=ZOOM, x=x, y=y) for x, y in tiles]
    features = size = 0
    for path in paths:
        body = get(service + path)
        size += len(body)
        layers = mapbox_vector_tile.decode(body).values() if body else []
        features += sum(len(layer["features"]) for layer in layers)
    said("tiles", name, features, size, len(paths))
    with open(f"{folder}/tiles.{name}.txt", "w", encoding="utf-8") as file:
        file.write("\n".join(paths))
    if name in PAGES:
        paths = [PAGES[name].format(window=window) for window in windows]
        features = size = 0
        for path in paths:
            body = get(service + path)
            size += len(body)
            features += len(json.loads(body)["features"])
        said("pages", name, features, size, len(paths))
        with open(f"{folder}/pages.{name}.txt", "w", encoding="utf-8") as file:
            file.write("\n".join(paths))
