/**
 * Notes on a map of any desk: outlined areas, arrows, words with their number, and what is
 * being drawn. Over everything else, in the ink of the page; a changed style is drawn anew.
 * @module
 */
import { FONTS } from '../map/basemap.js';
import { featuresOf } from './notes.js';

/** @typedef {import('./notes.js').Note} Note */
/** @typedef {import('maplibre-gl').Map} GlMap */

const HEAD = 'note-head';
const [NOTES, TRAIL] = ['notes', 'note-trail'];
const HEAD_PX = 44;

/** @param {import('../map/palette.js').Palette} p @returns {import('maplibre-gl').LayerSpecification[]} */
const layersOf = (p) => [
  { id: 'note-area', type: 'fill', source: NOTES, filter: ['==', ['get', 'part'], 'area'], paint: { 'fill-color': p.firm, 'fill-opacity': 0.06 } },
  { id: 'note-casing', type: 'line', source: NOTES, filter: ['in', ['get', 'part'], ['literal', ['area', 'shaft']]], layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': p.halo, 'line-width': 6 } },
  { id: 'note-line', type: 'line', source: NOTES, filter: ['in', ['get', 'part'], ['literal', ['area', 'shaft']]], layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': p.firm, 'line-width': 2.5 } },
  { id: 'note-head', type: 'symbol', source: NOTES, filter: ['==', ['get', 'part'], 'head'], layout: { 'icon-image': HEAD, 'icon-rotate': ['get', 'turn'], 'icon-rotation-alignment': 'map', 'icon-anchor': 'top', 'icon-offset': [0, -4], 'icon-allow-overlap': true, 'icon-ignore-placement': true } },
  { id: 'note-pin', type: 'circle', source: NOTES, filter: ['==', ['get', 'part'], 'pin'], paint: { 'circle-radius': 4, 'circle-color': p.firm, 'circle-stroke-color': p.halo, 'circle-stroke-width': 2 } },
  {
    id: 'note-words', type: 'symbol', source: NOTES, filter: ['has', 'label'],
    layout: { 'text-field': ['get', 'label'], 'text-font': FONTS, 'text-size': 14, 'text-max-width': 14, 'text-anchor': ['get', 'anchor'], 'text-offset': ['match', ['get', 'anchor'], 'left', ['literal', [0.7, 0]], 'right', ['literal', [-0.7, 0]], ['literal', [0, 0]]], 'text-allow-overlap': true, 'text-ignore-placement': true },
    paint: { 'text-color': p.ink, 'text-halo-color': p.halo, 'text-halo-width': 2.4 },
  },
  { id: 'note-trail-line', type: 'line', source: TRAIL, paint: { 'line-color': p.unit, 'line-width': 2.5, 'line-dasharray': [2, 1] } },
  { id: 'note-trail-point', type: 'circle', source: TRAIL, filter: ['==', ['geometry-type'], 'Point'], paint: { 'circle-radius': 5, 'circle-color': p.paper, 'circle-stroke-color': p.unit, 'circle-stroke-width': 2 } },
];

export class NotesLayer {
  /** @param {GlMap} map @param {import('../map/palette.js').Palette} palette */
  constructor(map, palette) {
    this.map = map;
    this.palette = palette;
    /** @type {Note[]} */
    this.notes = [];
    /** @type {import('./notes.js').Point[]} */
    this.trail = [];
    this.onStyle = () => this.draw();
    // A style that was set anew has none of these.
    map.on('style.load', this.onStyle);
    this.draw();
  }

  /** @param {Note[]} notes */
  show(notes) {
    this.notes = notes;
    this.fill(NOTES, featuresOf(notes));
  }

  /** What is being drawn. @param {import('./notes.js').Point[]} trail */
  showTrail(trail) {
    this.trail = trail;
    /** @type {GeoJSON.Feature[]} */
    const features = trail.map((coordinates) => ({ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates } }));
    if (trail.length > 1) features.push({ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: trail } });
    this.fill(TRAIL, { type: 'FeatureCollection', features });
  }

  /** @param {string} id @param {GeoJSON.FeatureCollection} data */
  fill(id, data) {
    const source = /** @type {import('maplibre-gl').GeoJSONSource|undefined} */ (this.map.getSource(id));
    source?.setData(data);
    this.lift();
  }

  /** Layers that were added since are under the notes again. */
  lift() {
    for (const layer of layersOf(this.palette)) if (this.map.getLayer(layer.id)) this.map.moveLayer(layer.id);
  }

  /** @param {import('../map/palette.js').Palette} palette */
  setPalette(palette) {
    if (palette === this.palette) return;
    this.palette = palette;
    for (const layer of layersOf(palette)) if (this.map.getLayer(layer.id)) this.map.removeLayer(layer.id);
    this.draw();
  }

  draw() {
    const { map, palette } = this;
    if (map.hasImage(HEAD)) map.removeImage(HEAD);
    map.addImage(HEAD, headOf(palette), { pixelRatio: 2 });
    for (const id of [NOTES, TRAIL]) if (!map.getSource(id)) map.addSource(id, { type: 'geojson', data: { type: 'FeatureCollection', features: [] } });
    for (const layer of layersOf(palette)) if (!map.getLayer(layer.id)) map.addLayer(layer);
    this.show(this.notes);
    this.showTrail(this.trail);
  }

  remove() {
    this.map.off('style.load', this.onStyle);
    // With its map gone there is nothing left to take away.
    if (!this.map.style) return;
    for (const layer of layersOf(this.palette)) if (this.map.getLayer(layer.id)) this.map.removeLayer(layer.id);
    for (const id of [NOTES, TRAIL]) if (this.map.getSource(id)) this.map.removeSource(id);
    if (this.map.hasImage(HEAD)) this.map.removeImage(HEAD);
  }
}

/** The head of an arrow, its tip in the middle of the upper edge. @param {import('../map/palette.js').Palette} p */
function headOf(p) {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [HEAD_PX, HEAD_PX];
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  pen.lineJoin = 'round';
  pen.beginPath();
  pen.moveTo(HEAD_PX / 2, 4);
  pen.lineTo(HEAD_PX - 8, HEAD_PX - 8);
  pen.lineTo(HEAD_PX / 2, HEAD_PX - 16);
  pen.lineTo(8, HEAD_PX - 8);
  pen.closePath();
  pen.lineWidth = 6;
  pen.strokeStyle = p.halo;
  pen.stroke();
  pen.fillStyle = p.firm;
  pen.fill();
  return pen.getImageData(0, 0, HEAD_PX, HEAD_PX);
}
