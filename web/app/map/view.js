/**
 * The map itself: makes it, keeps its layers in order, repaints it for day and night, and
 * turns clicks, touches and keys into "this thing was picked". It knows nothing of panels.
 * @module
 */
import { Map as GlMap, Marker, ScaleControl } from '../../vendor/maplibre/maplibre-gl.mjs';
import { groundLayers, labelLayers, streetLayers } from './basemap.js';
import { AREA_KINDS, POINT_KINDS, borderLayer, featureLayers, incidentLayers, outsideLayer, outsideOf } from './features.js';
import { Heatmap } from './heatmap.js';
import { installIcons } from './icons.js';
import { PALETTES } from './palette.js';
import { planFeatures, routeLayers } from './routes.js';

/**
 * @typedef {import('../state.js').Kind} Kind
 * @typedef {import('../state.js').Selection} Selection
 * @typedef {{x: number, y: number, kind: Kind|'cell'|'stop'|'incidents', properties: Record<string, any>}} Hover
 * @typedef {object} Listeners
 * @property {(selection: Selection|null) => void} pick
 * @property {(hover: Hover|null) => void} hover
 * @property {(view: [number, number, number]) => void} moved
 * @property {() => void} lost the service has forgotten the surface that is shown
 */

/** @type {GeoJSON.FeatureCollection} */
const NOTHING = { type: 'FeatureCollection', features: [] };

/** How long the ground waits for the first heatmap, which is drawn faster alone. */
const GROUND_WAITS_MS = 1000;

export class MapView {
  /**
   * @param {HTMLElement} container
   * @param {import('../api.js').Workspace} workspace
   * @param {import('../state.js').State} state
   * @param {import('./palette.js').Look} look
   * @param {string} label of the canvas, for screen readers
   * @param {Listeners} listeners
   */
  constructor(container, workspace, state, look, label, listeners) {
    this.workspace = workspace;
    this.listeners = listeners;
    this.palette = PALETTES[look];
    this.look = look;
    /** @type {import('../api.js').Plan|null} */
    this.plan = null;
    /** @type {Set<string>} kinds whose layers are in the map */
    this.present = new Set();
    /** @type {Marker|null} */
    this.ring = null;
    /** Kinds whose lines and names give way to a drawing of the same ground. @type {Set<string>} */
    this.quiet = new Set();
    /** Whether a pen has the map: clicks are its own. */
    this.held = false;
    /** Drawings of panels; none before the first. @type {import('./overlays.js').Overlays|null} */
    this.overlays = null;
    this.completed = () => {};
    const p = this.palette;
    this.map = new GlMap({
      container,
      style: {
        version: 8,
        sources: {
          boundary: { type: 'geojson', data: borderOf(workspace) },
        },
        layers: [borderLayer(p)],
      },
      ...(state.view
        ? { center: [state.view[0], state.view[1]], zoom: state.view[2] }
        : workspace.bbox
          ? { bounds: workspace.bbox, fitBoundsOptions: { padding: roomFor(container) } }
          : { center: [0, 20], zoom: 1 }),
      minZoom: 1, maxZoom: 19, attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false,
      fadeDuration: 120, localIdeographFontFamily: false, reduceMotion: matchMedia('(prefers-reduced-motion: reduce)').matches,
    });
    // Frames nobody needs to see cost a software renderer as much as the one that counts.
    this.map.getCanvas().style.visibility = 'hidden';
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    this.map.addControl(new ScaleControl({ unit: 'metric', maxWidth: 96 }), 'bottom-left');
    this.heatmap = new Heatmap(this.map, p);
    this.heatmap.onSeen = () => this.reveal();
    this.heatmap.onLost = () => listeners.lost();
    this.heatmap.opacity = state.opacity;
    this.heatmap.visible = state.shown.includes('risk');
    this.describe(label);
    this.listen();
    /** Resolves when the heatmap can be added. @type {Promise<void>} */
    this.ready = new Promise((resolve) => { this.map.once('style.load', () => resolve()); });
    /** Resolves when ground, streets and labels are there, and layers can be added. @type {Promise<void>} */
    this.whole = new Promise((resolve) => { this.completed = resolve; });
    this.ready.then(() => setTimeout(() => this.complete(), GROUND_WAITS_MS));
  }

  /**
   * Adds everything but heatmap and border, once. Each frame of a map costs by the layers
   * in it, so that the first one with the heatmap has no others.
   */
  complete() {
    const { map, palette: p } = this;
    if (map.getSource('base')) return;
    this.reveal();
    this.heatmap.complete();
    installIcons(map, p);
    map.addSource('base', { type: 'vector', tiles: [`${location.origin}/tiles/base/{z}/{x}/{y}.mvt`], minzoom: 6, maxzoom: 15 });
    map.addSource('outside', { type: 'geojson', data: outsideOf(this.workspace.boundary) });
    map.addSource('plan', { type: 'geojson', data: NOTHING });
    const lowest = this.heatmap.lowest ?? 'border';
    for (const layer of groundLayers(p)) map.addLayer(layer, lowest);
    for (const layer of [...streetLayers(p), outsideLayer(p)]) map.addLayer(layer, 'border');
    for (const layer of [...labelLayers(p), ...routeLayers(p)]) map.addLayer(layer);
    this.completed();
  }

  /** Shows the canvas, which is hidden until there is something to see. */
  reveal() {
    this.map.getCanvas().style.visibility = '';
  }

  /** @param {string} label */
  describe(label) {
    const canvas = this.map.getCanvas();
    canvas.setAttribute('aria-label', label);
    canvas.id = 'map-canvas';
  }

  listen() {
    const { map } = this;
    map.on('moveend', () => {
      const { lng, lat } = map.getCenter();
      this.listeners.moved([lng, lat, map.getZoom()]);
    });
    map.on('click', (event) => this.pickAt(event.point));
    map.getCanvas().addEventListener('keydown', (event) => {
      if (event.key !== 'Enter') return;
      const { clientWidth, clientHeight } = map.getCanvas();
      this.pickAt({ x: clientWidth / 2, y: clientHeight / 2 });
    });
    let waiting = false;
    map.on('mousemove', (event) => {
      if (waiting) return;
      waiting = true;
      // One look-up a frame is as fast as anybody can see.
      requestAnimationFrame(() => {
        waiting = false;
        this.hoverAt(event.point);
      });
    });
    map.on('error', (event) => {
      const { sourceId, error } = /** @type {{sourceId?: string, error: {status?: number}}} */ (/** @type {unknown} */ (event));
      // What the network does to a tile the browser has said already, with or without a status.
      if (!navigator.onLine) return;
      if (!error.status && !sourceId?.startsWith('risk-')) console.error(error);
    });
    map.on('mouseout', () => this.listeners.hover(null));
    map.on('dragstart', () => this.listeners.hover(null));
  }

  /** Layers of what can be picked, by weight. */
  pickable() {
    const { map } = this;
    const points = POINT_KINDS.map((kind) => `kind-${kind}-symbol`).filter((id) => map.getLayer(id));
    const areas = AREA_KINDS.map((kind) => `kind-${kind}-ground`).filter((id) => map.getLayer(id));
    const incidents = map.getLayer('incidents-symbol') ? ['incidents-symbol'] : [];
    return { stops: map.getLayer('route-stop') ? ['route-stop'] : [], points, incidents, areas };
  }

  /**
   * What lies nearest to a point of the screen: stops, then symbols, then incidents, then
   * the cell, then areas. The box makes every symbol a target of at least 24 px, 44 px for a finger.
   * @param {{x: number, y: number}} at
   * @param {number} reach half the target's width in pixels
   * @returns {import('maplibre-gl').MapGeoJSONFeature|null}
   */
  find(at, reach) {
    const { map } = this;
    /** @type {[[number, number], [number, number]]} */
    const box = [[at.x - reach, at.y - reach], [at.x + reach, at.y + reach]];
    const { stops, points, incidents, areas } = this.pickable();
    for (const layers of [stops, points, incidents]) {
      if (!layers.length) continue;
      const hits = map.queryRenderedFeatures(box, { layers }).filter((f) => f.geometry.type === 'Point');
      const nearest = hits
        .map((feature) => {
          const [lng, lat] = /** @type {GeoJSON.Point} */ (feature.geometry).coordinates;
          const p = map.project([lng, lat]);
          return { feature, away: Math.hypot(p.x - at.x, p.y - at.y) };
        })
        .sort((a, b) => a.away - b.away)[0];
      // A label is part of its symbol's layer, but far from its point it is not the target.
      // Incidents are small and many: only one truly under the pointer hides the cell.
      if (nearest && nearest.away <= (layers === incidents ? Math.min(reach, 12) : reach + 12)) return nearest.feature;
    }
    const under = [...this.heatmap.hitLayers, ...areas];
    if (!under.length) return null;
    const hits = map.queryRenderedFeatures([at.x, at.y], { layers: under });
    return hits.find((f) => f.source.startsWith('risk-')) ?? hits[0] ?? null;
  }

  /** @param {{x: number, y: number}} at */
  pickAt(at) {
    if (this.held) return;
    const feature = this.find(at, matchMedia('(pointer: coarse)').matches ? 22 : 12);
    if (!feature) return this.listeners.pick(null);
    const { lng, lat } = this.map.unproject([at.x, at.y]);
    const properties = feature.properties;
    if (feature.source === 'plan') {
      return this.listeners.pick({ kind: 'stop', route: properties.route, number: properties.number, at: pointOf(feature) ?? [lng, lat] });
    }
    if (feature.source.startsWith('risk-')) return this.listeners.pick({ kind: 'cell', id: properties.cell, at: [lng, lat] });
    if (feature.source === 'incidents') return this.listeners.pick({ kind: 'incidents', id: String(properties.id), when: String(properties.at), count: Number(properties.count ?? 1), at: pointOf(feature) ?? [lng, lat] });
    const kind = /** @type {Kind} */ (feature.source.slice('kind-'.length));
    return this.listeners.pick({ kind, id: String(properties.id), at: pointOf(feature) ?? [lng, lat] });
  }

  /** @param {{x: number, y: number}} at */
  hoverAt(at) {
    if (this.held) return;
    const feature = this.find(at, 8);
    this.map.getCanvas().style.cursor = feature ? 'pointer' : '';
    if (!feature) return this.listeners.hover(null);
    const kind = feature.source === 'plan' ? 'stop' : feature.source.startsWith('risk-') ? 'cell' : feature.source === 'incidents' ? 'incidents' : /** @type {Kind} */ (feature.source.slice('kind-'.length));
    return this.listeners.hover({ x: at.x, y: at.y, kind, properties: feature.properties });
  }

  /**
   * @param {Kind} kind
   * @param {GeoJSON.FeatureCollection} data
   */
  setKind(kind, data) {
    const source = `kind-${kind}`;
    const known = /** @type {import('maplibre-gl').GeoJSONSource|undefined} */ (this.map.getSource(source));
    if (known) {
      known.setData(data);
      return;
    }
    this.map.addSource(source, { type: 'geojson', data });
    for (const layer of featureLayers(kind, this.palette)) this.map.addLayer(layer, this.placeOf(kind));
    this.present.add(kind);
    this.setQuiet(kind, this.quiet.has(kind));
  }

  /**
   * Hides a kind's lines and names; it can still be picked.
   * @param {Kind} kind @param {boolean} on
   */
  setQuiet(kind, on) {
    if (on) this.quiet.add(kind);
    else this.quiet.delete(kind);
    for (const id of [`kind-${kind}-line`, `kind-${kind}-name`]) {
      if (this.map.getLayer(id)) this.map.setLayoutProperty(id, 'visibility', on ? 'none' : 'visible');
    }
  }

  /** @param {string} kind */
  removeKind(kind) {
    const source = kind === 'incidents' ? kind : `kind-${kind}`;
    for (const part of ['name', 'line', 'ground', 'symbol']) if (this.map.getLayer(`${source}-${part}`)) this.map.removeLayer(`${source}-${part}`);
    if (this.map.getSource(source)) this.map.removeSource(source);
    this.present.delete(kind);
  }

  /** @param {string} query of the tiles: period and categories */
  showIncidents(query) {
    const tiles = [`${location.origin}/tiles/incidents/{z}/{x}/{y}.mvt?${query}`];
    const known = /** @type {import('maplibre-gl').VectorTileSource|undefined} */ (this.map.getSource('incidents'));
    if (known) {
      if (known.tiles[0] !== tiles[0]) known.setTiles(tiles);
      return;
    }
    this.map.addSource('incidents', { type: 'vector', tiles, minzoom: 8, maxzoom: 14 });
    for (const layer of incidentLayers(this.palette)) this.map.addLayer(layer, this.placeOf('incidents'));
    this.present.add('incidents');
  }

  /**
   * The layer a kind goes under: areas under street names, symbols in their order under
   * the stops of routes.
   * @param {string} kind
   */
  placeOf(kind) {
    if (AREA_KINDS.some((k) => k === kind)) return 'street-name';
    if (kind === 'incidents') return POINT_KINDS.map((k) => `kind-${k}-symbol`).find((id) => this.map.getLayer(id)) ?? 'route-casing';
    const above = POINT_KINDS.slice(POINT_KINDS.findIndex((k) => k === kind) + 1).map((k) => `kind-${k}-symbol`);
    return above.find((id) => this.map.getLayer(id)) ?? 'route-stop';
  }

  /**
   * The workspace has changed: its tiles are asked for again (an ETag answers where they
   * have not), each replaced when its successor is there.
   * @param {import('../api.js').Workspace} workspace
   */
  refresh(workspace) {
    this.workspace = workspace;
    for (const name of ['base', 'incidents']) {
      const source = /** @type {import('maplibre-gl').VectorTileSource|undefined} */ (this.map.getSource(name));
      if (source) source.setTiles(source.tiles);
    }
    const border = /** @type {import('maplibre-gl').GeoJSONSource|undefined} */ (this.map.getSource('boundary'));
    border?.setData(borderOf(workspace));
    const outside = /** @type {import('maplibre-gl').GeoJSONSource|undefined} */ (this.map.getSource('outside'));
    outside?.setData(outsideOf(workspace.boundary));
  }

  /** @param {import('../api.js').Plan|null} plan */
  setPlan(plan) {
    this.plan = plan;
    const source = /** @type {import('maplibre-gl').GeoJSONSource|undefined} */ (this.map.getSource('plan'));
    source?.setData(planFeatures(plan, this.palette));
  }

  /** @param {Selection|null} selection */
  setSelection(selection) {
    this.heatmap.select(selection?.kind === 'cell' ? selection.id : null);
    this.ring?.remove();
    this.ring = null;
    if (!selection || selection.kind === 'cell' || AREA_KINDS.some((k) => k === selection.kind)) return;
    const element = document.createElement('div');
    element.className = 'ring';
    element.setAttribute('aria-hidden', 'true');
    this.ring = new Marker({ element }).setLngLat(selection.at).addTo(this.map);
    // The library makes markers reachable by keys; this one is only a drawing.
    element.removeAttribute('tabindex');
    element.removeAttribute('role');
    element.removeAttribute('aria-label');
  }

  /**
   * Moves only if the place is out of sight, because a person asked for it in a list.
   * @param {[number, number]} at
   * @param {number} [from] below this zoom it can't be made out
   */
  bringIntoView(at, from = 11) {
    const bounds = this.map.getBounds();
    if (bounds.contains(at) && this.map.getZoom() >= from) return;
    this.map.easeTo({ center: at, zoom: Math.max(13, this.map.getZoom()), duration: 300 });
  }

  /** @param {[number, number, number, number]} bbox */
  fit(bbox) {
    this.map.fitBounds(bbox, { padding: roomFor(this.map.getContainer()), duration: 300 });
  }

  /** Repaints every layer for day or night, without loading anything again. @param {import('./palette.js').Look} look */
  setLook(look) {
    if (look === this.look) return;
    this.look = look;
    this.palette = PALETTES[look];
    const p = this.palette;
    if (this.map.getSource('base')) installIcons(this.map, p);
    const layers = [...groundLayers(p), ...streetLayers(p), outsideLayer(p), borderLayer(p), ...labelLayers(p), ...routeLayers(p)];
    for (const kind of this.present) layers.push(...(kind === 'incidents' ? incidentLayers(p) : featureLayers(/** @type {Kind} */ (kind), p)));
    for (const layer of layers) {
      if (!this.map.getLayer(layer.id)) continue;
      for (const [name, value] of Object.entries(layer.paint ?? {})) this.map.setPaintProperty(layer.id, /** @type {any} */ (name), value);
    }
    this.heatmap.setPalette(p);
    this.overlays?.setPalette(p);
    this.setPlan(this.plan);
  }
}

/**
 * @param {import('maplibre-gl').MapGeoJSONFeature} feature
 * @returns {[number, number]|null}
 */
function pointOf(feature) {
  if (feature.geometry.type !== 'Point') return null;
  const [lon, lat] = feature.geometry.coordinates;
  return [lon, lat];
}

/**
 * Padding that keeps the district clear of the legend: beside it where there is width,
 * above it on a phone.
 * @param {HTMLElement} container
 */
function roomFor(container) {
  return container.clientWidth >= 720 ? { top: 24, bottom: 24, left: 56, right: 320 } : { top: 12, bottom: innerHeight <= 520 ? 188 : 156, left: 52, right: 12 };
}

/** @param {import('../api.js').Workspace} workspace @returns {GeoJSON.Feature|GeoJSON.FeatureCollection} */
function borderOf(workspace) {
  return workspace.boundary ? { type: 'Feature', properties: {}, geometry: workspace.boundary } : NOTHING;
}
