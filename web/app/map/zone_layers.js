/**
 * Zones on the map: ground tinted by their work against the mean, the work written on it,
 * firm borders; the beats as they are stay visible as dashes.
 * @module
 */
import { FONTS } from './basemap.js';
import { UNDER_NAMES } from './overlays.js';

/** Where the classes of work begin, as multiples of the mean. */
export const WORK_FROM = /** @type {const} */ ([0, 0.5, 0.8, 1.25, 2]);

/**
 * @param {import('../zones_api.js').ZonesMap} shown whose ground is tinted
 * @param {import('../zones_api.js').ZonesMap|null} beside whose borders are dashes
 * @param {(hours: number) => string} label
 * @param {(name: string) => string} nameOf
 * @returns {GeoJSON.FeatureCollection}
 */
export function zoneFeatures(shown, beside, label, nameOf) {
  const mean = shown.report.after.mean_h || 1;
  const work = new Map(shown.report.zones.map((zone) => [zone.id, zone.work_h]));
  /** @type {GeoJSON.Feature[]} */
  const features = [];
  for (const feature of shown.features) {
    const p = feature.properties ?? {};
    const hours = work.get(String(p.id)) ?? 0;
    features.push({ ...feature, properties: { part: 'zone', id: p.id, name: nameOf(String(p.name)), locked: p.locked === true, relative: hours / mean, text: label(hours) } });
  }
  for (const feature of beside?.features ?? []) features.push({ ...feature, properties: { part: 'beside' } });
  return { type: 'FeatureCollection', features };
}

/** @param {GeoJSON.FeatureCollection} data @returns {import('./overlays.js').Drawing} */
export const zoneDrawing = (data) => ({
  data,
  below: UNDER_NAMES,
  layers: (p) => [
    {
      id: 'zones-fill', type: 'fill', source: 'zones-draft', filter: ['==', ['get', 'part'], 'zone'],
      paint: { 'fill-color': ['step', ['get', 'relative'], p.work[0], WORK_FROM[1], p.work[1], WORK_FROM[2], p.work[2], WORK_FROM[3], p.work[3], WORK_FROM[4], p.work[4]], 'fill-opacity': 0.72 },
    },
    { id: 'zones-beside', type: 'line', source: 'zones-draft', filter: ['==', ['get', 'part'], 'beside'], paint: { 'line-color': p.border, 'line-width': ['interpolate', ['linear'], ['zoom'], 10, 0.6, 13, 1.2], 'line-opacity': 0.8, 'line-dasharray': [3, 2] } },
    { id: 'zones-casing', type: 'line', source: 'zones-draft', filter: ['==', ['get', 'part'], 'zone'], layout: { 'line-join': 'round' }, paint: { 'line-color': p.paper, 'line-width': ['interpolate', ['linear'], ['zoom'], 10, 1.6, 14, 5], 'line-opacity': 0.8 } },
    { id: 'zones-line', type: 'line', source: 'zones-draft', filter: ['==', ['get', 'part'], 'zone'], layout: { 'line-join': 'round' }, paint: { 'line-color': p.firm, 'line-width': ['interpolate', ['linear'], ['zoom'], 10, ['case', ['get', 'locked'], 2.2, 0.7], 14, ['case', ['get', 'locked'], 5, 2.4]] } },
    {
      id: 'zones-text', type: 'symbol', source: 'zones-draft', filter: ['==', ['get', 'part'], 'zone'],
      layout: { 'text-field': ['step', ['zoom'], ['get', 'text'], 12.4, ['concat', ['get', 'name'], '\n', ['get', 'text']]], 'text-font': FONTS, 'text-size': ['interpolate', ['linear'], ['zoom'], 10, 10, 13, 12.5], 'text-max-width': 8, 'text-padding': 2 },
      paint: { 'text-color': p.label, 'text-halo-color': p.halo, 'text-halo-width': 1.8 },
    },
  ],
});
