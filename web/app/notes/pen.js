/**
 * Draws the points of a note, with the pointer or by keys: the map moves under a cross-hair,
 * Enter sets a point, Backspace takes it back, F ends an area, Escape gives up. What the map
 * otherwise does with a click is its own to leave out while a pen is down (`is drawing`).
 * @module
 */
import { POINTS } from './notes.js';

/** How near the first corner a click closes an area, pixels. */
const REACH_PX = 12;

/**
 * @typedef {import('./notes.js').Point} Point
 * @typedef {import('./notes.js').NoteKind} NoteKind
 */

export class Pen {
  /**
   * @param {import('maplibre-gl').Map} map
   * @param {object} listeners
   * @param {(trail: Point[]) => void} listeners.trail the points so far
   * @param {(kind: NoteKind, points: Point[]) => void} listeners.drawn
   * @param {() => void} listeners.left given up
   */
  constructor(map, listeners) {
    this.map = map;
    this.listeners = listeners;
    /** @type {NoteKind|null} */
    this.kind = null;
    /** @type {Point[]} */
    this.trail = [];
    /** Whether the map zoomed by a double click before. */
    this.zooms = false;
    this.clicked = (/** @type {import('maplibre-gl').MapMouseEvent} */ event) => {
      if (this.kind) this.add([event.lngLat.lng, event.lngLat.lat], event.point);
    };
    this.twice = (/** @type {import('maplibre-gl').MapMouseEvent} */ event) => {
      if (this.kind !== 'area') return;
      event.preventDefault();
      this.finish();
    };
    this.pressed = (/** @type {KeyboardEvent} */ event) => this.key(event);
    map.on('click', this.clicked);
    map.on('dblclick', this.twice);
    // Before the map's own keys: while a note is drawn, Enter is the note's.
    map.getCanvas().addEventListener('keydown', this.pressed, true);
  }

  /** @param {NoteKind|null} kind */
  take(kind) {
    this.kind = kind;
    this.set([]);
    const { doubleClickZoom } = this.map;
    this.map.getCanvas().style.cursor = kind ? 'crosshair' : '';
    // Some maps never zoom by a double click: it comes back only where it was.
    if (kind) {
      this.zooms ||= doubleClickZoom.isEnabled();
      doubleClickZoom.disable();
    } else if (this.zooms) {
      this.zooms = false;
      doubleClickZoom.enable();
    }
  }

  /** @param {Point[]} trail */
  set(trail) {
    this.trail = trail;
    this.listeners.trail(trail);
  }

  /** @param {Point} at @param {{x: number, y: number}} point of the screen */
  add(at, point) {
    if (!this.kind) return;
    const [least, most] = POINTS[this.kind];
    const last = this.trail.at(-1);
    const near = (/** @type {Point} */ other) => {
      const p = this.map.project(other);
      return Math.hypot(p.x - point.x, p.y - point.y);
    };
    if (this.kind === 'area' && this.trail.length >= least && near(this.trail[0]) <= REACH_PX) return this.finish();
    // The second click of a double click sets nothing.
    if (last && near(last) < 3) return;
    this.set([...this.trail, at]);
    if (this.trail.length === most) this.finish();
  }

  /** Sets a point at the cross-hair. */
  point() {
    const { lng, lat } = this.map.getCenter();
    const { clientWidth, clientHeight } = this.map.getCanvas();
    this.add([lng, lat], { x: clientWidth / 2, y: clientHeight / 2 });
  }

  takeBack() {
    this.set(this.trail.slice(0, -1));
  }

  get isEnough() {
    return this.kind !== null && this.trail.length >= POINTS[this.kind][0];
  }

  finish() {
    const { kind, trail } = this;
    if (!kind || !this.isEnough) return;
    this.take(null);
    this.listeners.drawn(kind, trail);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (!this.kind || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter') this.point();
    else if (event.key === 'Backspace' && this.trail.length) this.takeBack();
    else if (event.key.toLowerCase() === 'f' && this.kind === 'area') this.finish();
    else if (event.key === 'Escape') {
      this.take(null);
      this.listeners.left();
    } else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  remove() {
    this.map.off('click', this.clicked);
    this.map.off('dblclick', this.twice);
    this.map.getCanvas().removeEventListener('keydown', this.pressed, true);
  }
}
