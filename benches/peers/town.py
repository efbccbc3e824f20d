"""Porto Alegre's centre with made-up layers, as CSV and GeoJSON for `frontbeat import`:
20,000 incidents (half of them near three corners), 12 beats, 4 stations, 24 idle cars, six
joint-duty posts to be visited every two hours. The streets are real; nothing else is.

Usage: town.py FOLDER
"""

import csv
import datetime
import json
import pathlib
import random
import sys

WEST, SOUTH, EAST, NORTH = -51.235, -30.060, -51.175, -30.015
COLUMNS, ROWS = 4, 3
UNITS, STATIONS, POSTS, INCIDENTS = 24, 4, 6, 20_000
CORNERS = [(0.2, 0.3), (0.6, 0.7), (0.8, 0.2)]
# The night of 2026-06-01 begins at 22:00, three hours behind UTC.
LAST = datetime.datetime(2026, 6, 1, 12, tzinfo=datetime.timezone.utc)


def place(chance, near_corners):
    x, y = chance.random(), chance.random()
    if near_corners and chance.random() < 0.5:
        cx, cy = chance.choice(CORNERS)
        x, y = cx + (x - 0.5) * 0.15, cy + (y - 0.5) * 0.15
    return round(WEST + x * (EAST - WEST), 6), round(SOUTH + y * (NORTH - SOUTH), 6)


def ring(west, south, east, north):
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def features(folder, name, polygons):
    collection = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"id": number, "name": label},
                "geometry": {"type": "Polygon", "coordinates": [corners]},
            }
            for number, label, corners in polygons
        ],
    }
    (folder / f"{name}.geojson").write_text(json.dumps(collection))


def table(folder, name, head, rows):
    with open(folder / f"{name}.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        writer.writerows(rows)


def main():
    folder = pathlib.Path(sys.argv[1])
    chance = random.Random(20)
    features(folder, "boundary", [("d", "Centre", ring(WEST, SOUTH, EAST, NORTH))])
    wide, high = (EAST - WEST) / COLUMNS, (NORTH - SOUTH) / ROWS
    beats = []
    for i in range(COLUMNS * ROWS):
        west, south = WEST + i % COLUMNS * wide, SOUTH + i // COLUMNS * high
        beats.append((f"b{i}", f"Beat {i}", ring(west, south, west + wide, south + high)))
    features(folder, "beats", beats)
    stations = [place(chance, False) for _ in range(STATIONS)]
    table(folder, "stations", ["id", "name", "lon", "lat"],
          [(f"s{i}", f"Station {i}", *at) for i, at in enumerate(stations)])
    table(folder, "joint-duty-posts", ["id", "name", "lon", "lat", "visit_every"],
          [(f"j{i}", f"Joint-duty post {i}", *place(chance, True), 120) for i in range(POSTS)])
    units = []
    for i in range(UNITS):
        # Every other car stands at its station, the rest is about.
        at = stations[i % STATIONS] if i % 2 else place(chance, False)
        units.append((f"u{i:02}", f"PA-{i:02}", *at, "car", "idle", f"s{i % STATIONS}"))
    table(folder, "units", ["id", "call_sign", "lon", "lat", "kind", "status", "station"], units)
    incidents = []
    for i in range(INCIDENTS):
        at = LAST - datetime.timedelta(seconds=chance.randrange(365 * 86_400))
        incidents.append((f"i{i:05}", at.isoformat(), *place(chance, True), "criminal"))
    table(folder, "incidents", ["id", "time", "lon", "lat", "category"], incidents)


main()
