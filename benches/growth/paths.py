"""Paths of requests for `run`: what a page asks of the service, with random times and places.

Usage: paths.py SERVICE FOLDER: writes page.txt, list.txt, tile.txt, ogc.txt.
"""

import json
import math
import random
import sys
import urllib.request
from datetime import datetime, timedelta, timezone

service, folder = sys.argv[1:]
chance = random.Random(1)


def get(path):
    with urllib.request.urlopen(service + path) as answer:
        return json.load(answer)


first = get("/api/incidents?limit=1")["features"][0]["properties"]["at"]
start = datetime.fromisoformat(first.split("[")[0]).astimezone(timezone.utc)
days = (datetime.now(timezone.utc) - start).days - 8


def when():
    return start + timedelta(seconds=chance.randrange(days * 86_400))


def text(at):
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def tile(zoom):
    lon, lat = 123.38 + chance.random() * 0.12, 41.75 + chance.random() * 0.09
    n = 2**zoom
    x = int((lon + 180) / 360 * n)
    y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * n)
    return x, y


def window(hours):
    at = when()
    return f"from={text(at)}&until={text(at + timedelta(hours=hours))}"


lists = [f"/api/incidents?limit=100&{window(24 * 7)}" for _ in range(300)]
tiles = []
for _ in range(300):
    zoom = chance.choice([12, 13, 14, 15])
    x, y = tile(zoom)
    tiles.append(f"/tiles/incidents/{zoom}/{x}/{y}.mvt?{window(24 * 28)}")
ogc = []
for _ in range(300):
    at = when()
    until = text(at + timedelta(days=7))
    ogc.append(f"/ogc/collections/incidents/items?f=json&limit=100&datetime={text(at)}/{until}")
still = ["/api/workspace", "/api/board", "/api/layers/beats", "/api/layers/stations", "/readyz"]
page = []
for number in range(300):
    page += [chance.choice(still), lists[number], tiles[number], tiles[-number]]
for name, paths in (("page", page), ("list", lists), ("tile", tiles), ("ogc", ogc)):
    for path in paths[:8]:
        with urllib.request.urlopen(service + path) as answer:
            assert answer.status in (200, 204), path
    with open(f"{folder}/{name}.txt", "w", encoding="utf-8") as file:
        file.write("\n".join(paths))
