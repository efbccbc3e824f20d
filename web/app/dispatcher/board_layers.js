/**
 * The board as features and layers of the map. Open calls and units, one source each; a
 * third for what is marked: selection, lines to the units sent, a pair that may be one event.
 * @module
 */
import { FONTS } from '../map/basemap.js';
import { positionAge, waiting } from './ages.js';
import { isOpen } from './board.js';
import { callSymbol, unitSymbol } from './symbols.js';
import { age } from './words.js';

/** @typedef {import('./board.js').Board} Board */

export const CALLS = 'board-calls';
export const UNITS = 'board-units';
export const MARKS = 'board-marks';

/** @param {import('./board.js').Place} at @param {Record<string, unknown>} properties @returns {GeoJSON.Feature} */
const point = (at, properties) => ({ type: 'Feature', properties, geometry: { type: 'Point', coordinates: at } });

/** @param {import('./board.js').Place[]} line @param {Record<string, unknown>} properties @returns {GeoJSON.Feature} */
const line = (line, properties) => ({ type: 'Feature', properties, geometry: { type: 'LineString', coordinates: line } });

/** The symbol of a call now. @param {import('./board.js').Call} call @param {Board} board @param {number} now */
export const symbolOfCall = (call, board, now) => callSymbol(call.state, call.priority, waiting(call, board, now).level);

/** @param {import('./board.js').Call} call @param {Board} board @param {number} now @returns {GeoJSON.Feature} */
export const callFeature = (call, board, now) => ({ ...point(call.position, { id: call.id, name: call.name, symbol: symbolOfCall(call, board, now), sort: call.state === 'received' ? 3 - call.priority : -1 }), id: call.id });

/** Units that are on duty. @param {Board} board @param {number} now @returns {GeoJSON.FeatureCollection} */
export function unitFeatures(board, now) {
  const features = [];
  for (const unit of board.units.values()) {
    if (unit.status === 'off_duty') continue;
    const { trust, age: old } = positionAge(unit, board, now);
    const turned = unit.status === 'idle' || unit.status === 'dispatched' || unit.status === 'on_scene';
    const aged = trust === 'aged' || trust === 'old';
    features.push(point(unit.position, {
      id: unit.id, symbol: unitSymbol(unit.status, trust === 'old'), turn: turned ? unit.heading_deg ?? 0 : 0, aged,
      text: aged ? `${unit.call_sign} · ${age(old)}` : unit.call_sign,
    }));
  }
  return { type: 'FeatureCollection', features };
}

/**
 * What is marked: the selection, its units or its call, and what may be the same event.
 * @param {Board} board @param {import('./console.js').ConsoleState} state
 * @returns {GeoJSON.FeatureCollection}
 */
export function markFeatures(board, state) {
  /** @type {GeoJSON.Feature[]} */
  const features = [];
  const { selection } = state;
  if (state.route) features.push({ ...state.route, properties: { role: 'route' } });
  const call = selection?.kind === 'call' ? board.calls.get(selection.id) : undefined;
  const unit = selection?.kind === 'unit' ? board.units.get(selection.id) : undefined;
  const at = call?.position ?? unit?.position ?? (selection?.kind === 'pillar' ? board.pillars.get(selection.id)?.position : undefined);
  if (at) features.push(point(at, { role: 'selected' }));
  if (call) {
    for (const id of call.units) {
      const sent = board.units.get(id);
      if (sent) features.push(line([sent.position, call.position], { role: 'sent' }));
    }
    for (const id of call.maybe_same) {
      const other = board.calls.get(id);
      if (other && isOpen(other)) features.push(line([call.position, other.position], { role: 'same' }), point(other.position, { role: 'same' }));
    }
  }
  const target = unit?.call ? board.calls.get(unit.call) : undefined;
  // The way it was shown by road stays until something else is selected.
  if (unit?.sent && !unit.sent.reached_at && !state.route) features.push(line([unit.position, unit.sent.position], { role: 'sent' }));
  if (unit && target) features.push(line([unit.position, target.position], { role: 'sent' }));
  return { type: 'FeatureCollection', features };
}

/**
 * @param {import('../map/palette.js').Palette} p
 * @returns {import('maplibre-gl').LayerSpecification[]}
 */
export function boardLayers(p) {
  /** @type {import('maplibre-gl').ExpressionSpecification} */
  const size = ['interpolate', ['linear'], ['zoom'], 10, 0.62, 13, 0.86, 15, 1];
  return [
    {
      id: `${MARKS}-route-casing`, type: 'line', source: MARKS, filter: ['==', ['get', 'role'], 'route'],
      layout: { 'line-join': 'round', 'line-cap': 'round' }, paint: { 'line-color': p.paper, 'line-width': 7, 'line-opacity': 0.9 },
    },
    {
      id: `${MARKS}-route`, type: 'line', source: MARKS, filter: ['==', ['get', 'role'], 'route'],
      layout: { 'line-join': 'round', 'line-cap': 'round' }, paint: { 'line-color': p.unit, 'line-width': 3.5 },
    },
    {
      id: `${MARKS}-sent`, type: 'line', source: MARKS, filter: ['all', ['==', ['get', 'role'], 'sent'], ['==', ['geometry-type'], 'LineString']],
      paint: { 'line-color': p.unit, 'line-width': 1.8, 'line-dasharray': [2, 2] },
    },
    {
      id: `${MARKS}-same`, type: 'line', source: MARKS, filter: ['all', ['==', ['get', 'role'], 'same'], ['==', ['geometry-type'], 'LineString']],
      paint: { 'line-color': p.ink, 'line-width': 2, 'line-dasharray': [1, 1] },
    },
    {
      id: `${CALLS}-symbol`, type: 'symbol', source: CALLS,
      layout: {
        'icon-image': ['get', 'symbol'], 'icon-allow-overlap': true, 'icon-ignore-placement': true, 'icon-size': size, 'symbol-sort-key': ['get', 'sort'],
        'text-field': ['step', ['zoom'], '', 14, ['get', 'name']], 'text-font': FONTS, 'text-size': 11, 'text-anchor': 'left', 'text-offset': [1.1, 0], 'text-optional': true,
      },
      paint: { 'text-color': p.label, 'text-halo-color': p.halo, 'text-halo-width': 1.5 },
    },
    {
      id: `${MARKS}-ring`, type: 'circle', source: MARKS, filter: ['==', ['geometry-type'], 'Point'],
      paint: { 'circle-radius': 17, 'circle-opacity': 0, 'circle-stroke-color': p.ink, 'circle-stroke-width': ['match', ['get', 'role'], 'selected', 2.5, 1.2] },
    },
  ];
}
