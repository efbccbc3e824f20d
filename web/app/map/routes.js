/**
 * A plan on the map: each unit's line in its own hue (then dash), a casing that lifts it
 * off the heatmap, numbered stops, and a diamond where it starts.
 * @module
 */
import { FONTS } from './basemap.js';
import { DASHES, inkOn, routeStyle } from './palette.js';

/**
 * @param {import('../api.js').Plan|null} plan
 * @param {import('./palette.js').Palette} palette
 * @returns {GeoJSON.FeatureCollection}
 */
export function planFeatures(plan, palette) {
  /** @type {GeoJSON.Feature[]} */
  const features = [];
  (plan?.routes ?? []).forEach((route, n) => {
    const { color, dash } = routeStyle(palette, n);
    // −1, 0 or 1: more lanes would leave the street.
    const shared = { route: n, color, dash, ink: inkOn(color), lane: (n % 3) - 1 };
    if (route.line.length > 1) {
      features.push({ type: 'Feature', properties: { ...shared, part: 'line' }, geometry: { type: 'LineString', coordinates: route.line } });
    }
    features.push({ type: 'Feature', properties: { ...shared, part: 'start', text: route.call_sign }, geometry: { type: 'Point', coordinates: route.start } });
    for (const stop of route.stops) {
      features.push({
        type: 'Feature',
        properties: { ...shared, part: 'stop', number: stop.number, text: String(stop.number), disc: `${stop.reason.kind === 'must_visit' ? 'must' : 'stop'}-${n % palette.routes.length}`, must: stop.reason.kind === 'must_visit' },
        geometry: { type: 'Point', coordinates: stop.position },
      });
    }
  });
  return { type: 'FeatureCollection', features };
}

/**
 * @param {import('./palette.js').Palette} p
 * @returns {import('maplibre-gl').LayerSpecification[]}
 */
export function routeLayers(p) {
  /** @type {import('maplibre-gl').ExpressionSpecification} */
  const width = ['interpolate', ['linear'], ['zoom'], 10, 1.2, 12, 2, 14, 3.5, 17, 6];
  // Routes that share a street lie side by side, as on a map of bus lines.
  /** @type {import('maplibre-gl').ExpressionSpecification} */
  const offset = ['interpolate', ['linear'], ['zoom'], 10, ['*', 0.8, ['get', 'lane']], 14, ['*', 2.2, ['get', 'lane']], 17, ['*', 4, ['get', 'lane']]];
  /** @type {import('maplibre-gl').LayerSpecification[]} */
  const layers = [
    {
      id: 'route-casing', type: 'line', source: 'plan', filter: ['==', ['get', 'part'], 'line'],
      layout: { 'line-join': 'round', 'line-cap': 'round' },
      paint: { 'line-color': p.paper, 'line-opacity': 0.9, 'line-width': ['interpolate', ['linear'], ['zoom'], 10, 2.4, 12, 4, 14, 6, 17, 9], 'line-offset': offset },
    },
  ];
  DASHES.forEach((dash, n) => {
    layers.push({
      id: `route-line-${n}`, type: 'line', source: 'plan', filter: ['all', ['==', ['get', 'part'], 'line'], ['==', ['get', 'dash'], n]],
      layout: { 'line-join': 'round' },
      paint: { 'line-color': ['get', 'color'], 'line-width': width, 'line-offset': offset, ...(dash ? { 'line-dasharray': [...dash] } : {}) },
    });
  });
  layers.push(
    {
      // Every stop is a dot; where there is room its number comes on a disc. One place may
      // be visited many times: the first visit is on top.
      id: 'route-stop', type: 'circle', source: 'plan', filter: ['==', ['get', 'part'], 'stop'],
      layout: { 'circle-sort-key': ['-', 0, ['get', 'number']] },
      paint: {
        'circle-radius': ['interpolate', ['linear'], ['zoom'], 10, 2, 13, 4.5], 'circle-color': ['get', 'color'],
        'circle-stroke-color': p.paper, 'circle-stroke-width': ['interpolate', ['linear'], ['zoom'], 11, ['case', ['get', 'must'], 1, 0.5], 13, ['case', ['get', 'must'], 2, 1]],
      },
    },
    {
      id: 'route-number', type: 'symbol', source: 'plan', filter: ['==', ['get', 'part'], 'stop'], minzoom: 12,
      layout: {
        'icon-image': ['get', 'disc'], 'icon-size': ['interpolate', ['linear'], ['zoom'], 12, 0.72, 14, 1], 'icon-padding': -2,
        'text-field': ['get', 'text'], 'text-font': FONTS, 'text-size': ['interpolate', ['linear'], ['zoom'], 12, 9, 14, 12.5], 'text-padding': 0,
        'symbol-sort-key': ['get', 'number'],
      },
      paint: { 'text-color': ['get', 'ink'] },
    },
  );
  return layers;
}
