/**
 * Drawings that a panel puts on the map while it is open: a source, its layers and the
 * images these need, each made from the palette so that day and night only repaint them.
 * @module
 */

/**
 * @typedef {object} Drawing
 * @property {GeoJSON.FeatureCollection} data
 * @property {(p: import('./palette.js').Palette) => import('maplibre-gl').LayerSpecification[]} layers of the source that is named as the drawing, the lowest first
 * @property {(map: import('maplibre-gl').Map, p: import('./palette.js').Palette) => void} [images]
 * @property {string} [below] a layer that lies above the drawing; none: it is on top
 */

/** Under the streets' names, over the streets and the heatmap. */
export const UNDER_NAMES = 'street-name';

/**
 * The drawings of a map; made with the first one.
 * @param {import('./view.js').MapView} view
 */
export const overlaysOf = (view) => (view.overlays ??= new Overlays(view.map, view.palette));

export class Overlays {
  /**
   * @param {import('maplibre-gl').Map} map
   * @param {import('./palette.js').Palette} palette
   */
  constructor(map, palette) {
    this.map = map;
    this.palette = palette;
    /** @type {Map<string, Drawing>} */
    this.shown = new Map();
  }

  /**
   * Draws, or redraws with other data and filters.
   * @param {string} name
   * @param {Drawing} drawing
   */
  show(name, drawing) {
    const { map, palette } = this;
    const old = this.shown.get(name);
    this.shown.set(name, drawing);
    const layers = drawing.layers(palette);
    const known = /** @type {import('maplibre-gl').GeoJSONSource|undefined} */ (map.getSource(name));
    if (known) {
      // Large data are cut into tiles anew each time: not where only a filter changed.
      if (old?.data !== drawing.data) known.setData(drawing.data);
      for (const layer of layers) {
        if ('filter' in layer && layer.filter) map.setFilter(layer.id, layer.filter);
      }
      this.paint(layers);
      return;
    }
    drawing.images?.(map, palette);
    map.addSource(name, { type: 'geojson', data: drawing.data, tolerance: 0.2 });
    const below = drawing.below && map.getLayer(drawing.below) ? drawing.below : undefined;
    for (const layer of layers) map.addLayer(layer, below);
  }

  /** @param {string} name */
  hide(name) {
    const drawing = this.shown.get(name);
    this.shown.delete(name);
    if (!drawing || !this.map.getSource(name)) return;
    for (const layer of drawing.layers(this.palette)) if (this.map.getLayer(layer.id)) this.map.removeLayer(layer.id);
    this.map.removeSource(name);
  }

  /** @param {import('./palette.js').Palette} palette */
  setPalette(palette) {
    this.palette = palette;
    for (const drawing of this.shown.values()) {
      drawing.images?.(this.map, palette);
      this.paint(drawing.layers(palette));
    }
  }

  /** @param {import('maplibre-gl').LayerSpecification[]} layers */
  paint(layers) {
    for (const layer of layers) {
      for (const [name, value] of Object.entries(layer.paint ?? {})) this.map.setPaintProperty(layer.id, /** @type {any} */ (name), value);
    }
  }
}
