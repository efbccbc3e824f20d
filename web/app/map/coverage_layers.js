/**
 * Coverage on the map: what is reached by road in 1, 3 and 5 minutes (nested, so that the
 * nearest is darkest; each rim with its own dash and its minutes written on it), hexagons
 * where nobody comes in time (hatched), moves as arrows, sites as numbered squares.
 * @module
 */
import { FONTS } from './basemap.js';
import { canvasImage } from './icons.js';
import { UNDER_NAMES } from './overlays.js';

/** Rims of the rings from the widest in, as the legend draws them too. */
export const RIMS = /** @type {const} */ ([[1, 2], [5, 2.5], null]);

/** @typedef {import('./palette.js').Palette} Palette */
/** @typedef {import('maplibre-gl').LayerSpecification} Layer */

/** How opaque the rings are from the widest in; they lie over each other. */
const RING_OPACITIES = [0.13, 0.2, 0.36];

/** @param {number} fromWidest */
const opacityOf = (fromWidest) => RING_OPACITIES[Math.min(fromWidest, RING_OPACITIES.length - 1)];

/** What is seen of a ring and the wider ones under it. @param {number} fromWidest */
export const tintOf = (fromWidest) => 1 - Array.from({ length: fromWidest + 1 }, (_, i) => 1 - opacityOf(i)).reduce((a, b) => a * b, 1);

/** The drawing of a ring, from the widest (0). @param {number} fromWidest */
export const rimOf = (fromWidest) => RIMS[Math.min(fromWidest, RIMS.length - 1)];

/**
 * @param {GeoJSON.FeatureCollection} data
 * @param {'units'|'posts'} sources
 * @param {number[]} minutes ascending
 * @param {(minutes: number) => string} label
 * @returns {import('./overlays.js').Drawing}
 */
export function reachDrawing(data, sources, minutes, label) {
  const of = (/** @type {number} */ m) => /** @type {any} */ (['all', ['==', ['get', 'kind'], 'isochrone'], ['==', ['get', 'sources'], sources], ['==', ['get', 'minutes'], m]]);
  const widest = [...minutes].reverse();
  return {
    data,
    below: UNDER_NAMES,
    layers: (p) => [
      ...widest.map((m, i) => /** @type {Layer} */ ({ id: `cover-reach-${i}`, type: 'fill', source: 'cover', filter: of(m), paint: { 'fill-color': p.unit, 'fill-opacity': opacityOf(i) } })),
      ...widest.map((m, i) => /** @type {Layer} */ ({
        id: `cover-rim-${i}`, type: 'line', source: 'cover', filter: of(m),
        paint: { 'line-color': p.unit, 'line-width': ['interpolate', ['linear'], ['zoom'], 11, 0.4, 14, 1.6], 'line-opacity': ['interpolate', ['linear'], ['zoom'], 11, 0.25, 13, 0.85], ...(rimOf(i) ? { 'line-dasharray': [...(rimOf(i) ?? [])] } : {}) },
      })),
      ...widest.map((m, i) => /** @type {Layer} */ ({
        id: `cover-minutes-${i}`, type: 'symbol', source: 'cover', filter: of(m), minzoom: 12.5,
        layout: { 'symbol-placement': 'line', 'symbol-spacing': 360, 'text-field': label(m), 'text-font': FONTS, 'text-size': 11, 'text-padding': 12 },
        paint: { 'text-color': p.unit, 'text-halo-color': p.halo, 'text-halo-width': 1.6 },
      })),
    ],
  };
}

/**
 * Hexagons with calls that nobody reaches within so many minutes.
 * @param {GeoJSON.FeatureCollection} data
 * @param {number} minutes
 * @returns {import('./overlays.js').Drawing}
 */
export function gapDrawing(data, minutes) {
  const filter = /** @type {any} */ (['all', ['==', ['get', 'kind'], 'gap'], ['>=', ['get', 'beyond_minutes'], minutes]]);
  return {
    data,
    below: UNDER_NAMES,
    images: (map, p) => canvasImage(map, 'cover-hatch', hatch(p)),
    layers: (p) => [
      { id: 'cover-gap', type: 'fill', source: 'cover', filter, paint: { 'fill-pattern': 'cover-hatch', 'fill-opacity': 0.95 } },
      { id: 'cover-gap-edge', type: 'line', source: 'cover', filter, minzoom: 12, paint: { 'line-color': p.gap, 'line-width': 0.6, 'line-opacity': 0.6 } },
    ],
  };
}

/**
 * Posts answer calls too: their symbols come with the coverage, over the streets' names.
 * @param {GeoJSON.FeatureCollection} data
 * @returns {import('./overlays.js').Drawing}
 */
export const postDrawing = ({ features }) => ({
  data: { type: 'FeatureCollection', features: features.filter((f) => f.properties?.kind === 'post') },
  below: 'route-stop',
  layers: (p) => [{
    id: 'cover-post', type: 'symbol', source: 'cover-posts',
    layout: { 'icon-image': 'posts', 'icon-size': ['interpolate', ['linear'], ['zoom'], 10, 0.5, 14, 1], 'icon-allow-overlap': true, 'text-field': ['step', ['zoom'], '', 14, ['get', 'name']], 'text-font': FONTS, 'text-size': 11, 'text-anchor': 'top', 'text-offset': [0, 1.05], 'text-optional': true },
    paint: { 'text-color': p.label, 'text-halo-color': p.halo, 'text-halo-width': 1.5 },
  }],
});

/** The gap's hatching, also for the legend. @param {Palette} p @returns {import('./icons.js').Draw} */
export const hatch = (p) => (c) => {
  c.strokeStyle = p.gap;
  c.lineWidth = 1.4;
  // 28 px hold four periods of 7 px: the tile joins without a seam.
  for (let x = -28; x <= 56; x += 7) {
    c.beginPath();
    c.moveTo(x, 28);
    c.lineTo(x + 28, 0);
    c.stroke();
  }
};

/**
 * Where idle units should stand: an arrow for each move.
 * @param {import('../coverage_api.js').MapOf<import('../coverage_api.js').Stand>} map
 * @returns {GeoJSON.FeatureCollection}
 */
export function moveFeatures({ features, report }) {
  /** @type {GeoJSON.Feature[]} */
  const arrows = [];
  for (const move of report.moves) {
    const from = features.find((f) => f.id === `unit-${move.id}` || f.properties?.id === `unit-${move.id}`)?.geometry;
    if (from?.type !== 'Point') continue;
    const [start, end] = [/** @type {[number, number]} */ (from.coordinates), /** @type {[number, number]} */ ([move.lon, move.lat])];
    arrows.push(
      { type: 'Feature', properties: { part: 'way' }, geometry: { type: 'LineString', coordinates: [start, end] } },
      { type: 'Feature', properties: { part: 'head', text: move.name, bearing: bearing(start, end) }, geometry: { type: 'Point', coordinates: end } },
    );
  }
  return { type: 'FeatureCollection', features: arrows };
}

/** Degrees from north, clockwise. @param {[number, number]} a @param {[number, number]} b */
function bearing(a, b) {
  const east = (b[0] - a[0]) * Math.cos((a[1] * Math.PI) / 180);
  return (Math.atan2(east, b[1] - a[1]) * 180) / Math.PI;
}

/** @param {GeoJSON.FeatureCollection} data @returns {import('./overlays.js').Drawing} */
export const moveDrawing = (data) => ({
  data,
  images: (map, p) => canvasImage(map, 'move-head', arrowHead(p)),
  layers: (p) => [
    { id: 'moves-casing', type: 'line', source: 'moves', filter: ['==', ['get', 'part'], 'way'], paint: { 'line-color': p.paper, 'line-width': 6, 'line-opacity': 0.9 } },
    { id: 'moves-way', type: 'line', source: 'moves', filter: ['==', ['get', 'part'], 'way'], paint: { 'line-color': p.ink, 'line-width': 2.4, 'line-dasharray': [3, 1.5] } },
    {
      id: 'moves-head', type: 'symbol', source: 'moves', filter: ['==', ['get', 'part'], 'head'],
      layout: { 'icon-image': 'move-head', 'icon-rotate': ['get', 'bearing'], 'icon-rotation-alignment': 'map', 'icon-allow-overlap': true },
    },
    {
      id: 'moves-name', type: 'symbol', source: 'moves', filter: ['==', ['get', 'part'], 'head'],
      layout: { 'text-field': ['get', 'text'], 'text-font': FONTS, 'text-size': 12, 'text-variable-anchor': ['left', 'right', 'top', 'bottom'], 'text-radial-offset': 1.3, 'text-allow-overlap': true },
      paint: { 'text-color': p.ink, 'text-halo-color': p.halo, 'text-halo-width': 2 },
    },
  ],
});

/** @param {Palette} p @returns {import('./icons.js').Draw} */
const arrowHead = (p) => (c) => {
  c.beginPath();
  c.moveTo(14, 4);
  c.lineTo(22, 23);
  c.lineTo(14, 19);
  c.lineTo(6, 23);
  c.closePath();
  c.lineJoin = 'round';
  c.lineWidth = 4;
  c.strokeStyle = p.paper;
  c.stroke();
  c.fillStyle = p.ink;
  c.fill();
};

/** @param {GeoJSON.FeatureCollection} data @returns {import('./overlays.js').Drawing} */
export const siteDrawing = (data) => ({
  data,
  images: (map, p) => canvasImage(map, 'site', siteSquare(p)),
  layers: (p) => [{
    id: 'sites-square', type: 'symbol', source: 'sites', filter: ['==', ['get', 'kind'], 'site'],
    layout: {
      'icon-image': 'site', 'icon-allow-overlap': true, 'symbol-sort-key': ['get', 'number'],
      'text-field': ['to-string', ['get', 'number']], 'text-font': FONTS, 'text-size': 13, 'text-allow-overlap': true,
    },
    paint: { 'text-color': p.paper },
  }],
});

/** @param {Palette} p @returns {import('./icons.js').Draw} */
const siteSquare = (p) => (c) => {
  c.lineWidth = 2;
  c.strokeStyle = p.paper;
  c.fillStyle = p.police;
  c.fillRect(4, 4, 20, 20);
  c.strokeRect(4, 4, 20, 20);
};
