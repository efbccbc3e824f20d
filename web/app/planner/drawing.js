/**
 * The map of the planner's desk: the draft's areas, what is in force under them, faults, and
 * the drawing tools. Lines and rings are drawn, and corners dragged, with Terra Draw; what
 * comes of it is told to the desk, which asks the service. All of it goes by keys too: the
 * map moves under a cross-hair, Enter sets a point, Backspace takes it back.
 * @module
 */
import { Map as GlMap, ScaleControl } from '../../vendor/maplibre/maplibre-gl.mjs';
import { TerraDrawMapLibreGLAdapter } from '../../vendor/terra-draw/maplibre-gl-adapter.module.js';
import { TerraDraw, TerraDrawLineStringMode, TerraDrawModeUndoRedo, TerraDrawPolygonMode, TerraDrawRenderMode, TerraDrawSelectMode } from '../../vendor/terra-draw/terra-draw.module.js';
import { FONTS, groundLayers, labelLayers, streetLayers } from '../map/basemap.js';
import { borderLayer, outsideLayer, outsideOf } from '../map/features.js';
import { PALETTES } from '../map/palette.js';
import { editOf, isSame, withMoved } from './draft.js';

/**
 * @typedef {import('./api.js').Area} Area
 * @typedef {import('./api.js').Point} Point
 * @typedef {'choose'|'split'|'draw'|'reshape'} Tool
 * @typedef {object} Listeners
 * @property {(id: string|null, add: boolean) => void} pick an area was clicked
 * @property {(points: Point[]) => void} drawn a line or a closed ring is finished
 * @property {(edit: object) => void} edited a corner was moved, put in or taken away
 * @property {(points: number) => void} trail how many points the line in hand has
 */

/** How near the cross-hair or the pointer must be to what it snaps to, pixels. */
const REACH_PX = 14;
/** How near a street must be to be snapped to, pixels. */
const STREET_PX = 8;
/** Digits that the drawing tool keeps. */
const DIGITS = 9;

/** @type {GeoJSON.FeatureCollection} */
const NOTHING = { type: 'FeatureCollection', features: [] };

export class Drawing {
  /**
   * @param {HTMLElement} container
   * @param {import('../api.js').Workspace} workspace
   * @param {import('../map/palette.js').Look} look
   * @param {string} label
   * @param {Listeners} listeners
   */
  constructor(container, workspace, look, label, listeners) {
    this.listeners = listeners;
    this.palette = PALETTES[look];
    /** @type {Area[]} */
    this.areas = [];
    /** @type {Tool} */
    this.tool = 'choose';
    /** @type {string[]} */
    this.chosen = [];
    /** Points set by keys. @type {Point[]} */
    this.trail = [];
    /** A corner that was taken up by keys. @type {Point|null} */
    this.held = null;
    /** Rings in the drawing tool, by its ids. @type {Map<string|number, {exact: Point[], before: Point[]}>} */
    this.rings = new Map();
    /** Whether a note is being drawn: clicks and keys are its own. */
    this.isNoting = false;
    /** @type {TerraDraw|null} */
    this.draw = null;
    const p = this.palette;
    this.map = new GlMap({
      container,
      style: { version: 8, sources: { boundary: { type: 'geojson', data: workspace.boundary ? { type: 'Feature', properties: {}, geometry: workspace.boundary } : NOTHING } }, layers: [borderLayer(p)] },
      ...(workspace.bbox ? { bounds: workspace.bbox, fitBoundsOptions: { padding: 40 } } : { center: [0, 20], zoom: 1 }),
      minZoom: 1, maxZoom: 20, attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false,
      fadeDuration: 0, localIdeographFontFamily: false, reduceMotion: matchMedia('(prefers-reduced-motion: reduce)').matches,
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    this.map.doubleClickZoom.disable();
    this.map.addControl(new ScaleControl({ unit: 'metric', maxWidth: 96 }), 'bottom-left');
    const canvas = this.map.getCanvas();
    canvas.id = 'map-canvas';
    canvas.setAttribute('aria-label', label);
    canvas.addEventListener('keydown', (event) => this.key(event));
    this.map.on('click', (event) => {
      if (this.tool !== 'choose' || this.isNoting) return;
      const hit = this.map.getLayer('draft-ground') ? this.map.queryRenderedFeatures(event.point, { layers: ['draft-ground'] })[0] : undefined;
      listeners.pick(hit ? String(hit.properties.id) : null, event.originalEvent.shiftKey || event.originalEvent.ctrlKey || event.originalEvent.metaKey);
    });
    /** Resolves when areas can be shown. @type {Promise<void>} */
    this.ready = new Promise((resolve) => {
      this.map.once('style.load', () => {
        this.complete(workspace);
        resolve();
      });
    });
  }

  /** @param {import('../api.js').Workspace} workspace */
  complete(workspace) {
    const { map, palette: p } = this;
    map.addSource('base', { type: 'vector', tiles: [`${location.origin}/tiles/base/{z}/{x}/{y}.mvt`], minzoom: 6, maxzoom: 15 });
    map.addSource('outside', { type: 'geojson', data: outsideOf(workspace.boundary) });
    for (const id of ['today', 'draft', 'names', 'faults', 'trail']) map.addSource(id, { type: 'geojson', data: NOTHING });
    for (const layer of [...groundLayers(p), ...streetLayers(p), outsideLayer(p)]) map.addLayer(layer, 'border');
    map.addLayer({ id: 'draft-ground', type: 'fill', source: 'draft', paint: { 'fill-color': ['case', ['get', 'chosen'], p.unit, ['match', ['get', 'class'], 0, p.work[0], 1, p.work[1], 2, p.work[2], 3, p.work[3], 4, p.work[4], 'rgba(0,0,0,0)']], 'fill-opacity': ['case', ['get', 'chosen'], 0.28, 0.42] } }, 'border');
    map.addLayer({ id: 'today-line', type: 'line', source: 'today', paint: { 'line-color': p.beat, 'line-width': 1.2, 'line-dasharray': [4, 3] } });
    map.addLayer({ id: 'draft-line', type: 'line', source: 'draft', layout: { 'line-join': 'round' }, paint: { 'line-color': ['case', ['get', 'chosen'], p.unit, p.firm], 'line-width': ['case', ['get', 'chosen'], 3, 1.6] } });
    for (const layer of labelLayers(p)) map.addLayer(layer);
    map.addLayer({ id: 'draft-name', type: 'symbol', source: 'names', layout: { 'text-field': ['get', 'name'], 'text-font': FONTS, 'text-size': 12, 'text-max-width': 8, 'text-padding': 4 }, paint: { 'text-color': p.firm, 'text-halo-color': p.halo, 'text-halo-width': 1.6 } });
    map.addLayer({ id: 'trail-line', type: 'line', source: 'trail', paint: { 'line-color': p.unit, 'line-width': 2.5 } });
    map.addLayer({ id: 'trail-point', type: 'circle', source: 'trail', filter: ['==', ['geometry-type'], 'Point'], paint: { 'circle-radius': 5, 'circle-color': p.paper, 'circle-stroke-color': p.unit, 'circle-stroke-width': 2 } });
    map.addLayer({ id: 'fault-ring', type: 'circle', source: 'faults', paint: { 'circle-radius': ['case', ['get', 'now'], 16, 10], 'circle-color': 'rgba(0,0,0,0)', 'circle-stroke-color': p.gap, 'circle-stroke-width': ['case', ['get', 'before'], 1, 3] } });
    this.startTools();
  }

  startTools() {
    const p = this.palette;
    /** @type {any} six digits each, as the tool wants them */
    const ink = { hex: p.unit.slice(0, 7), paper: p.paper.slice(0, 7) };
    const isArea = (/** @type {GeoJSON.Feature} */ feature) => feature.properties?.mode === 'areas';
    // Corners and borders of areas come before streets. A dragged corner would stick to its
    // own old border: it snaps to streets only.
    const streets = { toCustom: (/** @type {{lng: number, lat: number}} */ event) => this.onStreet(event) };
    const snapping = { ...streets, toFeature: { filter: isArea, toLine: true, toCoordinate: true } };
    this.draw = new TerraDraw({
      adapter: new TerraDrawMapLibreGLAdapter({ map: this.map, coordinatePrecision: DIGITS }),
      undoRedo: { modeLevel: new TerraDrawModeUndoRedo() },
      modes: [
        new TerraDrawLineStringMode({ snapping, keyEvents: { cancel: 'Escape', finish: null }, pointerDistance: REACH_PX, styles: { lineStringColor: ink.hex, lineStringWidth: 3, closingPointColor: ink.paper, closingPointOutlineColor: ink.hex, snappingPointColor: ink.hex } }),
        new TerraDrawPolygonMode({ snapping, keyEvents: { cancel: 'Escape', finish: null }, pointerDistance: REACH_PX, styles: { fillColor: ink.hex, fillOpacity: 0.2, outlineColor: ink.hex, outlineWidth: 3, closingPointColor: ink.paper, closingPointOutlineColor: ink.hex } }),
        // The draft's areas, for snapping only: the map draws them.
        new TerraDrawRenderMode({ modeName: 'areas', styles: { polygonFillOpacity: 0, polygonOutlineWidth: 0 } }),
        new TerraDrawSelectMode({
          pointerDistance: REACH_PX,
          keyEvents: { deselect: null, delete: null, rotate: null, scale: null },
          allowManualDeselection: false,
          allowManualSelection: false,
          flags: { polygon: { feature: { draggable: false, selfIntersectable: true, coordinates: { snappable: streets, midpoints: { draggable: true }, draggable: true, deletable: true } } } },
          styles: { selectedPolygonColor: ink.hex, selectedPolygonFillOpacity: 0.08, selectedPolygonOutlineColor: ink.hex, selectedPolygonOutlineWidth: 3, selectionPointColor: ink.paper, selectionPointOutlineColor: ink.hex, selectionPointOutlineWidth: 2, selectionPointWidth: 5, midPointColor: ink.hex, midPointOutlineColor: ink.paper, midPointWidth: 3 },
        }),
      ],
    });
    this.draw.start();
    this.draw.on('finish', (id, context) => this.finished(id, context.mode));
    this.draw.on('change', (ids, type) => {
      if (type === 'update' && this.tool === 'reshape') requestAnimationFrame(() => this.preview(ids));
      if (this.tool === 'split' || this.tool === 'draw') this.listeners.trail(this.points());
      // A corner taken away by a click says no more than this.
      if (type === 'update' && this.tool === 'reshape') setTimeout(() => this.removed(ids), 0);
    });
    this.setTool(this.tool);
  }

  /**
   * The nearest point of a street that is drawn there, within reach.
   * @param {{lng: number, lat: number}} at
   * @returns {Point|undefined}
   */
  onStreet({ lng, lat }) {
    const { map } = this;
    const here = map.project([lng, lat]);
    const layers = streetLayers(this.palette).map((layer) => layer.id).filter((id) => map.getLayer(id));
    const near = map.queryRenderedFeatures([[here.x - STREET_PX, here.y - STREET_PX], [here.x + STREET_PX, here.y + STREET_PX]], { layers });
    let best = /** @type {{px: number, at: Point}|null} */ (null);
    for (const { geometry } of near) {
      const lines = geometry.type === 'LineString' ? [geometry.coordinates] : geometry.type === 'MultiLineString' ? geometry.coordinates : [];
      for (const line of lines) {
        for (let i = 0; i + 1 < line.length; i += 1) {
          const [a, b] = [map.project(/** @type {Point} */ (line[i])), map.project(/** @type {Point} */ (line[i + 1]))];
          const length = (b.x - a.x) ** 2 + (b.y - a.y) ** 2;
          const along = length ? Math.min(1, Math.max(0, ((here.x - a.x) * (b.x - a.x) + (here.y - a.y) * (b.y - a.y)) / length)) : 0;
          const [x, y] = [a.x + along * (b.x - a.x), a.y + along * (b.y - a.y)];
          const px = Math.hypot(x - here.x, y - here.y);
          if (px > STREET_PX || (best && px >= best.px)) continue;
          const found = map.unproject([x, y]);
          best = { px, at: [Number(found.lng.toFixed(DIGITS)), Number(found.lat.toFixed(DIGITS))] };
        }
      }
    }
    return best?.at;
  }

  /** How many points the line in hand has. */
  points() {
    if (this.trail.length) return this.trail.length;
    const drawn = this.draw?.getSnapshot().find((f) => f.properties.mode === 'linestring' || (f.properties.mode === 'polygon' && !this.rings.has(/** @type {string} */ (f.id))));
    if (!drawn) return 0;
    return drawn.geometry.type === 'LineString' ? drawn.geometry.coordinates.length - 1 : drawn.geometry.type === 'Polygon' ? drawn.geometry.coordinates[0].length - 2 : 0;
  }

  /**
   * @param {Area[]} areas
   * @param {string[]} chosen
   * @param {Map<string, number>} classes of work, by id, 0 to 4
   */
  show(areas, chosen, classes) {
    const moved = areas !== this.areas || chosen.join('|') !== this.chosen.join('|');
    this.areas = areas;
    this.chosen = chosen;
    this.classes = classes;
    this.paint(areas);
    this.set('names', areas.map((area) => ({ type: 'Feature', properties: { name: area.name }, geometry: { type: 'Point', coordinates: middleOf(area) } })));
    if (moved) this.fillTools();
  }

  /** @param {Area[]} areas */
  paint(areas) {
    this.set('draft', areas.map((area) => ({
      type: 'Feature',
      properties: { id: area.id, chosen: this.chosen.includes(area.id), class: this.classes?.get(area.id) ?? 5 },
      geometry: { type: 'MultiPolygon', coordinates: area.area },
    })));
  }

  /** @param {Area[]} areas in force */
  showToday(areas) {
    this.set('today', areas.map((area) => ({ type: 'Feature', properties: {}, geometry: { type: 'MultiPolygon', coordinates: area.area } })));
  }

  /** @param {import('./api.js').Fault[]} faults @param {number|null} now which is looked at */
  showFaults(faults, now) {
    this.set('faults', faults.map((fault, i) => ({ type: 'Feature', properties: { before: fault.before, now: i === now }, geometry: { type: 'Point', coordinates: fault.at } })));
  }

  /** @param {string} source @param {any[]} features */
  set(source, features) {
    const found = /** @type {import('maplibre-gl').GeoJSONSource|undefined} */ (this.map.getSource(source));
    found?.setData({ type: 'FeatureCollection', features });
  }

  /** @param {Tool} tool */
  setTool(tool) {
    this.tool = tool;
    this.held = null;
    this.forget();
    const { draw } = this;
    if (!draw?.enabled) return;
    draw.setMode(tool === 'split' ? 'linestring' : tool === 'draw' ? 'polygon' : tool === 'reshape' ? 'select' : 'static');
    this.fillTools();
  }

  /** Gives the drawing tool what it snaps to and what it may drag. */
  fillTools() {
    const { draw } = this;
    if (!draw?.enabled) return;
    draw.clear();
    this.rings.clear();
    const snap = this.tool === 'choose' ? [] : this.areas.flatMap((area) => area.area.map((polygon) => ringFeature(polygon[0], 'areas')));
    const dragged = this.tool === 'reshape' ? this.areas.filter((area) => this.chosen.includes(area.id)).flatMap((area) => area.area.map((polygon) => polygon[0])) : [];
    draw.addFeatures(/** @type {any[]} */ (snap));
    for (const exact of dragged) {
      const feature = ringFeature(exact, 'polygon');
      const [added] = draw.addFeatures(/** @type {any[]} */ ([feature]));
      if (!added?.valid || added.id === undefined) continue;
      this.rings.set(added.id, { exact, before: feature.geometry.coordinates[0] });
      draw.selectFeature(added.id);
    }
  }

  /** @param {string|number} id @param {string} mode */
  finished(id, mode) {
    const feature = this.draw?.getSnapshotFeature(id);
    if (!feature) return;
    if (mode === 'linestring' && feature.geometry.type === 'LineString') {
      const line = /** @type {Point[]} */ (feature.geometry.coordinates);
      this.draw?.removeFeatures([id]);
      this.listeners.drawn(line);
    } else if (mode === 'polygon' && feature.geometry.type === 'Polygon') {
      const ring = /** @type {Point[]} */ (feature.geometry.coordinates[0]);
      this.draw?.removeFeatures([id]);
      this.listeners.drawn(ring);
    } else if (mode === 'select') {
      this.tell(id);
    }
  }

  /** @param {(string|number)[]} ids */
  removed(ids) {
    for (const id of ids) {
      const ring = this.rings.get(id);
      const after = this.ringOf(id);
      if (ring && after && after.length < ring.before.length) this.tell(id);
    }
  }

  /** @param {string|number} id */
  tell(id) {
    const ring = this.rings.get(id);
    const after = this.ringOf(id);
    const edit = ring && after ? editOf(ring.exact, ring.before, after) : null;
    if (!edit) return;
    this.rings.delete(id);
    this.listeners.edited(edit);
  }

  /** @param {string|number} id */
  ringOf(id) {
    const geometry = this.draw?.getSnapshotFeature(id)?.geometry;
    return geometry?.type === 'Polygon' ? /** @type {Point[]} */ (geometry.coordinates[0]) : null;
  }

  /** The neighbours follow while a corner is dragged. @param {(string|number)[]} ids */
  preview(ids) {
    for (const id of ids) {
      const ring = this.rings.get(id);
      const after = this.ringOf(id);
      if (!ring || !after || after.length !== ring.before.length) continue;
      const at = ring.before.findIndex((point, i) => !isSame(point, after[i]));
      if (at >= 0) this.paint(withMoved(this.areas, ring.exact[at], after[at]));
    }
  }

  /** Back to what the draft is, where an edit was refused. */
  restore() {
    this.paint(this.areas);
    this.fillTools();
  }

  /** Takes the last point of the line in hand back; false where there is none. */
  takeBack() {
    if (this.trail.length) {
      this.trail = this.trail.slice(0, -1);
      this.showTrail();
      return true;
    }
    if (this.held) {
      this.held = null;
      this.showTrail();
      return true;
    }
    return (this.tool === 'split' || this.tool === 'draw') && Boolean(this.draw?.canUndo()) && Boolean(this.draw?.undo());
  }

  forget() {
    this.trail = [];
    this.held = null;
    this.showTrail();
  }

  showTrail() {
    const points = this.held ? [this.held] : this.trail;
    /** @type {any[]} */
    const features = points.map((coordinates) => ({ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates } }));
    if (this.trail.length > 1) features.push({ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: this.trail } });
    this.set('trail', features);
    this.listeners.trail(points.length);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter') this.point();
    else if (event.key === 'Backspace') this.takeBack();
    else if (event.key === 'f' || event.key === 'F') this.finish();
    else if (event.key === 'Delete') this.takeAway();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** What Enter does at the cross-hair: sets a point, chooses, takes a corner up, or sets it down. */
  point() {
    const { lng, lat } = this.map.getCenter();
    const at = /** @type {Point} */ ([lng, lat]);
    if (this.tool === 'choose') {
      const hit = this.map.queryRenderedFeatures(this.map.project(at), { layers: ['draft-ground'] })[0];
      this.listeners.pick(hit ? String(hit.properties.id) : null, false);
    } else if (this.tool !== 'reshape') {
      this.trail = [...this.trail, this.snapped(at)];
      this.showTrail();
    } else if (this.held) {
      const from = this.held;
      this.forget();
      this.listeners.edited({ kind: 'move', moves: [[from, round(at)]] });
    } else {
      const found = this.nearest(at, this.areas.filter((area) => this.chosen.includes(area.id)));
      if (found?.corner) {
        this.held = found.corner;
        this.showTrail();
      } else if (found) {
        this.listeners.edited({ kind: 'add', between: found.between, at: round(at) });
      }
    }
  }

  /** Ends the line or ring that was set by keys. */
  finish() {
    const points = this.trail;
    if (this.tool === 'split' ? points.length < 2 : this.tool !== 'draw' || points.length < 3) return;
    this.forget();
    this.listeners.drawn(this.tool === 'draw' ? [...points, points[0]] : points);
  }

  /** Takes away the corner at the cross-hair. */
  takeAway() {
    if (this.tool !== 'reshape') return;
    const { lng, lat } = this.map.getCenter();
    const corner = this.nearest([lng, lat], this.areas.filter((area) => this.chosen.includes(area.id)))?.corner;
    if (corner) this.listeners.edited({ kind: 'remove', at: corner });
  }

  /** @param {Point} at */
  snapped(at) {
    const found = this.nearest(at, this.areas);
    return found?.corner ?? found?.on ?? round(at);
  }

  /**
   * The corner, or else the border, that lies within reach on the screen.
   * @param {Point} at @param {Area[]} areas
   * @returns {{corner?: Point, between?: [Point, Point], on?: Point}|null}
   */
  nearest(at, areas) {
    const here = this.map.project(at);
    let corner = /** @type {{px: number, point: Point}|null} */ (null);
    let border = /** @type {{px: number, between: [Point, Point], on: Point}|null} */ (null);
    for (const ring of areas.flatMap((area) => area.area.flat())) {
      for (let i = 0; i + 1 < ring.length; i += 1) {
        const [a, b] = [this.map.project(ring[i]), this.map.project(ring[i + 1])];
        const away = Math.hypot(a.x - here.x, a.y - here.y);
        if (away <= REACH_PX && (!corner || away < corner.px)) corner = { px: away, point: ring[i] };
        const length = (b.x - a.x) ** 2 + (b.y - a.y) ** 2;
        const along = length ? Math.min(1, Math.max(0, ((here.x - a.x) * (b.x - a.x) + (here.y - a.y) * (b.y - a.y)) / length)) : 0;
        const beside = Math.hypot(a.x + along * (b.x - a.x) - here.x, a.y + along * (b.y - a.y) - here.y);
        if (beside <= REACH_PX && (!border || beside < border.px)) {
          border = { px: beside, between: [ring[i], ring[i + 1]], on: [ring[i][0] + along * (ring[i + 1][0] - ring[i][0]), ring[i][1] + along * (ring[i + 1][1] - ring[i][1])] };
        }
      }
    }
    if (corner) return { corner: corner.point };
    return border ? { between: border.between, on: border.on } : null;
  }

  /** @param {Point} at @param {number} [zoom] */
  goTo(at, zoom) {
    this.map.jumpTo({ center: at, zoom: Math.max(this.map.getZoom(), zoom ?? 0) });
  }

  /** @param {[number, number, number, number]} box */
  fit(box) {
    this.map.fitBounds(box, { padding: { top: 140, bottom: 60, left: 60, right: 60 }, animate: false });
  }
}

/** @param {Point} point @returns {Point} */
const round = ([x, y]) => [Number(x.toFixed(7)), Number(y.toFixed(7))];

/** @param {Point[]} ring @param {string} mode */
const ringFeature = (ring, mode) => ({
  type: 'Feature',
  properties: { mode },
  geometry: { type: 'Polygon', coordinates: [ring.map(([x, y]) => /** @type {Point} */ ([Number(x.toFixed(DIGITS)), Number(y.toFixed(DIGITS))]))] },
});

/** A place for the name: the middle of the largest ring. @param {Area} area @returns {Point} */
export function middleOf(area) {
  let best = /** @type {{size: number, at: Point}|null} */ (null);
  for (const [ring] of area.area) {
    let [size, x, y] = [0, 0, 0];
    const [x0, y0] = ring[0];
    for (let i = 0; i + 1 < ring.length; i += 1) {
      const [ax, ay, bx, by] = [ring[i][0] - x0, ring[i][1] - y0, ring[i + 1][0] - x0, ring[i + 1][1] - y0];
      const cross = ax * by - bx * ay;
      size += cross;
      x += (ax + bx) * cross;
      y += (ay + by) * cross;
    }
    if (size && (!best || Math.abs(size) > best.size)) best = { size: Math.abs(size), at: [x0 + x / (3 * size), y0 + y / (3 * size)] };
  }
  return best?.at ?? area.area[0][0][0];
}
