"""The PMTiles file is whole by the format's own library, every tile in it is a vector tile by
mapbox-vector-tile, and the service's tile of the same place is the same."""
import gzip
import json
import sys
import urllib.request

import mapbox_vector_tile
from pmtiles.reader import MmapSource, Reader, all_tiles

path, service = sys.argv[1], sys.argv[2]
with open(path, "rb") as file:
    source = MmapSource(file)
    reader = Reader(source)
    header = reader.header()
    metadata = reader.metadata()
    named = {layer["id"]: layer for layer in metadata["vector_layers"]}
    assert {"street", "beats", "stations", "incidents", "units"} <= set(named), named
    assert header["min_zoom"] == 8 and header["max_zoom"] == 16, header
    seen, layers, at_13 = 0, {}, None
    beats, written = set(), []
    for (zoom, x, y), data in all_tiles(source):
        seen += 1
        if zoom > 14 and seen % 7:
            continue  # thousands of them
        tile = mapbox_vector_tile.decode(gzip.decompress(data))
        for name, layer in tile.items():
            assert name in named, name
            assert layer["extent"] == 4096 and layer["version"] == 2, layer
            layers[name] = layers.get(name, 0) + len(layer["features"])
            for feature in layer["features"]:
                unknown = set(feature["properties"]) - set(named[name]["fields"])
                assert not unknown, (name, unknown)
        if zoom == 13:
            of = lambda name: [f["properties"]["id"] for f in tile.get(name, {"features": []})["features"]]
            beats.update(of("beats"))
            written += of("beats_name")
        if zoom == 13 and "stations" in tile:
            at_13 = (zoom, x, y, gzip.decompress(data))
    assert seen == header["addressed_tiles_count"], (seen, header)
    assert layers["stations"] and layers["incidents"] and layers["street"], layers
# A name is written once, however many tiles show a part of its beat.
assert len(beats) > 1 and sorted(written) == sorted(beats), (len(written), len(beats))
zoom, x, y, bytes_in_file = at_13
address = f"{service}/tiles/WebMercatorQuad/{zoom}/{y}/{x}"
with urllib.request.urlopen(address) as answer:
    assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert answer.read() == bytes_in_file, address
with urllib.request.urlopen(f"{service}/tiles/WebMercatorQuad/tilejson") as answer:
    assert json.load(answer)["vector_layers"] == metadata["vector_layers"]
print("accepted")
