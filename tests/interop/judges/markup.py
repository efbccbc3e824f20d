"""gpxpy reads the GPX; the KML's elements stand in the order that the schema wants.

The order is checked by the sequences of OGC 07-147r2 that the file uses: the schema itself
lies on a server of the OGC, and tests need no network."""
import sys

import gpxpy
from lxml import etree

with open(sys.argv[1], encoding="utf-8") as file:
    gpx = gpxpy.parse(file)
assert gpx.routes and gpx.tracks and len(gpx.waypoints) == 8, gpx
assert all(point.time for route in gpx.routes for point in route.points)

SEQUENCE = {
    "Document": ["name", "description", "Style", "Schema", "Folder"],
    "Folder": ["name", "description", "Placemark"],
    "Placemark": ["name", "TimeStamp", "TimeSpan", "styleUrl", "ExtendedData", "Point",
                  "LineString", "Polygon", "MultiGeometry"],
    "Style": ["IconStyle", "LabelStyle", "LineStyle", "PolyStyle"],
    "Polygon": ["outerBoundaryIs", "innerBoundaryIs"],
    "LineString": ["tessellate", "coordinates"],
    "TimeSpan": ["begin", "end"],
}
ONE = {"outerBoundaryIs", "innerBoundaryIs"}
kml = etree.parse(sys.argv[2]).getroot()
assert kml.tag == "{http://www.opengis.net/kml/2.2}kml", kml.tag
seen = 0
for element in kml.iter():
    name = etree.QName(element).localname
    children = [etree.QName(child).localname for child in element]
    if name in SEQUENCE:
        places = [SEQUENCE[name].index(child) for child in children]
        assert places == sorted(places), (name, children)
        seen += 1
    if name in ONE:
        assert children == ["LinearRing"], children
styles = {f"#{style.get('id')}" for style in kml.iter("{*}Style")}
assert all(url.text in styles for url in kml.iter("{*}styleUrl"))
assert seen > 1000, seen
print("accepted")
