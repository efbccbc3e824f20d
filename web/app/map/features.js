/**
 * What stands and moves in the district, one source and one to three layers a kind.
 * @module
 */
import { FONTS } from './basemap.js';

/** @typedef {import('../state.js').Kind} Kind */

/** Kinds that are drawn as ground, not as a symbol; the last is on top. */
export const AREA_KINDS = /** @type {const} */ (['beats', 'zones', 'commercial_districts']);

/** Kinds drawn as a symbol, the most important last (on top). */
export const POINT_KINDS = /** @type {const} */ (['cameras', 'places', 'posts', 'stations', 'joint_duty_posts', 'pillars', 'units']);

/** From which zoom a name is written beside its symbol. */
const NAMES_FROM = { cameras: 15.5, places: 15, posts: 14, stations: 12, joint_duty_posts: 13, pillars: 14.5, units: 12.5 };
/** Far out, a crowd of symbols would cover the map: these come in later. */
const SYMBOLS_FROM = { cameras: 13.5, places: 13, posts: 11.5, stations: 0, joint_duty_posts: 0, pillars: 0, units: 0 };

/** @param {Kind} kind */
const isArea = (kind) => AREA_KINDS.some((k) => k === kind);

/**
 * @param {Kind} kind
 * @param {import('./palette.js').Palette} p
 * @returns {import('maplibre-gl').LayerSpecification[]}
 */
export function featureLayers(kind, p) {
  return isArea(kind) ? areaLayers(kind, p) : pointLayers(kind, p);
}

/**
 * @param {Kind} kind
 * @param {import('./palette.js').Palette} p
 * @returns {import('maplibre-gl').LayerSpecification[]}
 */
function areaLayers(kind, p) {
  const source = `kind-${kind}`;
  const color = kind === 'beats' ? p.beat : kind === 'zones' ? p.zone : p.commerce;
  const dash = kind === 'beats' ? [5, 2.5] : kind === 'zones' ? [8, 2, 1, 2] : [2, 2];
  return [
    // Invisible, so that a click inside finds the area.
    { id: `${source}-ground`, type: 'fill', source, paint: { 'fill-color': color, 'fill-opacity': kind === 'commercial_districts' ? 0.1 : 0 } },
    { id: `${source}-line`, type: 'line', source, paint: { 'line-color': color, 'line-width': kind === 'beats' ? ['interpolate', ['linear'], ['zoom'], 10, 0.5, 13, 1.2] : 1.5, 'line-opacity': kind === 'beats' ? ['interpolate', ['linear'], ['zoom'], 10, 0.5, 13, 1] : 1, 'line-dasharray': dash } },
    {
      id: `${source}-name`, type: 'symbol', source, minzoom: kind === 'beats' ? 12.2 : 11.5,
      layout: { 'text-field': ['get', 'name'], 'text-font': FONTS, 'text-size': 11, 'text-max-width': 8, 'text-padding': 8 },
      paint: { 'text-color': color, 'text-halo-color': p.halo, 'text-halo-width': 1.4 },
    },
  ];
}

/**
 * @param {Kind} kind
 * @param {import('./palette.js').Palette} p
 * @returns {import('maplibre-gl').LayerSpecification[]}
 */
function pointLayers(kind, p) {
  const known = /** @type {typeof POINT_KINDS[number]} */ (kind);
  /** @type {import('maplibre-gl').ExpressionSpecification|string} */
  let image = kind;
  if (kind === 'pillars') image = ['concat', 'pillars-', ['match', ['get', 'state'], ['pressed', 'answered', 'offline'], ['get', 'state'], 'online']];
  if (kind === 'places') image = ['concat', 'places-', ['match', ['get', 'tier'], ['green', 'yellow'], ['get', 'tier'], 'blue']];
  if (kind === 'units') image = ['match', ['get', 'status'], 'idle', 'units-idle', 'units-busy'];
  return [
    {
      id: `kind-${kind}-symbol`, type: 'symbol', source: `kind-${kind}`, minzoom: SYMBOLS_FROM[known],
      layout: {
        'icon-image': image, 'icon-allow-overlap': true, 'icon-ignore-placement': kind === 'cameras' || kind === 'places',
        // From afar the heatmap speaks; a click's reach stays 24 px whatever is drawn.
        'icon-size': ['interpolate', ['linear'], ['zoom'], 10, 0.36, 12, 0.66, 14, 1],
        'text-field': ['step', ['zoom'], '', NAMES_FROM[known], kind === 'units' ? ['get', 'call_sign'] : ['get', 'name']],
        'text-font': FONTS, 'text-size': 11, 'text-anchor': 'top', 'text-offset': [0, 1.05], 'text-optional': true, 'text-max-width': 9,
      },
      paint: { 'text-color': kind === 'pillars' ? p.pillar : kind === 'units' ? p.unit : p.label, 'text-halo-color': p.halo, 'text-halo-width': 1.5 },
    },
  ];
}

/**
 * Recent incidents, as points from tiles: a circle whose rim says the priority.
 * @param {import('./palette.js').Palette} p
 * @returns {import('maplibre-gl').LayerSpecification[]}
 */
export function incidentLayers(p) {
  /** @type {import('maplibre-gl').ExpressionSpecification} */
  const many = ['min', 4, ['sqrt', ['coalesce', ['get', 'count'], 1]]];
  return [
    {
      id: 'incidents-symbol', type: 'circle', source: 'incidents', 'source-layer': 'incidents',
      paint: {
        // A crowded tile has one point for many: its area grows with their number.
        'circle-radius': ['interpolate', ['linear'], ['zoom'], 10, ['*', 1.6, many], 13, ['*', 3, many], 16, ['*', 6, many]],
        'circle-color': p.incident, 'circle-opacity': 0.55,
        'circle-stroke-color': p.paper, 'circle-stroke-width': ['match', ['get', 'priority'], 1, 1.5, 0.5],
      },
    },
  ];
}

/**
 * The district's border.
 * @param {import('./palette.js').Palette} p
 * @returns {import('maplibre-gl').LayerSpecification}
 */
export const borderLayer = (p) => ({ id: 'border', type: 'line', source: 'boundary', paint: { 'line-color': p.border, 'line-width': ['interpolate', ['linear'], ['zoom'], 9, 1.2, 14, 2.4] } });

/**
 * A wash over what lies outside the district.
 * @param {import('./palette.js').Palette} p
 * @returns {import('maplibre-gl').LayerSpecification}
 */
export const outsideLayer = (p) => ({ id: 'outside', type: 'fill', source: 'outside', paint: { 'fill-color': p.outside } });

/**
 * The world with the district cut out of it.
 * @param {GeoJSON.Geometry|null} boundary
 * @returns {GeoJSON.FeatureCollection}
 */
export function outsideOf(boundary) {
  if (boundary?.type !== 'Polygon' && boundary?.type !== 'MultiPolygon') return { type: 'FeatureCollection', features: [] };
  const outer = boundary.type === 'Polygon' ? [boundary.coordinates[0]] : boundary.coordinates.map((polygon) => polygon[0]);
  const world = [[-180, -85], [180, -85], [180, 85], [-180, 85], [-180, -85]];
  return {
    type: 'FeatureCollection',
    features: [{ type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [world, ...outer] } }],
  };
}
