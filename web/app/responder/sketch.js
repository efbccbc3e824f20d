/**
 * The way to the next stop or call as a small drawing, north up: the leg strong, the other
 * stops as dots. An aid only; the words beside it are enough.
 * @module
 */
import { html } from '../../vendor/htm-preact/standalone.module.js';
import { distance } from '../format.js';
import { t, word } from '../i18n/speak.js';
import { metres } from '../map/flat.js';

/** @typedef {import('./ahead.js').Place} Place */

const WIDE = 320;
const TALL = 132;
const RIM = 18;
/** Closer than this is not drawn: noise would look like a way. */
const LEAST_M = 250;
const POINTS = ['n', 'ne', 'e', 'se', 's', 'sw', 'w', 'nw'];

/** The way from a place to another in a word: `ne`. @param {Place} from @param {Place} to */
export function bearing(from, to) {
  const east = (to[0] - from[0]) * Math.cos((from[1] * Math.PI) / 180);
  const angle = (Math.atan2(east, to[1] - from[1]) * 180) / Math.PI;
  return POINTS[Math.round((angle + 360) / 45) % 8];
}

/** Length of a line. @param {Place[]} line */
export const lengthOf = (line) => line.slice(1).reduce((sum, at, i) => sum + metres(line[i], at), 0);

/**
 * A drawing's scale: places to points of it, all of them inside.
 * @param {Place[]} places
 * @returns {(at: Place) => [number, number]}
 */
export function fitted(places) {
  const [lons, lats] = [places.map((at) => at[0]), places.map((at) => at[1])];
  const mid = [(Math.min(...lons) + Math.max(...lons)) / 2, (Math.min(...lats) + Math.max(...lats)) / 2];
  const east = 111_320 * Math.cos((mid[1] * Math.PI) / 180);
  const north = 110_540;
  const scale = Math.min((WIDE - 2 * RIM) / Math.max(LEAST_M, (Math.max(...lons) - Math.min(...lons)) * east), (TALL - 2 * RIM) / Math.max(LEAST_M, (Math.max(...lats) - Math.min(...lats)) * north));
  return (at) => [Number((WIDE / 2 + (at[0] - mid[0]) * east * scale).toFixed(1)), Number((TALL / 2 - (at[1] - mid[1]) * north * scale).toFixed(1))];
}

/** Whether a point is on the drawing, and clear of the sign of north. @param {[number, number]} point */
const isInside = ([x, y]) => x > 6 && y > 6 && x < WIDE - 6 && y < TALL - 6 && (x < WIDE - 28 || y > 44);

/**
 * @param {object} props
 * @param {{position: Place, line: Place[]|null, name: string, mark: string}} props.goal
 * @param {Place[]} [props.others] the round's other stops
 * @param {Place|null} props.unit where the unit was last
 */
export function Sketch({ goal, others = [], unit }) {
  const line = goal.line && goal.line.length > 1 ? goal.line : null;
  const from = line?.[0] ?? unit;
  if (!from) return null;
  // The leg fills the drawing; a unit that is far from it would make it a dot.
  const to = fitted([...line ?? [from], goal.position]);
  const seen = others.map(to).filter(isInside);
  const at = unit && to(unit);
  const points = (line ?? [from, goal.position]).map(to).map((p) => p.join(',')).join(' ');
  const [x, y] = to(goal.position);
  const away = t('u_way', { metres: distance(line ? lengthOf(line) : metres(from, goal.position)), bearing: word('u_to', bearing(from, goal.position)) });
  return html`<figure class="sketch"><svg viewBox=${`0 0 ${WIDE} ${TALL}`} role="img" aria-label=${t('u_way_to', { name: goal.name, away })}>
      ${seen.map(([cx, cy]) => html`<circle key=${`${cx},${cy}`} class="other" cx=${cx} cy=${cy} r="3.5" />`)}
      <polyline class=${line ? 'way' : 'way straight'} points=${points} />
      <circle class="start" cx=${to(from)[0]} cy=${to(from)[1]} r="4" />
      ${at && isInside(at) && html`<circle class="unit" cx=${at[0]} cy=${at[1]} r="6" />`}
      <circle class="goal" cx=${x} cy=${y} r="11" /><text x=${x} y=${y + 4.5}>${goal.mark}</text>
      <g class="north" transform=${`translate(${WIDE - 14},20)`}><path d="M0-10 4 2H-4Z" /><text y="14">${t('u_north')}</text></g>
    </svg><figcaption>${away}</figcaption></figure>`;
}
