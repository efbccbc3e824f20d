/**
 * A draft in hand: its areas, and what was done to them since it was opened, back and forth.
 * A state is never changed but replaced, so that undoing a split is as cheap as a name.
 * @module
 */

/**
 * @typedef {import('./api.js').Area} Area
 * @typedef {import('./api.js').Point} Point
 * @typedef {{areas: Area[], what: string}} Step
 * @typedef {{past: Step[], now: Area[], future: Step[]}} History
 */

const MOST_STEPS = 200;

/** @param {Area[]} areas @returns {History} */
export const begun = (areas) => ({ past: [], now: areas, future: [] });

/**
 * @param {History} history @param {Area[]} areas @param {string} what key of what was done
 * @returns {History}
 */
export const done = (history, areas, what) => ({
  past: [...history.past, { areas: history.now, what }].slice(-MOST_STEPS),
  now: areas,
  future: [],
});

/** @param {History} history @returns {History} */
export function undone(history) {
  const last = history.past.at(-1);
  if (!last) return history;
  return { past: history.past.slice(0, -1), now: last.areas, future: [{ areas: history.now, what: last.what }, ...history.future] };
}

/** @param {History} history @returns {History} */
export function redone(history) {
  const [next, ...rest] = history.future;
  if (!next) return history;
  return { past: [...history.past, { areas: history.now, what: next.what }], now: next.areas, future: rest };
}

/** What an edit changed, in place. @param {Area[]} areas @param {import('./api.js').Edited} edited */
export function applied(areas, { changed, removed }) {
  const fresh = new Map(changed.map((area) => [area.id, area]));
  const kept = areas.filter((area) => !removed.includes(area.id)).map((area) => {
    const other = fresh.get(area.id);
    fresh.delete(area.id);
    return other ?? area;
  });
  return [...kept, ...fresh.values()];
}

/** @param {Point} a @param {Point} b */
export const isSame = (a, b) => a[0] === b[0] && a[1] === b[1];

/**
 * Areas as they look while a corner is being moved: on all sides.
 * @param {Area[]} areas @param {Point} from @param {Point} to
 */
export const withMoved = (areas, from, to) => areas.map((area) => ({
  ...area,
  area: area.area.map((polygon) => polygon.map((ring) => ring.map((point) => (isSame(point, from) ? to : point)))),
}));

/** @param {Area} area */
export function boxOf(area) {
  const box = [180, 90, -180, -90];
  for (const [x, y] of area.area.flat(2)) {
    box[0] = Math.min(box[0], x);
    box[1] = Math.min(box[1], y);
    box[2] = Math.max(box[2], x);
    box[3] = Math.max(box[3], y);
  }
  return /** @type {[number, number, number, number]} */ (box);
}

/**
 * What a drag of one ring's corner came to: an edit of all sides, or none.
 * @param {Point[]} exact the ring's corners as the draft has them, closed
 * @param {Point[]} before as they were given to the drawing tool (fewer digits)
 * @param {Point[]} after as the tool has them now
 */
export function editOf(exact, before, after) {
  if (after.length === before.length) {
    /** @type {[Point, Point][]} */
    const moves = [];
    for (let i = 0; i + 1 < before.length; i += 1) if (!isSame(before[i], after[i])) moves.push([exact[i], after[i]]);
    return moves.length ? { kind: 'move', moves } : null;
  }
  const at = before.findIndex((point, i) => !isSame(point, after[i]));
  if (at < 0) return null;
  if (after.length === before.length + 1) return { kind: 'add', between: [exact[at - 1] ?? exact[exact.length - 2], exact[at]], at: after[at] };
  if (after.length === before.length - 1) return { kind: 'remove', at: exact[at] };
  return null;
}
