/**
 * Two maps under one camera: whichever is moved, by pointer or by keys, moves the other in the
 * same frame. The classes of both are the same densities a km² and hour.
 * @module
 */
import { MapView } from '../map/view.js';

/** Of the hexagons, in both maps, the legend and the picture. */
export const OPACITY = 0.7;

/** What a map needs of the first page's state. @type {Pick<import('../state.js').State, 'opacity'|'shown'>} */
const LOOKS = { opacity: OPACITY, shown: ['risk'] };

/**
 * @typedef {import('./link.js').SideName} SideName
 * @typedef {{per_km2: number, cell: string}|null} Here what a side has at a place
 */

export class Pair {
  /**
   * @param {Record<SideName, HTMLElement>} boxes
   * @param {import('../api.js').Workspace} workspace
   * @param {import('../map/palette.js').Look} look
   * @param {[number, number, number]|null} view
   * @param {object} listeners
   * @param {(view: [number, number, number]) => void} listeners.moved
   * @param {(at: [number, number]) => void} listeners.asked the place under the pointer, the cross-hair, or a click
   * @param {(name: SideName) => void} listeners.lost
   */
  constructor(boxes, workspace, look, view, listeners) {
    const made = (/** @type {SideName} */ name) => new MapView(boxes[name], workspace, /** @type {any} */ ({ ...LOOKS, view }), look, '', {
      pick: () => {},
      hover: () => {},
      moved: () => {},
      lost: () => listeners.lost(name),
    });
    /** @type {Record<SideName, MapView>} */
    this.views = { a: made('a'), b: made('b') };
    this.ready = Promise.all([this.views.a.whole, this.views.b.whole]);
    const { a, b } = this.views;
    b.map.getCanvas().id = 'map-canvas-b';
    /** Who leads the camera just now. @type {import('maplibre-gl').Map|null} */
    let leader = null;
    for (const [one, other] of [[a.map, b.map], [b.map, a.map]]) {
      one.on('move', () => {
        if (leader && leader !== one) return;
        leader = one;
        other.jumpTo({ center: one.getCenter(), zoom: one.getZoom() });
        leader = null;
      });
      one.on('moveend', () => {
        if (leader) return;
        const { lng, lat } = one.getCenter();
        listeners.moved([lng, lat, one.getZoom()]);
        if (document.activeElement === one.getCanvas()) listeners.asked([lng, lat]);
      });
      one.on('mousemove', (event) => listeners.asked([event.lngLat.lng, event.lngLat.lat]));
      one.on('click', (event) => listeners.asked([event.lngLat.lng, event.lngLat.lat]));
      one.getCanvas().addEventListener('focus', () => listeners.asked(/** @type {[number, number]} */ (one.getCenter().toArray())));
    }
    // Nothing lies on these maps that the district would have to stand clear of.
    if (!view && workspace.bbox) a.map.fitBounds(workspace.bbox, { padding: 16, animate: false });
    b.map.jumpTo({ center: a.map.getCenter(), zoom: a.map.getZoom() });
  }

  /** What a side has at a place of the maps. @param {SideName} name @param {[number, number]} at @returns {Here} */
  at(name, at) {
    const { map, heatmap } = this.views[name];
    if (!heatmap.hitLayers.length) return null;
    const [found] = map.queryRenderedFeatures(map.project(at), { layers: heatmap.hitLayers });
    return found ? { per_km2: Number(found.properties.per_km2), cell: String(found.properties.cell) } : null;
  }

  remove() {
    for (const view of Object.values(this.views)) view.map.remove();
  }
}
