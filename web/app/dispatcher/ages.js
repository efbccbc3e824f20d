/**
 * What time does to the board: calls that wait too long, alarms that escalate, positions
 * that can't be counted on, units that have been quiet. Times in, words' codes out.
 * @module
 */
import { isOpen } from './board.js';

/** @typedef {import('./board.js').Board} Board */

/** Seconds since an instant. @param {string|null} at @param {number} now milliseconds */
export const since = (at, now) => (at ? Math.max(0, (now - Date.parse(at)) / 1000) : 0);

/**
 * How long an unassigned call has waited, against what its priority allows: `calm`, `soon`
 * from half of it, `late` past it. An assigned call is calm.
 * @param {import('./board.js').Call} call @param {Board} board @param {number} now
 * @returns {{level: 'calm'|'soon'|'late', waited: number, over: number}}
 */
export function waiting(call, board, now) {
  const waited = since(call.received_at, now);
  const may = board.settings.unassigned_s[call.priority - 1] ?? 900;
  const level = call.state !== 'received' ? 'calm' : waited >= may ? 'late' : waited >= may / 2 ? 'soon' : 'calm';
  return { level, waited, over: waited - may };
}

/**
 * How far a unit's position can be trusted: `fresh`, `aged` (its age is shown), `old` (drawn
 * hollow, not suggested), `layer` where it was never measured.
 * @param {import('./board.js').Unit} unit @param {Board} board @param {number} now
 * @returns {{trust: 'fresh'|'aged'|'old'|'layer', age: number}}
 */
export function positionAge(unit, board, now) {
  if (!unit.position_at) return { trust: 'layer', age: 0 };
  const age = since(unit.position_at, now);
  const { position_is_old_s: old, position_ages_s: aged } = board.settings;
  return { trust: age > old ? 'old' : age > aged ? 'aged' : 'fresh', age };
}

/**
 * Seconds until an alarm escalates: not acknowledged, then not answered. Below 0: it has.
 * @param {import('./board.js').Alarm} alarm @param {Board} board @param {number} now
 * @returns {{step: 'acknowledge'|'answer'|'answered', left: number}}
 */
export function escalation(alarm, board, now) {
  const gone = since(alarm.pressed_at, now);
  if (alarm.answered_at) return { step: 'answered', left: 0 };
  if (!alarm.acknowledged_at) return { step: 'acknowledge', left: board.settings.acknowledge_s - gone };
  return { step: 'answer', left: board.settings.answer_s - gone };
}

/**
 * Units that have been on a scene, in the same status, for longer than the setting.
 * @param {Board} board @param {number} now @param {Map<string, {since: string|null, reason: string}>} muted
 */
export function quietUnits(board, now, muted) {
  return [...board.units.values()].filter((unit) => unit.status === 'on_scene' && unit.since
    && since(unit.since, now) > board.settings.quiet_on_scene_s && muted.get(unit.id)?.since !== unit.since);
}

const STEPS = { received: 0, dispatched: 1, arrived: 2, handling: 3, closed: 4, cancelled: 4, merged: 4 };

/**
 * Open calls in the order of the list: unassigned first, by priority, then by time. Time
 * alone never changes the order, so that nothing jumps.
 * @param {Board} board @param {(call: import('./board.js').Call) => boolean} [wanted]
 */
export function listed(board, wanted = () => true) {
  /** @param {import('./board.js').Call} call */
  const group = (call) => (STEPS[call.state] === 0 ? 0 : 1);
  return [...board.calls.values()].filter((call) => isOpen(call) && wanted(call))
    .sort((a, b) => group(a) - group(b) || a.priority - b.priority || (a.received_at < b.received_at ? -1 : a.received_at > b.received_at ? 1 : 0) || (a.name < b.name ? -1 : 1));
}

/**
 * When the running shift began.
 * @param {{start: string, end: string}[]} shifts local times @param {number} now @param {string} clock `22:05`, local
 */
export function shiftBegan(shifts, now, clock) {
  const minutes = (/** @type {string} */ text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));
  const at = minutes(clock);
  const ago = shifts.map((shift) => (at - minutes(shift.start) + 1440) % 1440);
  return ago.length ? now - Math.min(...ago) * 60e3 : now;
}
