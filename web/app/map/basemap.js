/**
 * The ground: low-chroma greys from the workspace's own tiles. Areas lie under the
 * heatmap, streets over it as thin lines, labels over everything that is not a symbol.
 * No glyphs are fetched: the browser's own fonts draw every label.
 * @module
 */

/** Fonts as CSS names them; MapLibre draws labels with them where a style has no glyphs. */
export const FONTS = ['system-ui', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'sans-serif'];

const MAJOR = ['motorway', 'trunk', 'primary', 'motorway_link', 'trunk_link', 'primary_link'];
const MIDDLE = ['secondary', 'tertiary', 'secondary_link', 'tertiary_link'];

/**
 * @param {import('./palette.js').Palette} p
 * @returns {import('maplibre-gl').LayerSpecification[]}
 */
export function groundLayers(p) {
  return [
    { id: 'green', type: 'fill', source: 'base', 'source-layer': 'green', paint: { 'fill-color': p.green } },
    { id: 'water', type: 'fill', source: 'base', 'source-layer': 'water', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': p.water } },
    {
      id: 'river', type: 'line', source: 'base', 'source-layer': 'water', filter: ['==', ['geometry-type'], 'LineString'],
      paint: { 'line-color': p.water, 'line-width': ['interpolate', ['exponential', 1.6], ['zoom'], 10, 1.5, 16, 14] },
    },
    { id: 'building', type: 'fill', source: 'base', 'source-layer': 'building', minzoom: 14, paint: { 'fill-color': p.building } },
  ];
}

/**
 * Streets as lines over the hexagons, thin enough to let their colour through.
 * @param {import('./palette.js').Palette} p
 * @returns {import('maplibre-gl').LayerSpecification[]}
 */
export function streetLayers(p) {
  /** @type {import('maplibre-gl').ExpressionSpecification} */
  const isMajor = ['in', ['get', 'class'], ['literal', MAJOR]];
  /** @type {import('maplibre-gl').ExpressionSpecification} */
  const isMiddle = ['in', ['get', 'class'], ['literal', MIDDLE]];
  /** @type {import('maplibre-gl').ExpressionSpecification} */
  const width = [
    'interpolate', ['exponential', 1.5], ['zoom'],
    10, ['case', isMajor, 1.1, isMiddle, 0.5, 0.15],
    13, ['case', isMajor, 2.2, isMiddle, 1.5, 0.6],
    17, ['case', isMajor, 12, isMiddle, 9, 6],
  ];
  return [
    { id: 'railway', type: 'line', source: 'base', 'source-layer': 'railway', paint: { 'line-color': p.railway, 'line-width': 1, 'line-dasharray': [4, 2] } },
    {
      id: 'street-casing', type: 'line', source: 'base', 'source-layer': 'street', minzoom: 11, filter: ['any', isMajor, isMiddle],
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: {
        'line-color': p.casing, 'line-opacity': 0.7, 'line-width': 1,
        'line-gap-width': width,
      },
    },
    {
      id: 'street', type: 'line', source: 'base', 'source-layer': 'street',
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': ['case', isMajor, p.major, p.street], 'line-width': width, 'line-opacity': ['interpolate', ['linear'], ['zoom'], 11, 0.65, 15, 0.85] },
    },
  ];
}

/**
 * @param {import('./palette.js').Palette} p
 * @returns {import('maplibre-gl').LayerSpecification[]}
 */
export function labelLayers(p) {
  return [
    {
      id: 'street-name', type: 'symbol', source: 'base', 'source-layer': 'street', minzoom: 12.5, filter: ['!=', ['get', 'name'], ''],
      layout: {
        'symbol-placement': 'line', 'text-field': ['get', 'name'], 'text-font': FONTS, 'symbol-spacing': 320, 'text-padding': 8,
        'text-size': ['interpolate', ['linear'], ['zoom'], 12, 10.5, 16, 13],
        'symbol-sort-key': ['case', ['in', ['get', 'class'], ['literal', MAJOR]], 0, ['in', ['get', 'class'], ['literal', MIDDLE]], 1, 2],
      },
      paint: { 'text-color': p.label, 'text-halo-color': p.halo, 'text-halo-width': 1.4 },
    },
    {
      id: 'place-name', type: 'symbol', source: 'base', 'source-layer': 'label', filter: ['!=', ['get', 'name'], ''],
      layout: { 'text-field': ['get', 'name'], 'text-font': FONTS, 'text-size': ['interpolate', ['linear'], ['zoom'], 10, 11, 15, 15], 'text-letter-spacing': 0.08, 'text-padding': 6 },
      paint: { 'text-color': p.label, 'text-halo-color': p.halo, 'text-halo-width': 1.6 },
    },
  ];
}
