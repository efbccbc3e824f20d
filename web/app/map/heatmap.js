/**
 * The risk surface as hexagons. Two slots: a new surface is loaded unseen in the free one
 * and shown when its tiles are there, so that the old one stays until then and nothing
 * flashes. Each surface has its own tile URL (its id), so no cache can mix two.
 * @module
 */
import { addProtocol } from '../../vendor/maplibre/maplibre-gl.mjs';

/** Over the ground and under streets and labels; the border where there are no streets yet. */
const BELOW = ['railway', 'border'];
const FADE_MS = 180;
/** The map takes a 404 for an empty tile and says nothing; tiles of this scheme are fetched here, where it is seen. */
const SCHEME = 'frontbeat-risk';
/** How many heatmaps there were: two maps side by side each hear of their own tiles only. */
let made = 0;

/**
 * @param {import('./palette.js').Palette} p
 * @param {import('maplibre-gl').ExpressionSpecification} n class
 * @returns {import('maplibre-gl').ExpressionSpecification}
 */
const classColor = (p, n) => ['match', n, 1, p.ramp[0], 2, p.ramp[1], 3, p.ramp[2], 4, p.ramp[3], 5, p.ramp[4], 'rgba(0,0,0,0)'];

/**
 * Densities at which the classes of a surface begin, the coolest first; those that have no
 * cell are left out.
 * @param {import('../api.js').Risk} risk
 * @returns {[number, number][]} density, class
 */
export function breaksOf(risk) {
  /** @type {[number, number][]} */
  const breaks = [];
  for (const { class: n, min_per_km2: from } of [...risk.classes].sort((a, b) => a.class - b.class)) {
    if (from !== null && from > (breaks.at(-1)?.[0] ?? 0)) breaks.push([from, n]);
  }
  return breaks;
}

/**
 * The class of a hexagon: its own, or that of its density by another surface's breaks.
 * @param {[number, number][]|null} breaks
 * @returns {import('maplibre-gl').ExpressionSpecification}
 */
const classBy = (breaks) => (breaks?.length ? ['step', ['get', 'per_km2'], 0, ...breaks.flat()] : ['get', 'class']);

/**
 * The classes' colours with their opacities inside. The layer's own opacity is then one
 * number for all: to change it costs a frame, where one by class would have every tile
 * laid out again.
 * @param {import('./palette.js').Palette} p
 * @param {number} opacity
 * @param {import('maplibre-gl').ExpressionSpecification} n class
 * @returns {import('maplibre-gl').ExpressionSpecification}
 */
const fillColor = (p, opacity, n) => {
  const colors = p.ramp.map((color, i) => rgba(color, classOpacity(p, i + 1, opacity)));
  return ['match', n, 1, colors[0], 2, colors[1], 3, colors[2], 4, colors[3], 5, colors[4], 'rgba(0,0,0,0)'];
};

/** @param {string} hex like #1b2c3d @param {number} alpha 0 to 1 */
const rgba = (hex, alpha) => `rgba(${[1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)).join(',')},${alpha.toFixed(3)})`;

/** The service has forgotten the surface whose tiles were asked for. */
export class SurfaceLost extends Error {}

/**
 * How opaque a class is at the opacity chosen: the hotter, the less the ground may mix in,
 * or the top classes would turn to khaki by night and to a pale brown by day.
 * @param {import('./palette.js').Palette} p
 * @param {number} n class, 1 to 5
 * @param {number} opacity 0 to 1
 */
export const classOpacity = (p, n, opacity) => Math.min(1, opacity * p.weight[n - 1]);

export class Heatmap {
  /**
   * @param {import('maplibre-gl').Map} map
   * @param {import('./palette.js').Palette} palette
   */
  constructor(map, palette) {
    this.map = map;
    this.palette = palette;
    this.opacity = 0.7;
    this.visible = true;
    /** Whether only what the first frame needs is drawn. */
    this.lean = true;
    /** @type {string|null} name of the source that is seen */
    this.seen = null;
    /** @type {string|null} name of the source that is loading */
    this.coming = null;
    this.count = 0;
    /** Class of a hexagon, by the name of its source. @type {Map<string, import('maplibre-gl').ExpressionSpecification>} */
    this.classes = new Map();
    /** @type {() => void} */
    this.stopWaiting = () => {};
    /** @type {(problem: SurfaceLost) => void} */
    this.fail = () => {};
    /** Called when a surface is about to be seen. @type {() => void} */
    this.onSeen = () => {};
    /** Called when a tile of the surface that is seen is gone. @type {() => void} */
    this.onLost = () => {};
    this.scheme = `${SCHEME}-${++made}`;
    addProtocol(this.scheme, (request, abort) => this.load(request.url, abort.signal));
  }

  /** Layers a click or a pointer can find a cell in. */
  get hitLayers() {
    return this.visible && this.seen && this.map.getLayer(`${this.seen}-hit`) ? [`${this.seen}-hit`] : [];
  }

  /** The lowest layer of the heatmap in the map, if there is one: the ground goes under it. */
  get lowest() {
    return [this.seen, this.coming].map((name) => `${name}-hit`).find((id) => this.map.getLayer(id));
  }

  /**
   * Shows a surface as soon as its tiles for the present view are drawn.
   * @param {import('../api.js').Risk} risk
   * @param {[number, number][]|null} [breaks] of another surface, whose colours it shall have
   * @returns {Promise<void>} resolves when it is seen, never where another one overtakes it;
   *   rejects with {@link SurfaceLost} where its tiles are gone
   */
  show(risk, breaks = null) {
    // First: what is taken away tells so, and nobody waits for it any more.
    this.stopWaiting();
    this.drop(this.coming);
    const name = `risk-${++this.count}`;
    this.coming = name;
    this.classes.set(name, classBy(breaks));
    this.map.addSource(name, { type: 'vector', tiles: [`${this.scheme}://${name}${risk.tiles}`], minzoom: 6, maxzoom: 14 });
    const below = BELOW.find((id) => this.map.getLayer(id));
    for (const layer of this.layers(name)) if (!this.lean || layer.id !== `${name}-edge`) this.map.addLayer(layer, below);
    return new Promise((seen, fail) => {
      this.fail = fail;
      const look = () => {
        if (!this.map.isSourceLoaded(name)) return;
        this.stopWaiting();
        this.swap(name);
        this.onSeen();
        // The frame after is when this one is on the screen.
        this.map.once('render', () => requestAnimationFrame(() => seen()));
        this.map.triggerRepaint();
      };
      this.map.on('sourcedata', look);
      this.map.on('idle', look);
      this.stopWaiting = () => {
        this.map.off('sourcedata', look);
        this.map.off('idle', look);
      };
    });
  }

  /** Adds what the first frame went without: seams between hexagons are its only loss. */
  complete() {
    if (!this.lean) return;
    this.lean = false;
    const name = this.seen ?? this.coming;
    if (!name || !this.map.getSource(name)) return;
    for (const layer of this.layers(name)) if (layer.id === `${name}-edge`) this.map.addLayer(layer, `${name}-top`);
    this.applyOpacity();
  }

  /**
   * @param {string} url of a tile: scheme, source, path
   * @param {AbortSignal} signal
   * @returns {Promise<{data: ArrayBuffer}>}
   */
  async load(url, signal) {
    const { hostname: name, pathname } = new URL(url.replace(`${this.scheme}:`, 'http:'));
    const answer = await fetch(pathname, { signal });
    if (answer.status === 404) {
      this.lose(name);
      return { data: new ArrayBuffer(0) };
    }
    if (!answer.ok) throw new Error(`${answer.status}: ${pathname}`);
    return { data: await answer.arrayBuffer() };
  }

  /**
   * The service keeps the surfaces asked for last; this one is no longer among them.
   * @param {string} name of the source whose tile is gone
   */
  lose(name) {
    if (name === this.seen) this.onLost();
    if (name !== this.coming) return;
    this.coming = null;
    this.stopWaiting();
    this.drop(name);
    this.fail(new SurfaceLost());
  }

  /** @param {string} name */
  swap(name) {
    const old = this.seen;
    this.seen = name;
    this.coming = null;
    this.applyOpacity();
    if (!old) return;
    for (const part of ['fill', 'edge', 'top']) this.paint(`${old}-${part}`, part === 'fill' ? 'fill-opacity' : 'line-opacity', 0);
    setTimeout(() => this.drop(old), FADE_MS + 60);
  }

  /** @param {string|null} name */
  drop(name) {
    if (!name || !this.map.getSource(name)) return;
    for (const part of ['selected', 'top', 'edge', 'fill', 'hit']) if (this.map.getLayer(`${name}-${part}`)) this.map.removeLayer(`${name}-${part}`);
    this.map.removeSource(name);
    this.classes.delete(name);
  }

  /** @param {number} opacity 0 to 1 */
  setOpacity(opacity) {
    this.opacity = opacity;
    this.applyOpacity();
  }

  /** @param {boolean} visible */
  setVisible(visible) {
    this.visible = visible;
    this.applyOpacity();
  }

  /** @param {string|null} cell */
  select(cell) {
    this.selected = cell;
    if (this.seen && this.map.getLayer(`${this.seen}-selected`)) this.map.setFilter(`${this.seen}-selected`, ['==', ['get', 'cell'], cell ?? '']);
  }

  /** @param {import('./palette.js').Palette} palette */
  setPalette(palette) {
    this.palette = palette;
    for (const name of [this.seen, this.coming]) {
      if (!name) continue;
      this.map.setPaintProperty(`${name}-fill`, 'fill-color', fillColor(palette, this.opacity, this.classOf(name)));
      this.paint(`${name}-edge`, 'line-color', classColor(palette, this.classOf(name)));
      this.map.setPaintProperty(`${name}-top`, 'line-color', palette.ink);
      this.map.setPaintProperty(`${name}-selected`, 'line-color', palette.ink);
    }
    this.applyOpacity();
  }

  /**
   * Sets a property of a layer that may not be there yet.
   * @param {string} layer @param {'line-color'|'line-opacity'|'fill-opacity'} name
   * @param {import('maplibre-gl').ExpressionSpecification|number} value
   */
  paint(layer, name, value) {
    if (this.map.getLayer(layer)) this.map.setPaintProperty(layer, name, value);
  }

  /** @param {string} name of a source */
  classOf(name) {
    return this.classes.get(name) ?? classBy(null);
  }

  get edgeOpacity() {
    return Math.min(1, this.opacity + 0.2);
  }

  applyOpacity() {
    if (!this.seen) return;
    const on = this.visible ? 1 : 0;
    this.map.setPaintProperty(`${this.seen}-fill`, 'fill-color', fillColor(this.palette, this.opacity, this.classOf(this.seen)));
    this.map.setPaintProperty(`${this.seen}-fill`, 'fill-opacity', on);
    this.paint(`${this.seen}-edge`, 'line-opacity', on * this.edgeOpacity);
    this.map.setPaintProperty(`${this.seen}-top`, 'line-opacity', on);
    this.select(this.selected ?? null);
  }

  /**
   * @param {string} source
   * @returns {import('maplibre-gl').LayerSpecification[]}
   */
  layers(source) {
    // The first surface is drawn as it comes: there is no old one to fade from.
    const first = !this.seen;
    const transition = { duration: first || matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : FADE_MS, delay: 0 };
    const on = first && this.visible ? 1 : 0;
    const shared = { source, 'source-layer': 'risk' };
    const p = this.palette;
    const n = this.classOf(source);
    return [
      // Cells outside the hottest tenth are not coloured, but answer when asked.
      { id: `${source}-hit`, type: 'fill', ...shared, paint: { 'fill-color': '#000', 'fill-opacity': 0 } },
      {
        id: `${source}-fill`, type: 'fill', ...shared, filter: ['>', n, 0],
        paint: { 'fill-color': fillColor(p, this.opacity, n), 'fill-opacity': on, 'fill-opacity-transition': transition, 'fill-antialias': false },
      },
      {
        id: `${source}-edge`, type: 'line', ...shared, filter: ['>', n, 0],
        paint: { 'line-color': classColor(p, n), 'line-width': 0.6, 'line-opacity': on * this.edgeOpacity, 'line-opacity-transition': transition },
      },
      {
        id: `${source}-top`, type: 'line', ...shared, filter: ['==', n, 5],
        paint: { 'line-color': p.ink, 'line-width': ['interpolate', ['linear'], ['zoom'], 10, 0.8, 14, 1.6], 'line-opacity': on, 'line-opacity-transition': transition },
      },
      {
        id: `${source}-selected`, type: 'line', ...shared, filter: ['==', ['get', 'cell'], this.selected ?? ''],
        paint: { 'line-color': p.ink, 'line-width': 3 },
      },
    ];
  }
}
