/**
 * The map of the desk: the page's own map with the board on it. Gathers changes and hands
 * them over at most four times a second, calls as differences. The camera moves only when
 * a person asks for it.
 * @module
 */
import { MapView } from '../map/view.js';
import { waiting } from './ages.js';
import { isOpen, nothingTouched } from './board.js';
import { CALLS, MARKS, UNITS, boardLayers, callFeature, markFeatures, symbolOfCall, unitFeatures } from './board_layers.js';
import { EdgeArrows } from './edge_arrows.js';
import { installSymbols } from './symbols.js';
import { UnitCanvas } from './unit_canvas.js';

/** The least time between two updates of the map. */
const FLUSH_MS = 250;
/** How often symbols and ages that time alone changes are looked at. */
const AGE_MS = 5000;
/** The closest the camera goes by itself when a person asks for a place. */
const NEAR_ZOOM = 15;
/** Room for the drawing of a call that has come just now. @type {GeoJSON.FeatureCollection} */
const NOTHING = { type: 'FeatureCollection', features: [] };

/** @typedef {import('./board.js').Board} Board */

export class BoardMap extends MapView {
  /**
   * @param {HTMLElement} container
   * @param {import('../api.js').Workspace} workspace
   * @param {import('../state.js').State} state
   * @param {import('../map/palette.js').Look} look
   * @param {string} label
   * @param {import('../map/view.js').Listeners} listeners
   * @param {Board} board
   * @param {import('./console.js').Console} desk
   */
  constructor(container, workspace, state, look, label, listeners, board, desk) {
    super(container, workspace, state, look, label, listeners);
    this.board = board;
    this.desk = desk;
    this.touched = nothingTouched();
    this.touched.all = true;
    this.flushedAt = 0;
    this.timer = 0;
    /** Symbols of calls in the map, by id. @type {Map<string, string>} */
    this.drawn = new Map();
    /** Where the camera was before it was sent somewhere. @type {{center: import('maplibre-gl').LngLat, zoom: number}[]} */
    this.views = [];
    this.marked = '';
    if (workspace.bbox) this.map.fitBounds(workspace.bbox, { padding: 24, animate: false });
    this.arrows = new EdgeArrows(this.map, container, board, desk);
    desk.camera = { go: (at) => this.go(at), back: () => this.back() };
    this.unwatch = [
      board.watch((touched) => this.note(touched)),
      desk.watch(() => this.schedule()),
    ];
    this.aging = window.setInterval(() => this.schedule(), AGE_MS);
    this.whole.then(() => this.begin());
  }

  begin() {
    const { map, palette } = this;
    installSymbols(map, palette);
    map.addSource(CALLS, { type: 'geojson', data: NOTHING, promoteId: 'id', maxzoom: 14 });
    map.addSource(MARKS, { type: 'geojson', data: NOTHING, maxzoom: 16 });
    for (const layer of boardLayers(palette)) map.addLayer(layer);
    this.units = new UnitCanvas(map, palette);
    this.begun = true;
    this.flush();
  }

  remove() {
    clearTimeout(this.timer);
    clearInterval(this.aging);
    for (const stop of this.unwatch) stop();
    this.arrows.remove();
    this.map.remove();
  }

  /** @param {import('./board.js').Touched} touched */
  note(touched) {
    this.touched.all ||= touched.all;
    this.touched.pillars ||= touched.pillars;
    this.touched.alarms ||= touched.alarms;
    for (const id of touched.calls) this.touched.calls.add(id);
    for (const id of touched.units) this.touched.units.add(id);
    this.schedule();
  }

  schedule() {
    if (this.timer || !this.begun) return;
    const wait = Math.max(0, FLUSH_MS - (performance.now() - this.flushedAt));
    this.timer = window.setTimeout(() => requestAnimationFrame(() => this.flush()), wait);
  }

  /** Hands over to the map whatever has changed since the last time. */
  flush() {
    this.timer = 0;
    this.flushedAt = performance.now();
    if (!this.begun) return;
    const { board, touched } = this;
    const now = board.now();
    const aged = this.flushedAt - (this.agedAt ?? -Infinity) >= AGE_MS;
    this.touched = nothingTouched();
    this.flushCalls(touched, now, aged);
    if (touched.all || touched.units.size || aged) this.units?.setData(unitFeatures(board, now));
    if (touched.all || touched.pillars || touched.alarms) this.setKind('pillars', this.pillarFeatures());
    const marks = markFeatures(board, this.desk.state);
    const text = JSON.stringify(marks);
    if (text !== this.marked) this.source(MARKS).setData(marks);
    this.marked = text;
    if (aged) this.agedAt = this.flushedAt;
    this.arrows.update();
  }

  /** @param {import('./board.js').Touched} touched @param {number} now @param {boolean} aged */
  flushCalls(touched, now, aged) {
    const { board } = this;
    if (touched.all) {
      const open = [...board.calls.values()].filter(isOpen);
      this.drawn = new Map(open.map((call) => [call.id, symbolOfCall(call, board, now)]));
      this.source(CALLS).setData({ type: 'FeatureCollection', features: open.map((call) => callFeature(call, board, now)) });
      return;
    }
    const ids = new Set(touched.calls);
    // A call that grows late has a symbol of its own; only those that wait can.
    if (aged) for (const [id, symbol] of this.drawn) if (symbol.startsWith('call-received') && !symbol.endsWith('late')) ids.add(id);
    /** @type {{add: GeoJSON.Feature[], remove: string[]}} */
    const diff = { add: [], remove: [] };
    for (const id of ids) {
      const call = board.calls.get(id);
      if (!call || !isOpen(call)) {
        if (this.drawn.delete(id)) diff.remove.push(id);
        continue;
      }
      const symbol = symbolOfCall(call, board, now);
      if (!touched.calls.has(id) && this.drawn.get(id) === symbol) continue;
      this.drawn.set(id, symbol);
      diff.add.push(callFeature(call, board, now));
    }
    if (diff.add.length || diff.remove.length) this.source(CALLS).updateData(diff);
  }

  /** @param {string} name @returns {import('maplibre-gl').GeoJSONSource} */
  source(name) {
    return /** @type {import('maplibre-gl').GeoJSONSource} */ (this.map.getSource(name));
  }

  /** @returns {GeoJSON.FeatureCollection} */
  pillarFeatures() {
    const alarms = new Map(this.board.openAlarms().map((alarm) => [alarm.pillar, alarm]));
    return {
      type: 'FeatureCollection',
      features: [...this.board.pillars.values()].map((pillar) => {
        const alarm = alarms.get(pillar.id);
        const state = alarm ? (alarm.answered_at ? 'answered' : 'pressed') : pillar.online ? 'online' : 'offline';
        return { type: 'Feature', properties: { id: pillar.id, name: pillar.name, state }, geometry: { type: 'Point', coordinates: pillar.position } };
      }),
    };
  }

  /** Units and calls first, then what the map finds by itself. @param {{x: number, y: number}} at @param {number} reach */
  find(at, reach) {
    const unit = this.units?.find(at, reach + 4);
    // Looks like what the map finds, as far as anybody asks.
    if (unit) return /** @type {any} */ ({ source: UNITS, properties: unit.properties, geometry: unit.geometry });
    if (this.map.getLayer(`${CALLS}-symbol`)) {
      const hits = this.map.queryRenderedFeatures([[at.x - reach, at.y - reach], [at.x + reach, at.y + reach]], { layers: [`${CALLS}-symbol`] });
      const nearest = hits.map((feature) => {
        const [lng, lat] = /** @type {GeoJSON.Point} */ (feature.geometry).coordinates;
        const p = this.map.project([lng, lat]);
        return { feature, away: Math.hypot(p.x - at.x, p.y - at.y) };
      }).sort((a, b) => a.away - b.away)[0];
      if (nearest && nearest.away <= reach + 12) return nearest.feature;
    }
    return super.find(at, reach);
  }

  /** @param {{x: number, y: number}} at */
  pickAt(at) {
    const feature = this.find(at, matchMedia('(pointer: coarse)').matches ? 22 : 12);
    const kind = feature?.source === UNITS ? 'unit' : feature?.source === CALLS ? 'call' : feature?.source === 'kind-pillars' ? 'pillar' : null;
    if (feature && kind) this.desk.select({ kind, id: String(feature.properties.id) });
  }

  /** @param {{x: number, y: number}} at */
  hoverAt(at) {
    const feature = this.find(at, 8);
    this.map.getCanvas().style.cursor = feature && (feature.source.startsWith('board-') || feature.source === 'kind-pillars') ? 'pointer' : '';
    if (!feature) return this.listeners.hover(null);
    this.listeners.hover({ x: at.x, y: at.y, kind: /** @type {any} */ (feature.source.startsWith('risk-') ? 'cell' : feature.source), properties: feature.properties });
  }

  /** Goes to a place, because a person asked for it. @param {import('./board.js').Place} at */
  go(at) {
    this.views.push({ center: this.map.getCenter(), zoom: this.map.getZoom() });
    this.map.easeTo({ center: at, zoom: Math.max(NEAR_ZOOM, this.map.getZoom()), duration: 250 });
  }

  /** Goes back to where it was before. */
  back() {
    const view = this.views.pop();
    if (view) this.map.easeTo({ ...view, duration: 250 });
  }

  /** How many open calls are late: for those who can't see the map. @param {number} now */
  late(now) {
    return [...this.board.calls.values()].filter((call) => isOpen(call) && waiting(call, this.board, now).level === 'late').length;
  }

  /** @param {import('../map/palette.js').Look} look */
  setLook(look) {
    if (look === this.look) return;
    super.setLook(look);
    if (!this.begun) return;
    installSymbols(this.map, this.palette);
    this.units?.setPalette(this.palette);
    for (const layer of boardLayers(this.palette)) {
      for (const [name, value] of Object.entries(layer.paint ?? {})) this.map.setPaintProperty(layer.id, /** @type {any} */ (name), value);
    }
  }
}
