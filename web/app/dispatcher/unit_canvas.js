/**
 * Units on a canvas of their own above the map: two hundred that move each few seconds then
 * cost a few milliseconds, and the map below, with its heatmap and five thousand calls, is
 * not drawn again for them.
 * @module
 */
import { FONTS } from '../map/basemap.js';
import { drawSymbols } from './symbols.js';

/** Call signs are written from here on; ages of positions always. */
const NAMES_FROM = 12.5;
const SIZE = 28;

export class UnitCanvas {
  /** @param {import('maplibre-gl').Map} map @param {import('../map/palette.js').Palette} palette */
  constructor(map, palette) {
    this.map = map;
    this.canvas = document.createElement('canvas');
    this.canvas.className = 'unit-canvas';
    this.canvas.setAttribute('aria-hidden', 'true');
    // Under the markers, which come after it.
    map.getCanvas().after(this.canvas);
    /** @type {GeoJSON.Feature[]} */
    this.features = [];
    this.setPalette(palette);
    map.on('render', () => this.draw());
  }

  /** @param {import('../map/palette.js').Palette} palette */
  setPalette(palette) {
    this.palette = palette;
    this.symbols = drawSymbols(palette);
    this.draw();
  }

  /** @param {GeoJSON.FeatureCollection} data */
  setData(data) {
    this.features = data.features;
    this.draw();
  }

  draw() {
    const { map, canvas, palette, symbols } = this;
    const context = canvas.getContext('2d');
    if (!context || !palette || !symbols) return;
    const { clientWidth: width, clientHeight: height } = map.getContainer();
    const ratio = devicePixelRatio;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    const zoom = map.getZoom();
    const size = SIZE * (zoom < 13 ? 0.62 + Math.max(0, zoom - 10) * 0.08 : Math.min(1, 0.86 + (zoom - 13) * 0.07));
    const bearing = map.getBearing();
    context.font = `11px ${FONTS.map((font) => (font.includes(' ') ? `"${font}"` : font)).join(', ')}`;
    context.textAlign = 'center';
    context.lineWidth = 3;
    context.lineJoin = 'round';
    for (const feature of this.features) {
      const p = this.at(feature);
      if (p.x < -40 || p.y < -40 || p.x > width + 40 || p.y > height + 40) continue;
      const { symbol, turn, aged, text } = /** @type {Record<string, any>} */ (feature.properties);
      const drawing = symbols.get(symbol);
      if (!drawing) continue;
      context.save();
      context.translate(p.x, p.y);
      context.rotate(((turn - bearing) * Math.PI) / 180);
      context.drawImage(drawing, -size / 2, -size / 2, size, size);
      context.restore();
      if (!aged && zoom < NAMES_FROM) continue;
      context.strokeStyle = palette.halo;
      context.strokeText(text, p.x, p.y + size / 2 + 11);
      context.fillStyle = palette.unit;
      context.fillText(text, p.x, p.y + size / 2 + 11);
    }
  }

  /** Where a unit is on the screen. @param {GeoJSON.Feature} feature */
  at(feature) {
    const [lng, lat] = /** @type {GeoJSON.Point} */ (feature.geometry).coordinates;
    return this.map.project([lng, lat]);
  }

  /** The nearest unit to a point of the screen. @param {{x: number, y: number}} point @param {number} reach */
  find(point, reach) {
    let best = null;
    let least = reach;
    for (const feature of this.features) {
      const p = this.at(feature);
      const away = Math.hypot(p.x - point.x, p.y - point.y);
      if (away <= least) [best, least] = [feature, away];
    }
    return best;
  }
}
