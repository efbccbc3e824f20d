/**
 * The analyst's map: the incidents of the filter, the beats, the area that was drawn, hot
 * spots. A box or a ring is drawn with the pointer or by keys: the map moves under a
 * cross-hair, Enter sets a point, Backspace takes it back, F ends a ring.
 * @module
 */
import { Map as GlMap, Marker, ScaleControl } from '../../vendor/maplibre/maplibre-gl.mjs';
import { FONTS, groundLayers, labelLayers, streetLayers } from '../map/basemap.js';
import { borderLayer, featureLayers, incidentLayers, outsideLayer, outsideOf } from '../map/features.js';
import { PALETTES } from '../map/palette.js';
import { ringOf } from './filter.js';

/**
 * @typedef {[number, number]} Point
 * @typedef {'look'|'box'|'ring'|'note'} Tool `note`: the pen of a note has the map
 * @typedef {object} Listeners
 * @property {(picked: {id: string, at: Point, count: number}|null) => void} pick
 * @property {(area: string) => void} drawn
 * @property {(points: number) => void} trail how many points the drawing in hand has
 * @property {(view: [number, number, number]) => void} moved
 */

/** @type {GeoJSON.FeatureCollection} */
const NOTHING = { type: 'FeatureCollection', features: [] };
/** How near the first point a click closes a ring, pixels. */
const REACH_PX = 12;
/** A box smaller than this was a click, pixels. */
const LEAST_PX = 4;

export class AnalystMap {
  /**
   * @param {HTMLElement} container
   * @param {import('../api.js').Workspace} workspace
   * @param {import('../map/palette.js').Look} look
   * @param {[number, number, number]|null} view
   * @param {Listeners} listeners
   */
  constructor(container, workspace, look, view, listeners) {
    this.listeners = listeners;
    this.palette = PALETTES[look];
    /** @type {Tool} */
    this.tool = 'look';
    /** @type {Point[]} */
    this.trail = [];
    /** Where the pointer went down for a box. @type {Point|null} */
    this.corner = null;
    /** @type {Marker|null} */
    this.ring = null;
    this.query = '';
    // Until they are counted.
    this.count = workspace.incidents?.count ?? 0;
    /** What the incidents on the map are of. @type {{query: string, version: number}|null} */
    this.shown = null;
    const p = this.palette;
    this.map = new GlMap({
      container,
      style: { version: 8, sources: { boundary: { type: 'geojson', data: workspace.boundary ? { type: 'Feature', properties: {}, geometry: workspace.boundary } : NOTHING } }, layers: [borderLayer(p)] },
      ...(view ? { center: [view[0], view[1]], zoom: view[2] } : workspace.bbox ? { bounds: workspace.bbox, fitBoundsOptions: { padding: 24 } } : { center: [0, 20], zoom: 1 }),
      minZoom: 1, maxZoom: 19, attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false,
      fadeDuration: 0, localIdeographFontFamily: false, reduceMotion: matchMedia('(prefers-reduced-motion: reduce)').matches,
      canvasContextAttributes: { preserveDrawingBuffer: false },
    });
    const { map } = this;
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    map.addControl(new ScaleControl({ unit: 'metric', maxWidth: 96 }), 'bottom-left');
    map.getCanvas().id = 'map-canvas';
    this.listen();
    /** Resolves when there is something to draw into. @type {Promise<void>} */
    this.ready = new Promise((resolve) => {
      map.once('style.load', () => {
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
    for (const id of ['kind-beats', 'spots', 'area', 'trail', 'import']) map.addSource(id, { type: 'geojson', data: NOTHING });
    for (const layer of [...groundLayers(p), ...streetLayers(p), outsideLayer(p)]) map.addLayer(layer, 'border');
    for (const layer of featureLayers('beats', p)) map.addLayer(layer);
    map.addLayer({ id: 'beats-chosen', type: 'fill', source: 'kind-beats', filter: ['in', ['get', 'id'], ['literal', []]], paint: { 'fill-color': p.unit, 'fill-opacity': 0.14 } }, 'border');
    for (const layer of labelLayers(p)) map.addLayer(layer);
    map.addLayer({ id: 'spots-ground', type: 'fill', source: 'spots', paint: { 'fill-color': p.ramp[2], 'fill-opacity': 0.28 } });
    map.addLayer({ id: 'spots-line', type: 'line', source: 'spots', paint: { 'line-color': p.ink, 'line-width': 1.6 } });
    map.addLayer({ id: 'spots-name', type: 'symbol', source: 'spots', layout: { 'text-field': ['get', 'label'], 'text-font': FONTS, 'text-size': 12, 'text-padding': 2 }, paint: { 'text-color': p.ink, 'text-halo-color': p.halo, 'text-halo-width': 1.6 } });
    // What is not in the workspace so far: hollow and dashed, over all that is.
    map.addLayer({ id: 'import-ground', type: 'fill', source: 'import', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': p.unit, 'fill-opacity': 0.2 } });
    map.addLayer({ id: 'import-line', type: 'line', source: 'import', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'line-color': p.unit, 'line-width': 3, 'line-dasharray': [2, 1.5] } });
    map.addLayer({ id: 'import-halo', type: 'circle', source: 'import', filter: ['==', ['geometry-type'], 'Point'], paint: { 'circle-radius': 8, 'circle-color': p.unit, 'circle-opacity': 0.001, 'circle-stroke-color': p.paper, 'circle-stroke-width': 4 } });
    map.addLayer({ id: 'import-point', type: 'circle', source: 'import', filter: ['==', ['geometry-type'], 'Point'], paint: { 'circle-radius': 7, 'circle-color': p.unit, 'circle-opacity': 0.001, 'circle-stroke-color': p.unit, 'circle-stroke-width': 2.5 } });
    map.addLayer({ id: 'area-ground', type: 'fill', source: 'area', paint: { 'fill-color': p.unit, 'fill-opacity': 0.1 } });
    map.addLayer({ id: 'area-line', type: 'line', source: 'area', paint: { 'line-color': p.unit, 'line-width': 2.5 } });
    map.addLayer({ id: 'trail-line', type: 'line', source: 'trail', paint: { 'line-color': p.unit, 'line-width': 2.5, 'line-dasharray': [2, 1] } });
    map.addLayer({ id: 'trail-point', type: 'circle', source: 'trail', filter: ['==', ['geometry-type'], 'Point'], paint: { 'circle-radius': 5, 'circle-color': p.paper, 'circle-stroke-color': p.unit, 'circle-stroke-width': 2 } });
  }

  listen() {
    const { map } = this;
    const canvas = map.getCanvas();
    map.on('moveend', () => {
      const { lng, lat } = map.getCenter();
      this.listeners.moved([lng, lat, map.getZoom()]);
    });
    map.on('error', (event) => {
      // What the network does to a tile the browser has said already.
      if (navigator.onLine && !/** @type {{status?: number}} */ (event.error).status) console.error(event.error);
    });
    map.on('click', (event) => {
      const at = /** @type {Point} */ ([event.lngLat.lng, event.lngLat.lat]);
      if (this.tool === 'look') this.pickAt(event.point);
      else if (this.tool === 'ring') this.ringPoint(at, event.point);
    });
    map.on('dblclick', (event) => {
      if (this.tool !== 'ring') return;
      event.preventDefault();
      // Its second click has set the last point twice.
      this.trail = this.trail.filter((point, i) => !i || point.join() !== this.trail[i - 1].join());
      this.finish();
    });
    map.on('mousedown', (event) => this.boxDown(event.lngLat));
    map.on('touchstart', (event) => event.points.length === 1 && this.boxDown(event.lngLat));
    for (const name of /** @type {const} */ (['mousemove', 'touchmove'])) map.on(name, (/** @type {any} */ event) => this.corner && this.showBox([event.lngLat.lng, event.lngLat.lat]));
    for (const name of /** @type {const} */ (['mouseup', 'touchend'])) map.on(name, (/** @type {any} */ event) => this.boxUp(event));
    map.on('mousemove', (event) => {
      if (this.tool === 'look') canvas.style.cursor = this.find(event.point, 8) ? 'pointer' : '';
    });
    canvas.addEventListener('keydown', (event) => this.key(event));
  }

  /** @param {string} label */
  describe(label) {
    this.map.getCanvas().setAttribute('aria-label', label);
  }

  /** @param {import('../map/palette.js').Look} look @param {import('../api.js').Workspace} workspace */
  setLook(look, workspace) {
    if (this.palette === PALETTES[look]) return;
    this.palette = PALETTES[look];
    const kept = ['kind-beats', 'spots', 'area', 'trail', 'import'].map((id) => /** @type {const} */ ([id, this.held.get(id)]));
    const chosen = this.chosen;
    const p = this.palette;
    const style = /** @type {import('maplibre-gl').StyleSpecification} */ ({ version: 8, sources: { boundary: { type: 'geojson', data: workspace.boundary ? { type: 'Feature', properties: {}, geometry: workspace.boundary } : NOTHING } }, layers: [borderLayer(p)] });
    // A style that is only changed into another one never says that it is loaded.
    this.map.setStyle(style, { diff: false });
    this.map.once('style.load', () => {
      this.complete(workspace);
      for (const [id, features] of kept) if (features) this.set(id, features);
      this.chooseBeats(chosen);
      const { shown } = this;
      this.query = '';
      if (shown) this.showIncidents(shown.query, shown.version);
    });
  }

  /** What each source of ours holds. @type {Map<string, any[]>} */
  held = new Map();
  /** @type {string[]} */
  chosen = [];

  /** @param {string} id @param {any[]} features */
  set(id, features) {
    this.held.set(id, features);
    const source = /** @type {import('maplibre-gl').GeoJSONSource|undefined} */ (this.map.getSource(id));
    source?.setData({ type: 'FeatureCollection', features });
  }

  /**
   * @param {string} query of the filter
   * @param {number} version of the data: new data have other tiles
   */
  showIncidents(query, version) {
    const wanted = `${query}${query ? '&' : ''}v=${version}`;
    if (wanted === this.query) return;
    this.query = wanted;
    this.shown = { query, version };
    const tiles = [`${location.origin}/tiles/incidents/{z}/{x}/{y}.mvt?${wanted}`];
    const known = /** @type {import('maplibre-gl').VectorTileSource|undefined} */ (this.map.getSource('incidents'));
    if (known) {
      known.setTiles(tiles);
      return;
    }
    this.map.addSource('incidents', { type: 'vector', tiles, minzoom: 8, maxzoom: 14 });
    for (const layer of incidentLayers(this.palette)) this.map.addLayer(layer, 'spots-ground');
    this.setCount(this.count);
  }

  /**
   * The more incidents, the smaller and thinner: all of the data may be shown at once, and
   * streets and density must show through.
   * @param {number} count
   */
  setCount(count) {
    this.count = count;
    if (!this.map.getLayer('incidents-symbol')) return;
    const crowd = Math.min(1, Math.max(0, Math.log10(Math.max(1, count) / 300) / 2));
    const many = /** @type {any} */ (['min', 5, ['sqrt', ['coalesce', ['get', 'count'], 1]]]);
    this.map.setPaintProperty('incidents-symbol', 'circle-radius', ['interpolate', ['linear'], ['zoom'], 10, ['*', 3 - 2.2 * crowd, many], 13, ['*', 4.5 - 1.9 * crowd, many], 16, ['*', 6, many]]);
    this.map.setPaintProperty('incidents-symbol', 'circle-opacity', ['interpolate', ['linear'], ['zoom'], 10, 0.7 - 0.4 * crowd, 14, 0.6]);
    this.map.setPaintProperty('incidents-symbol', 'circle-stroke-width', ['step', ['zoom'], 0.5 * (1 - crowd), 13, 0.5]);
  }

  /** @param {string[]} ids of beats */
  chooseBeats(ids) {
    this.chosen = ids;
    if (this.map.getLayer('beats-chosen')) this.map.setFilter('beats-chosen', ['in', ['get', 'id'], ['literal', ids]]);
  }

  /** @param {string} area */
  showArea(area) {
    this.set('area', area ? [{ type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [ringOf(area)] } }] : []);
  }

  /** @param {Point|null} at */
  ringAt(at) {
    this.ring?.remove();
    this.ring = null;
    if (!at) return;
    const element = document.createElement('div');
    element.className = 'ring';
    element.setAttribute('aria-hidden', 'true');
    this.ring = new Marker({ element }).setLngLat(at).addTo(this.map);
    for (const name of ['tabindex', 'role', 'aria-label']) element.removeAttribute(name);
  }

  /** Moves only where the place is out of sight. @param {Point} at */
  bringIntoView(at) {
    if (!this.map.getBounds().contains(at) || this.map.getZoom() < 11) this.map.jumpTo({ center: at, zoom: Math.max(13, this.map.getZoom()) });
  }

  /**
   * The first rows of a file. They are brought into view where none of them is.
   * @param {any[]} features
   */
  showImport(features) {
    this.set('import', features);
    const corners = features.flatMap((one) => cornersOf(one.geometry?.coordinates));
    const sight = this.map.getBounds();
    if (!corners.length || corners.some((at) => sight.contains(at))) return;
    const of = (/** @type {0|1} */ axis) => corners.map((at) => at[axis]);
    this.map.fitBounds([Math.min(...of(0)), Math.min(...of(1)), Math.max(...of(0)), Math.max(...of(1))], { padding: 48, animate: false, maxZoom: 15 });
  }

  /** @param {[number, number, number, number]} box */
  fit(box) {
    this.map.fitBounds(box, { padding: 24, animate: false });
  }

  /** The nearest incident within reach. @param {{x: number, y: number}} at @param {number} reach */
  find(at, reach) {
    if (!this.map.getLayer('incidents-symbol')) return null;
    const found = this.map.queryRenderedFeatures([[at.x - reach, at.y - reach], [at.x + reach, at.y + reach]], { layers: ['incidents-symbol'] });
    let best = /** @type {{feature: import('maplibre-gl').MapGeoJSONFeature, at: Point, away: number}|null} */ (null);
    for (const feature of found) {
      if (feature.geometry.type !== 'Point') continue;
      const [lng, lat] = feature.geometry.coordinates;
      const p = this.map.project([lng, lat]);
      const away = Math.hypot(p.x - at.x, p.y - at.y);
      if (!best || away < best.away) best = { feature, at: [lng, lat], away };
    }
    return best;
  }

  /** @param {{x: number, y: number}} at */
  pickAt(at) {
    const found = this.find(at, matchMedia('(pointer: coarse)').matches ? 22 : 12);
    this.listeners.pick(found ? { id: String(found.feature.properties.id), at: found.at, count: Number(found.feature.properties.count ?? 1) } : null);
  }

  /** @param {Tool} tool */
  setTool(tool) {
    this.tool = tool;
    this.forget();
    this.map.getCanvas().style.cursor = tool === 'look' ? '' : 'crosshair';
    const { map } = this;
    if (tool === 'look') map.doubleClickZoom.enable();
    else map.doubleClickZoom.disable();
    if (tool === 'box') {
      map.dragPan.disable();
      map.boxZoom.disable();
    } else {
      map.dragPan.enable();
      map.boxZoom.enable();
    }
  }

  forget() {
    this.trail = [];
    this.corner = null;
    this.showTrail();
  }

  /** @param {import('maplibre-gl').LngLat} at */
  boxDown(at) {
    if (this.tool !== 'box') return;
    this.corner = [at.lng, at.lat];
  }

  /** @param {any} event */
  boxUp(event) {
    if (!this.corner) return;
    const from = this.map.project(this.corner);
    const isDrag = Math.abs(from.x - event.point.x) > LEAST_PX && Math.abs(from.y - event.point.y) > LEAST_PX;
    const first = this.corner;
    this.corner = null;
    const at = /** @type {Point} */ ([event.lngLat.lng, event.lngLat.lat]);
    if (isDrag) this.tell(boxOf(first, at));
    // Two clicks make a box as well as a drag does.
    else if (this.trail.length) this.tell(boxOf(this.trail[0], at));
    else this.add(first);
  }

  /** @param {Point} at */
  showBox(at) {
    if (this.corner) this.set('trail', [{ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: ringOf(boxOf(this.corner, at) || [...at, ...at].join()) } }]);
  }

  /** @param {Point} at @param {{x: number, y: number}} point */
  ringPoint(at, point) {
    if (this.trail.length >= 3) {
      const first = this.map.project(this.trail[0]);
      if (Math.hypot(first.x - point.x, first.y - point.y) <= REACH_PX) return this.finish();
    }
    return this.add(at);
  }

  /** @param {Point} at */
  add(at) {
    this.trail = [...this.trail, at];
    this.showTrail();
  }

  showTrail() {
    /** @type {any[]} */
    const features = this.trail.map((coordinates) => ({ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates } }));
    if (this.trail.length > 1) features.push({ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: this.trail } });
    this.set('trail', features);
    this.listeners.trail(this.trail.length);
  }

  /** Sets a point at the cross-hair, or picks what is there. */
  point() {
    if (this.tool === 'note') return;
    const { lng, lat } = this.map.getCenter();
    const { clientWidth, clientHeight } = this.map.getCanvas();
    const middle = { x: clientWidth / 2, y: clientHeight / 2 };
    if (this.tool === 'look') this.pickAt(middle);
    else if (this.tool === 'ring') this.ringPoint([lng, lat], middle);
    else if (this.trail.length) this.tell(boxOf(this.trail[0], [lng, lat]));
    else this.add([lng, lat]);
  }

  takeBack() {
    this.trail = this.trail.slice(0, -1);
    this.showTrail();
  }

  finish() {
    if (this.tool === 'ring' && this.trail.length >= 3) this.tell(this.trail.map(round).join(','));
  }

  /** @param {string} area */
  tell(area) {
    this.forget();
    if (area) this.listeners.drawn(area);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter') this.point();
    else if (event.key === 'Backspace' && this.trail.length) this.takeBack();
    else if ((event.key === 'f' || event.key === 'F') && this.tool === 'ring') this.finish();
    else if (event.key === 'Escape' && this.trail.length) this.forget();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

/** About a decimetre. @param {Point} point */
const round = ([x, y]) => `${Number(x.toFixed(6))},${Number(y.toFixed(6))}`;

/** A box of two corners; empty where it has no width. @param {Point} a @param {Point} b */
function boxOf(a, b) {
  const [west, east] = [Math.min(a[0], b[0]), Math.max(a[0], b[0])];
  const [south, north] = [Math.min(a[1], b[1]), Math.max(a[1], b[1])];
  return east > west && north > south ? `${round([west, south])},${round([east, north])}` : '';
}

/** All positions of a geometry. @param {any} coordinates @returns {Point[]} */
function cornersOf(coordinates) {
  if (!Array.isArray(coordinates)) return [];
  return typeof coordinates[0] === 'number' ? [[coordinates[0], coordinates[1]]] : coordinates.flatMap(cornersOf);
}
