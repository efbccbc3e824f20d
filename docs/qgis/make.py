#!/usr/bin/python3
"""Opens a district in QGIS in every way that docs/qgis.md tells of, asserts what QGIS sees, and
makes the pictures beside this file.

    frontbeat sample my.gpkg --seed 7
    frontbeat plan my.gpkg --shift night --units 6 --save
    frontbeat forecast freeze my.gpkg --window week
    mkdir files && frontbeat export my.gpkg --layer all -o files/everything.gpkg
    frontbeat serve my.gpkg &
    docs/qgis/make.py http://127.0.0.1:8080 files

The other files are fetched into the folder from the service (`/api/export/`). With `--server
'HOST PORT DATABASE USER PASSWORD SCHEMA'` the views of a PostGIS workspace (`frontbeat copy my.gpkg
postgres://…`) are read as that user, who needs no more than `frontbeat_reader_SCHEMA`. With
`--pictures` QGIS itself is started under Xvfb, and pictures of its window and dialogs are made.

Needs Debian's qgis and python3-qgis (3.22 or later), and for pictures xvfb, pngquant and a font
with Chinese. Prints a line for each thing asserted; exit code 1 at the first that does not hold.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import (
    Qgis, QgsApplication, QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsDataSourceUri,
    QgsMapBoxGlStyleConversionContext, QgsMapBoxGlStyleConverter, QgsMapRendererParallelJob,
    QgsMapSettings, QgsProject, QgsProviderRegistry, QgsRectangle, QgsVectorLayer,
    QgsVectorTileLayer, QgsWkbTypes,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor, QImage

HERE = os.path.dirname(os.path.abspath(__file__))

# The sample of seed 7.
BEATS = 60
INCIDENTS = 33_252
COLLISIONS = 6_187
LAST_WEEK = 352
FIRST_MONTH = 1_257
CELLS = 10_220
DISTRICT = QgsRectangle(123.4424, 41.7744, 123.5655, 41.9452)
FILES = ["beats.fgb", "beats.kml", "beats.shp.zip", "beats.csv",
         "incidents.csv", "beats.geojson", "beats.parquet", "map.pmtiles"]

logged = []


def say(what):
    print(f"ok  {what}")


def is_seen(layer, count, kind, crs="EPSG:4326"):
    """Asserts what QGIS sees of a layer, each feature with its shape."""
    name = layer.name()
    assert layer.isValid(), f"{name}: {layer.error().message()}"
    shapes = sum(1 for f in layer.getFeatures() if not f.geometry().isNull())
    assert shapes == count, f"{name}: {shapes} shapes, not {count}"
    assert layer.crs().authid() == crs, f"{name}: {layer.crs().authid()}"
    told = QgsWkbTypes.displayString(layer.wkbType())
    assert told == kind, f"{name}: {told}"
    # A hexagon at the edge reaches beyond it by less than its own width.
    around = DISTRICT.buffered(0.002)
    assert around.contains(layer.extent()), f"{name}: {layer.extent().toString()}"
    say(f"{layer.providerType()}: {name}, {count} {kind}, {crs}")


def ogc_api(address):
    def opened(name):
        return QgsVectorLayer(f"url='{address}/ogc' typename='{name}'", name, "OAPIF")

    is_seen(opened("beats"), BEATS, "Polygon")
    is_seen(opened("hot_spots"), 28, "Polygon")
    is_seen(opened("risk"), CELLS, "Polygon")
    incidents = opened("incidents")
    is_seen(incidents, INCIDENTS, "Point")
    kinds = {f.name(): f.typeName() for f in incidents.fields()}
    assert kinds["at"] == "DateTime" and kinds["priority"] == "Integer", kinds
    for text, count in (
        ("\"category\" = 'traffic/collision'", COLLISIONS),
        ("\"at\" >= '2026-10-24T00:00:00Z'", LAST_WEEK),
        ("\"at\" < '2024-12-01T00:00:00Z'", FIRST_MONTH),
    ):
        incidents = opened("incidents")
        assert incidents.setSubsetString(text), text
        found = sum(1 for _ in incidents.getFeatures())
        assert found == count, f"{text}: {found}"
        say(f"OAPIF: incidents where {text}: {found}")
    yellow = urllib.parse.quote("tier = 'yellow'")
    places = f"{address}/ogc/collections/places/items?limit=10000&filter={yellow}"
    is_seen(QgsVectorLayer(places, "yellow places, filtered in CQL2", "ogr"), 58, "Point")


def tiles(address):
    with urllib.request.urlopen(f"{address}/ogc/styles/map") as answer:
        style = answer.read().decode()
    converter = QgsMapBoxGlStyleConverter()
    done = converter.convert(style, QgsMapBoxGlStyleConversionContext())
    assert done == QgsMapBoxGlStyleConverter.Success, converter.errorMessage()
    # No font is everywhere: QGIS says so and takes its own.
    skipped = [w for w in converter.warnings() if "is not available on system" not in w]
    for warning in converter.warnings():
        print(f"    QGIS: {warning}")
    assert not skipped, skipped
    styles = {s.styleName() for s in converter.renderer().styles()}
    assert {"street", "beats", "incidents", "stations"} <= styles, styles
    names = {s.styleName() for s in converter.labeling().styles()}
    assert {"street-name", "beats-name"} <= names, names
    say(f"style: {len(styles)} kinds of feature, {len(names)} of names, nothing skipped")

    at = urllib.parse.quote(f"{address}/ogc/tiles/WebMercatorQuad/{{z}}/{{y}}/{{x}}", ":/{}")
    how = urllib.parse.quote(f"{address}/ogc/styles/map", ":/")
    layer = QgsVectorTileLayer(f"type=xyz&url={at}&zmin=0&zmax=16&styleUrl={how}", "map")
    assert layer.isValid()
    fault, loaded = layer.loadDefaultStyle()
    assert loaded and not fault, fault
    image = draw([layer], QgsRectangle(123.474, 41.792, 123.494, 41.803))
    many = colours(image)
    for what, colour in {"ground": "#f2f3f3", "street": "#ffffff", "building": "#e0e2e4",
                         "beat": "#475569", "incident": "#9f1239", "pillar": "#dc2626"}.items():
        assert has(many, colour), f"no {what} is on the map"
    say(f"vector tiles: drawn in {len(many)} colours")


def package(path):
    def opened(name):
        return QgsVectorLayer(f"{path}|layername={name}", name, "ogr")

    beats = opened("beats")
    is_seen(beats, BEATS, "MultiPolygon")
    # Held: what a layer gives ends with it.
    risk, incidents = opened("risk"), opened("incidents")
    is_seen(incidents, INCIDENTS, "Point")
    is_seen(risk, CELLS, "MultiPolygon")
    layers = QgsProviderRegistry.instance().querySublayers(path)
    names = {layer.name() for layer in layers if layer.wkbType() != QgsWkbTypes.NoGeometry}
    assert len(names) == 20 and {"plan_routes", "basemap_lines"} <= names, names
    # The styles that lie in the file, and its titles of columns.
    assert beats.labelsEnabled() and beats.labeling().settings().fieldName == "name"
    outline = beats.renderer().symbol().symbolLayer(0).strokeColor().name()
    assert outline == "#475569", outline
    titles = [beats.attributeDisplayName(i) for i in range(beats.fields().count())]
    assert titles == ["fid", "编号", "名称", "派出所", "模拟数据"], titles
    titles = [f.alias() for f in incidents.fields()]
    assert "警情类别" in titles and "发生时间" in titles, titles
    classes = risk.renderer().categories()
    assert [int(c.value()) for c in classes] == [1, 2, 3, 4, 5]
    say(f"GeoPackage: {len(names)} layers, styles, titles {titles[1:]}")


def files(folder):
    """Formats of one layer, by QGIS' own way to open each."""
    def at(name):
        return os.path.join(folder, name)

    fgb = QgsVectorLayer(at("beats.fgb"), "beats.fgb", "ogr")
    is_seen(fgb, BEATS, "MultiPolygon")
    assert [f.alias() for f in fgb.fields()][:2] == ["编号", "名称"]
    is_seen(QgsVectorLayer(at("beats.kml"), "beats.kml", "ogr"), BEATS, "Polygon")
    is_seen(QgsVectorLayer(f"/vsizip/{at('beats.shp.zip')}", "beats.shp.zip", "ogr"), BEATS, "MultiPolygon")
    table = f"file://{at('beats.csv')}?type=csv&wktField=WKT&crs=EPSG:4326"
    is_seen(QgsVectorLayer(table, "beats.csv", "delimitedtext"), BEATS, "MultiPolygon")
    table = f"file://{at('incidents.csv')}?type=csv&xField=lon&yField=lat&crs=EPSG:4326"
    points = QgsVectorLayer(table, "incidents.csv", "delimitedtext")
    is_seen(points, INCIDENTS, "Point")
    assert {f.name(): f.typeName() for f in points.fields()}["at"] == "datetime"
    is_seen(QgsVectorLayer(at("beats.geojson"), "beats.geojson", "ogr"), BEATS, "Polygon")
    for name in ("beats.parquet", "map.pmtiles"):
        layer = QgsVectorLayer(at(name), name, "ogr")
        can = "opens" if layer.isValid() else "can't open"
        print(f"    QGIS {Qgis.QGIS_VERSION} {can} {name}")


def server(parts):
    host, port, base, user, password, schema = parts.split(" ")
    for table, kind, count in (
        ("beats", "MultiPolygon", BEATS),
        ("incidents_named", "Point", INCIDENTS),
        ("risk_latest", "Polygon", CELLS),
        ("plan_latest_routes", "LineString", 6),
    ):
        uri = QgsDataSourceUri()
        uri.setConnection(host, port, base, user, password)
        uri.setDataSource(schema, table, "geom", "", "fid")
        layer = QgsVectorLayer(uri.uri(False), table, "postgres")
        is_seen(layer, count, kind)
        assert len({f.id() for f in layer.getFeatures()}) == count, f"{table}: fid is not unique"
        assert not layer.startEditing(), f"{table} can be written to"
    say(f"postgres: {user} can read and not write")


def draw(layers, rect):
    settings = QgsMapSettings()
    settings.setLayers(layers)
    settings.setOutputSize(QSize(900, 600))
    settings.setBackgroundColor(QColor("white"))
    settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    over = QgsCoordinateTransform(
        QgsCoordinateReferenceSystem("EPSG:4326"), settings.destinationCrs(), QgsProject.instance())
    settings.setExtent(over.transformBoundingBox(rect))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    assert not job.errors(), [fault.message for fault in job.errors()]
    return job.renderedImage()


def colours(image):
    """The colours of a picture, each as red, green, blue."""
    image = image.convertToFormat(QImage.Format_RGBX8888)
    bits = image.constBits().asstring(image.sizeInBytes())
    return {(r, g, b) for r, g, b in zip(bits[0::4], bits[1::4], bits[2::4])}


def has(many, colour):
    """Whether a colour is there, or nearly: the edges of small markers are smoothed."""
    wanted = bytes.fromhex(colour[1:])
    return any(max(abs(a - b) for a, b in zip(one, wanted)) <= 20 for one in many)


def fetched(address, folder):
    os.makedirs(folder, exist_ok=True)
    for name in FILES:
        path = os.path.join(folder, name)
        if not os.path.exists(path):
            urllib.request.urlretrieve(f"{address}/api/export/{name}", path)


def pictures(address, package_file, parts):
    """QGIS' own window, as docs/qgis.md shows it."""
    with tempfile.TemporaryDirectory() as profile:
        env = dict(os.environ, FRONTBEAT_ADDRESS=address, FRONTBEAT_PACKAGE=package_file,
                   FRONTBEAT_PICTURES=HERE, FRONTBEAT_SERVER=parts or "", LANG="C.UTF-8")
        env.pop("QT_QPA_PLATFORM")
        # QGIS ends by itself: window.py waits for nothing longer than three minutes.
        subprocess.run(
            ["xvfb-run", "-a", "-s", "-screen 0 1400x900x24", "qgis", "--nologo",
             "--profiles-path", profile, "--code", os.path.join(HERE, "window.py")],
            env=env, check=True, timeout=1200)
    made = sorted(name for name in os.listdir(HERE) if name.endswith(".png"))
    subprocess.run(["pngquant", "--force", "--ext", ".png", "--strip", "--speed", "1", "128"]
                   + [os.path.join(HERE, name) for name in made], check=True)
    sizes = sum(os.path.getsize(os.path.join(HERE, name)) for name in made)
    assert sizes < 900_000, sizes
    say(f"{len(made)} pictures, {sizes // 1000} kB")


def main():
    asked = argparse.ArgumentParser(description="Opens a district in QGIS and asserts what it sees.")
    asked.add_argument("address", help="of the service, like http://127.0.0.1:8080")
    asked.add_argument("files", help="folder of exported files; what is missing is fetched")
    asked.add_argument("--server", metavar="PARTS", help="'HOST PORT DATABASE USER PASSWORD SCHEMA'")
    asked.add_argument("--pictures", action="store_true", help="make the pictures anew")
    asked = asked.parse_args()
    address, folder = asked.address.rstrip("/"), os.path.abspath(asked.files)

    app = QgsApplication([], True)
    app.initQgis()
    QgsApplication.messageLog().messageReceived.connect(
        lambda text, tag, level: logged.append((tag, text)) if level > Qgis.Info else None)
    print(f"QGIS {Qgis.QGIS_VERSION}")
    fetched(address, folder)
    ogc_api(address)
    tiles(address)
    package(os.path.join(folder, "everything.gpkg"))
    if asked.server:
        server(asked.server)
    # Up to here nothing may have been complained of; what can't be opened comes last.
    assert not logged, logged
    files(folder)
    if asked.pictures:
        for tool in ("xvfb-run", "qgis", "pngquant"):
            assert shutil.which(tool), f"{tool} is missing"
        pictures(address, os.path.join(folder, "everything.gpkg"), asked.server)


if __name__ == "__main__":
    try:
        main()
    except AssertionError as fault:
        sys.exit(f"FAILED {fault}")
