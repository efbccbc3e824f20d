"""Pictures of QGIS' own window and dialogs at each way to a district's layers.

`make.py` starts QGIS with this script (`qgis --code`) and says by the environment where things
are; nobody calls it by hand. It does what a person would do: fill in a connection, press Connect,
choose layers, press Add. Dialogs of QGIS wait for their end, so a clock drives the story: a part
of it says what it waits for, and goes on when that is there. Exit code 0 if all came to pass.
"""

import os
import sys
import traceback

from qgis.core import (
    QgsApplication, QgsClassificationQuantile, QgsCoordinateReferenceSystem,
    QgsCoordinateTransform, QgsFillSymbol, QgsGraduatedSymbolRenderer, QgsProject, QgsRectangle,
    QgsSettings, QgsStyle,
)
from qgis.PyQt.QtCore import QItemSelectionModel, Qt, QTimer
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtWidgets import (
    QAbstractButton, QAction, QApplication, QComboBox, QDialog, QDockWidget, QLineEdit, QMenu,
    QSpinBox, QSplitter, QToolBar, QTreeView,
)
from qgis.utils import iface

ADDRESS = os.environ["FRONTBEAT_ADDRESS"]
PACKAGE = os.environ["FRONTBEAT_PACKAGE"]
OUT = os.environ["FRONTBEAT_PICTURES"]
# host, port, database, user, password, schema; empty where there is no server.
SERVER = os.environ.get("FRONTBEAT_SERVER", "")

WAIT_S = 180
TICK_MS = 250
# The sample's busiest streets, and its southern half.
MIDDLE = QgsRectangle(123.474, 41.792, 123.494, 41.803)
SOUTH = QgsRectangle(123.435, 41.772, 123.575, 41.875)
LAST_WEEK = "\"at\" >= '2026-10-24T00:00:00Z'"


# ── what the story is told with ─────────────────────────────────────────────────────────
def main():
    return iface.mainWindow()


def tops(kind):
    """Open windows of a class of QGIS."""
    return [w for w in QApplication.topLevelWidgets()
            if w.metaObject().className() == kind and w.isVisible()]


def child(parent, kind, name):
    found = parent.findChild(kind, name)
    assert found is not None, f"QGIS has no {name} in {parent.metaObject().className()}"
    return found


def picture(widget, name):
    QApplication.processEvents()
    assert widget.grab().save(os.path.join(OUT, name)), name
    print("picture", name, widget.width(), widget.height())


def begin(action):
    """Chooses an entry of QGIS' menus; its dialog runs by itself."""
    QTimer.singleShot(0, child(main(), QAction, action).trigger)


def press(parent, name):
    """Presses a button; a dialog that it opens runs by itself."""
    QTimer.singleShot(0, child(parent, QAbstractButton, name).click)


def page(kind):
    """A page of the Data Source Manager, once it is there."""
    for window in tops("QgsDataSourceManagerDialog"):
        for part in window.findChildren(QDialog):
            if part.metaObject().className() == kind and part.isVisible():
                return part
    return None


def rows(tree):
    """All rows of a tree by their texts."""
    model, found = tree.model(), []

    def walk(parent):
        for row in range(model.rowCount(parent)):
            texts = [str(model.index(row, c, parent).data() or "")
                     for c in range(model.columnCount(parent))]
            found.append((texts, model.index(row, 0, parent)))
            walk(model.index(row, 0, parent))

    walk(tree.rootIndex())
    return found


def choose(tree, names):
    """Selects the rows that hold these texts."""
    tree.clearSelection()
    for name in names:
        at = [index for texts, index in rows(tree) if name in texts]
        assert at, f"{name} is not in the list: {[t for t, _ in rows(tree)]}"
        flags = QItemSelectionModel.Select | QItemSelectionModel.Rows
        tree.selectionModel().select(at[0], flags)
        tree.scrollTo(at[0])


def close_manager():
    for window in tops("QgsDataSourceManagerDialog"):
        window.close()


def layer(name):
    found = QgsProject.instance().mapLayersByName(name)
    return found[0] if found else None


def manager():
    """The Data Source Manager, with more room for its pages."""
    window = tops("QgsDataSourceManagerDialog")[0]
    window.resize(900, 560)
    window.findChild(QSplitter).setSizes([200, 700])
    return window


def drawn():
    """Whether the map has nothing left to draw."""
    seen = {"still": 0}

    def ready():
        busy = iface.mapCanvas().isDrawing() or QgsApplication.taskManager().countActiveTasks() > 0
        seen["still"] = 0 if busy else seen["still"] + 1
        return seen["still"] > 8
    return ready


def look_at(rect):
    """Shows a part of the world. QGIS goes to all of a first layer, and takes its frame, by
    itself a moment after it was added: the map is looked at until it stays."""
    project, canvas = QgsProject.instance(), iface.mapCanvas()
    frame = QgsCoordinateReferenceSystem("EPSG:3857")
    over = QgsCoordinateTransform(QgsCoordinateReferenceSystem("EPSG:4326"), frame, project)
    wanted = over.transformBoundingBox(rect)
    for _ in range(5):
        yield drawn()
        at = canvas.extent()
        if project.crs() == frame and at.contains(wanted) and at.height() < 2 * wanted.height():
            return
        project.setCrs(frame)
        canvas.setExtent(wanted)
        canvas.refresh()
    raise AssertionError("QGIS does not stay where it was sent")


def add(form):
    """Presses Add: a button that has no name of its own."""
    found = [b for b in form.findChildren(QAbstractButton) if b.text().replace("&", "") == "Add"]
    QTimer.singleShot(0, found[0].click)


def beats_as_lines():
    layer("beats").renderer().symbol().symbolLayer(0).setBrushStyle(Qt.NoBrush)


def stacked(*names):
    """Puts layers in this order, the first on top."""
    tree = QgsProject.instance().layerTreeRoot()
    for name in reversed(names):
        node = tree.findLayer(layer(name))
        tree.insertChildNode(0, node.clone())
        tree.removeChildNode(node)


def roomy_legend(width):
    main().resizeDocks([child(main(), QDockWidget, "Layers")], [width], Qt.Horizontal)


# ── the story ───────────────────────────────────────────────────────────────────────────
def settings():
    kept = QgsSettings()
    kept.setValue("qgis/connections-wfs/Frontbeat/url", f"{ADDRESS}/ogc")
    kept.setValue("qgis/connections-wfs/Frontbeat/version", "OGC_API_FEATURES")
    kept.setValue("qgis/connections-wfs/selected", "Frontbeat")
    if SERVER:
        host, port, base, user, password, _ = SERVER.split(" ")
        at = "PostgreSQL/connections/Frontbeat"
        for key, value in {"host": host, "port": port, "database": base, "username": user,
                           "password": password, "saveUsername": "true", "savePassword": "true",
                           "dontResolveType": "false", "geometryColumnsOnly": "true",
                           "publicOnly": "false", "allowGeometrylessTables": "false"}.items():
            kept.setValue(f"{at}/{key}", value)
        kept.setValue("PostgreSQL/connections/selected", "Frontbeat")


def story():
    settings()
    main().resize(1120, 700)
    for dock in main().findChildren(QDockWidget):
        dock.setVisible(dock.objectName() == "Layers")
    for bar in main().findChildren(QToolBar):
        bar.setVisible(bar.objectName() in ("mFileToolBar", "mMapNavToolBar", "mAttributesToolBar"))
    roomy_legend(230)
    yield from ogc_api()
    yield from tiles()
    yield from package()
    if SERVER:
        yield from server()


def ogc_api():
    iface.newProject(False)
    begin("mActionAddWfsLayer")
    yield lambda: page("QgsWFSSourceSelect")
    window, form = manager(), page("QgsWFSSourceSelect")
    press(form, "btnConnect")
    tree = child(form, QTreeView, "treeView")
    yield lambda: len(rows(tree)) >= 17
    choose(tree, ["beats", "hot_spots", "incidents"])
    tree.resizeColumnToContents(0)
    tree.resizeColumnToContents(1)
    picture(window, "ogc-api-connection.png")
    add(form)
    yield lambda: all(layer(n) for n in ("beats", "hot_spots", "incidents"))
    close_manager()
    incidents = layer("incidents")
    assert incidents.setSubsetString(LAST_WEEK)
    layer("hot_spots").setOpacity(0.55)
    beats_as_lines()
    stacked("incidents", "beats", "hot_spots")
    yield from look_at(SOUTH)
    picture(main(), "ogc-api-map.png")


def tiles():
    iface.newProject(False)
    begin("mActionAddVectorTileLayer")
    yield lambda: page("QgsVectorTileSourceSelect")
    form = page("QgsVectorTileSourceSelect")
    entries = [a for menu in form.findChildren(QMenu) for a in menu.actions()]
    generic = [a for a in entries if "Generic" in a.text()]
    QTimer.singleShot(0, generic[0].trigger)
    yield lambda: tops("QgsVectorTileConnectionDialog")
    form = tops("QgsVectorTileConnectionDialog")[0]
    child(form, QLineEdit, "mEditName").setText("Frontbeat map")
    child(form, QLineEdit, "mEditUrl").setText(
        f"{ADDRESS}/ogc/tiles/WebMercatorQuad/{{z}}/{{y}}/{{x}}")
    # The least stays 0: QGIS first shows the whole world, which at 8 would be 65,536 tiles.
    child(form, QSpinBox, "mSpinZMin").setValue(0)
    child(form, QSpinBox, "mSpinZMax").setValue(16)
    child(form, QLineEdit, "mEditStyleUrl").setText(f"{ADDRESS}/ogc/styles/map")
    form.resize(720, form.height())
    yield lambda: form.isVisible()
    picture(form, "tiles-connection.png")
    form.accept()
    yield lambda: not tops("QgsVectorTileConnectionDialog")
    form = page("QgsVectorTileSourceSelect")
    names = child(form, QComboBox, "cmbConnections")
    names.setCurrentText("Frontbeat map")
    add(form)
    yield lambda: layer("Frontbeat map")
    close_manager()
    yield from look_at(MIDDLE)
    picture(main(), "tiles-map.png")


def package():
    iface.newProject(False)
    names = ("stations", "plan_routes", "boundary", "beats", "risk")
    for name in names:
        added = iface.addVectorLayer(f"{PACKAGE}|layername={name}", name, "ogr")
        assert added and added.isValid(), name
    stacked(*names)
    roomy_legend(400)
    yield from look_at(SOUTH)
    picture(main(), "geopackage-map.png")
    roomy_legend(230)
    QTimer.singleShot(0, lambda: iface.showAttributeTable(layer("risk")))
    yield lambda: tops("QgsAttributeTableDialog")
    table = tops("QgsAttributeTableDialog")[0]
    table.resize(1060, 330)
    yield drawn()
    picture(table, "geopackage-table.png")
    table.close()
    yield lambda: not tops("QgsAttributeTableDialog")


def server():
    iface.newProject(False)
    begin("mActionAddPgLayer")
    yield lambda: page("QgsPgSourceSelect")
    window, form = manager(), page("QgsPgSourceSelect")
    press(form, "btnConnect")
    tree = child(form, QTreeView, "mTablesTreeView")
    wanted = ["beats", "incidents_named", "risk_latest", "plan_latest_routes"]
    yield lambda: all(any(n in texts for texts, _ in rows(tree)) for n in wanted)
    yield drawn()
    tree.expandAll()
    choose(tree, wanted)
    for column, width in enumerate((90, 140, 190)):
        tree.setColumnWidth(column, width)
    picture(window, "postgis-connection.png")
    add(form)
    yield lambda: all(layer(n) for n in wanted)
    close_manager()
    for name in wanted:
        assert layer(name).dataProvider().uri().keyColumn() == "fid", name
    assert layer("incidents_named").setSubsetString(LAST_WEEK)
    risk = layer("risk_latest")
    renderer = QgsGraduatedSymbolRenderer("expected_per_km2")
    renderer.setSourceSymbol(QgsFillSymbol.createSimple({"outline_style": "no"}))
    renderer.setSourceColorRamp(QgsStyle.defaultStyle().colorRamp("OrRd"))
    renderer.setClassificationMethod(QgsClassificationQuantile())
    renderer.updateClasses(risk, 5)
    risk.setRenderer(renderer)
    routes = layer("plan_latest_routes").renderer().symbol()
    routes.setWidth(0.8)
    routes.setColor(QColor("#1d4ed8"))
    beats_as_lines()
    stacked("incidents_named", "plan_latest_routes", "beats", "risk_latest")
    yield from look_at(SOUTH)
    picture(main(), "postgis-map.png")


# ── the clock ───────────────────────────────────────────────────────────────────────────
class Clock:
    """Goes on with the story when what it waits for is there."""

    def __init__(self):
        self.story, self.waits_for, self.ticks, self.busy = story(), None, 0, False
        self.timer = QTimer()
        self.timer.timeout.connect(self.tick)
        self.timer.start(TICK_MS)

    def tick(self):
        if self.busy:
            return
        self.busy = True
        try:
            self.ticks += 1
            if self.waits_for and not self.waits_for():
                assert self.ticks * TICK_MS < WAIT_S * 1000, "QGIS did not come so far"
            else:
                self.waits_for, self.ticks = next(self.story), 0
        except StopIteration:
            self.end(0)
        except Exception:  # whatever it is, it is told and ends QGIS
            traceback.print_exc()
            for window in QApplication.topLevelWidgets():
                if window.isVisible():
                    window.grab().save(os.path.join(OUT, f"failed-{window.metaObject().className()}.png"))
            self.end(1)
        self.busy = False

    def end(self, code):
        self.timer.stop()
        sys.stdout.flush()
        sys.stderr.flush()
        # QGIS would ask whether to save the project.
        os._exit(code)


CLOCK = None


def start():
    global CLOCK
    CLOCK = Clock()


QTimer.singleShot(3000, start)
