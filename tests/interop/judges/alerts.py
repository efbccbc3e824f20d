"""The feed has what RFC 4287 wants, each hot spot in it lies in the layer's outline, and every
alert is valid by the data model of CAP 1.2."""
import json
import pathlib
import sys
import urllib.error
import urllib.request

from lxml import etree

service = sys.argv[1]
ATOM, GEORSS = "{http://www.w3.org/2005/Atom}", "{http://www.georss.org/georss}"
CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
schema = etree.XMLSchema(etree.parse(str(pathlib.Path(__file__).with_name("cap12.xsd"))))


def get(path):
    with urllib.request.urlopen(path if path.startswith("http") else service + path) as answer:
        return answer.headers.get("content-type"), answer.read()


kind, text = get("/feeds/hotspots.atom")
assert kind == "application/atom+xml", kind
feed = etree.fromstring(text)
assert feed.tag == f"{ATOM}feed"
for name in ["title", "id", "updated", "author"]:
    assert len(feed.findall(f"{ATOM}{name}")) == 1, name
spots = {f["id"]: f for f in json.loads(get("/api/export/hot_spots.geojson")[1])["features"]}
entries = feed.findall(f"{ATOM}entry")
assert len(entries) == len(spots) > 0, (len(entries), len(spots))
ids = {entry.findtext(f"{ATOM}id") for entry in entries}
assert len(ids) == len(entries)
for entry in entries:
    for name in ["title", "id", "updated", "summary"]:
        assert entry.findtext(f"{ATOM}{name}"), name
    numbers = [float(n) for n in entry.findtext(f"{GEORSS}polygon").split()]
    corners = list(zip(numbers[1::2], numbers[::2]))  # latitude comes first
    assert corners[0] == corners[-1] and len(corners) >= 4
    spot = spots[entry.findtext(f"{ATOM}id").rsplit("-", 1)[1]]
    shape = spot["geometry"]
    parts = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
    assert corners in [[tuple(c) for c in part[0]] for part in parts]
    kind, text = get(entry.find(f"{ATOM}link").get("href"))
    assert kind == "application/cap+xml", kind
    alert = etree.fromstring(text)
    schema.assertValid(alert)
    assert alert.findtext(f"{CAP}status") == "Test"  # the sample is made up
    assert [i.findtext(f"{CAP}language") for i in alert.findall(f"{CAP}info")] == ["en-GB", "zh-CN"]
    polygon = alert.findtext(f".//{CAP}polygon").split()
    assert [tuple(map(float, pair.split(","))) for pair in polygon] == [(y, x) for x, y in corners]
# A feed of nothing is a feed.
kind, text = get("/feeds/hotspots.atom?from=2020-01-01&until=2020-01-02")
assert not etree.fromstring(text).findall(f"{ATOM}entry")
for path, status in [("/feeds/hotspots/none.cap.xml", 404), ("/feeds/hotspots/..%2fx", 404),
                     ("/feeds/hotspots.atom?from=soon", 400), ("/feeds/unusual.cap.xml?false_alarm_days=0", 400)]:
    try:
        get(path)
        raise AssertionError(path)
    except urllib.error.HTTPError as refused:
        assert refused.code == status, (path, refused.code)
        assert refused.headers["content-type"] == "application/problem+json", path
kind, text = get("/feeds/unusual.cap.xml")
if text:
    schema.assertValid(etree.fromstring(text))
# The judge judges.
broken = etree.fromstring(text) if text else alert
broken.find(f"{CAP}status").text = "Real"
assert not schema.validate(broken)
print("accepted")
