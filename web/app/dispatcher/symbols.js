/**
 * Symbols of the board, told apart by shape before colour: units by status (hollow where the
 * position is old), calls as circles by state, with the priority's figure while unassigned.
 * @module
 */
import { canvasImage, drawingUrl } from '../map/icons.js';

/**
 * @typedef {import('../map/palette.js').Palette} Palette
 * @typedef {(c: CanvasRenderingContext2D) => void} Draw
 */

const STATUSES = /** @type {const} */ (['idle', 'dispatched', 'on_scene', 'break', 'off_duty']);
const LEVELS = /** @type {const} */ (['calm', 'soon', 'late']);

/** @param {CanvasRenderingContext2D} c @param {number[][]} points */
function path(c, points) {
  c.beginPath();
  points.forEach(([x, y], i) => (i ? c.lineTo(x, y) : c.moveTo(x, y)));
  c.closePath();
}

/** Rims the path with paper, fills it, and draws its line; hollow: paper inside, dashed line.
 * @param {CanvasRenderingContext2D} c @param {string} ink @param {string} paper @param {boolean} [hollow] */
function solid(c, ink, paper, hollow = false) {
  c.lineJoin = 'round';
  c.lineWidth = 5;
  c.strokeStyle = paper;
  c.stroke();
  c.fillStyle = hollow ? paper : ink;
  c.fill();
  c.lineWidth = 1.8;
  c.strokeStyle = ink;
  c.setLineDash(hollow ? [2.6, 1.8] : []);
  c.stroke();
  c.setLineDash([]);
}

/** @param {typeof STATUSES[number]} status @param {boolean} old @param {Palette} p @returns {Draw} */
const unit = (status, old, p) => (c) => {
  const [ink, paper] = [p.unit, p.paper];
  if (status === 'idle') {
    path(c, [[14, 3], [23, 24], [14, 19.5], [5, 24]]);
    solid(c, ink, paper, old);
  } else if (status === 'dispatched') {
    for (const y of [0, 9.5]) {
      path(c, [[14, 3 + y], [23, 14 + y], [19, 14 + y], [14, 9 + y], [9, 14 + y], [5, 14 + y]]);
      solid(c, ink, paper, old);
    }
  } else if (status === 'on_scene') {
    c.beginPath();
    c.arc(14, 14, 10, 0, 7);
    solid(c, ink, paper, old);
    path(c, [[14, 7.5], [19, 19], [14, 16.5], [9, 19]]);
    c.fillStyle = old ? ink : paper;
    c.fill();
  } else {
    c.beginPath();
    c.roundRect(6, 6, 16, 16, 3);
    solid(c, ink, paper, status === 'off_duty' || old);
    c.fillStyle = status === 'off_duty' || old ? ink : paper;
    if (status === 'break') {
      c.fillRect(10, 10, 2.6, 8);
      c.fillRect(15.4, 10, 2.6, 8);
    } else c.fillRect(10, 13, 8, 2);
  }
};

/** @param {import('./board.js').CallState} state @param {number} priority @param {typeof LEVELS[number]} level @param {Palette} p @returns {Draw} */
const call = (state, priority, level, p) => (c) => {
  const [ink, paper] = [p.incident, p.paper];
  c.beginPath();
  c.arc(14, 14, 8.2, 0, 7);
  solid(c, ink, paper, false);
  if (state === 'received') {
    if (level !== 'calm') {
      c.beginPath();
      c.arc(14, 14, 11.6, 0, 7);
      c.lineWidth = level === 'late' ? 2.4 : 1.4;
      c.strokeStyle = ink;
      c.setLineDash(level === 'late' ? [] : [3, 3]);
      c.stroke();
      c.setLineDash([]);
    }
    c.fillStyle = paper;
    c.font = '700 12px system-ui, sans-serif';
    c.textAlign = 'center';
    c.textBaseline = 'middle';
    c.fillText(String(priority), 14, 14.6);
    return;
  }
  c.beginPath();
  c.arc(14, 14, 6.2, 0, 7);
  c.fillStyle = paper;
  c.fill();
  c.fillStyle = ink;
  if (state === 'dispatched') {
    c.beginPath();
    c.arc(14, 14, 2.4, 0, 7);
    c.fill();
  } else if (state === 'arrived') {
    c.beginPath();
    c.arc(14, 14, 6.4, Math.PI / 2, Math.PI * 1.5);
    c.fill();
  } else c.fillRect(10.6, 10.6, 6.8, 6.8);
};

/** Name of a call's symbol. @param {string} state @param {number} priority @param {string} level */
export const callSymbol = (state, priority, level) => (state === 'received' ? `call-received-${priority}-${level}` : `call-${state}`);

/** Name of a unit's symbol. @param {string} status @param {boolean} old */
export const unitSymbol = (status, old) => `unit-${status}${old ? '-old' : ''}`;

/** Each symbol by its name. @param {Palette} p @returns {Map<string, Draw>} */
function symbols(p) {
  /** @type {Map<string, Draw>} */
  const all = new Map();
  for (const status of STATUSES) for (const old of [false, true]) all.set(unitSymbol(status, old), unit(status, old, p));
  for (const priority of [1, 2, 3]) for (const level of LEVELS) all.set(callSymbol('received', priority, level), call('received', priority, level, p));
  for (const state of /** @type {const} */ (['dispatched', 'arrived', 'handling'])) all.set(callSymbol(state, 0, ''), call(state, 0, 'calm', p));
  return all;
}

/** Puts every symbol into the map, or repaints it there. @param {import('maplibre-gl').Map} map @param {Palette} p */
export function installSymbols(map, p) {
  for (const [name, draw] of symbols(p)) canvasImage(map, name, draw);
}

/** Each symbol as a picture, for a canvas. @param {Palette} p @returns {Map<string, HTMLCanvasElement>} */
export function drawSymbols(p) {
  return new Map([...symbols(p)].map(([name, draw]) => {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 56;
    const context = canvas.getContext('2d');
    context?.scale(2, 2);
    if (context) draw(context);
    return [name, canvas];
  }));
}

/** @type {Map<Palette, Map<string, string>>} */
const urls = new Map();

/** The same drawing for a list beside the map. @param {string} name @param {Palette} p */
export function symbolUrl(name, p) {
  let known = urls.get(p);
  if (!known) {
    known = new Map([...symbols(p)].map(([key, draw]) => [key, drawingUrl(draw)]));
    urls.set(p, known);
  }
  return known.get(name) ?? '';
}
