/**
 * Single keys of the desk, for one hand. They rest while somebody types, and can be
 * switched off altogether (WCAG 2.1.4).
 * @module
 */
import { isOpen } from './board.js';
import { mergeOf } from './call_detail.js';
import { assign } from './suggestion.js';
import { t } from '../i18n/speak.js';

/** @typedef {import('./board.js').Board} Board */
/** @typedef {import('./console.js').Console} Console */

/** Keys in the order of the list that explains them. */
export const KEYS = /** @type {const} */ (['j', 'k', 'enter', '123', 'p', 'h', 'x', 'm', 'n', 'u', 'a', 'r', 'c', 'e', 'g', 'v', 'b', 'w', 'slash', 'colon', 'question', 'escape', 't', 'comma', 'period', 'zero']);

/** What may be done while the desk looks at another time than now. */
const IN_THE_PAST = 'jk/:：?？bvgarcet,.0';

/** @param {Board} board @param {Console} desk @returns {() => void} stops listening */
export function listenToKeys(board, desk) {
  /** @param {KeyboardEvent} event */
  const keyed = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const at = /** @type {HTMLElement} */ (event.target);
    if (at.matches?.('input, select, textarea, [contenteditable]')) return;
    if (event.key === 'Escape') return escape(desk);
    // A button in focus keeps its own Enter; elsewhere Enter asks who should go.
    if (event.key === 'Enter' && at.matches?.('button, a, summary, canvas')) return undefined;
    if (!desk.state.singleKeys && event.key !== 'Enter') return undefined;
    if (act(board, desk, event.key.length === 1 ? event.key.toLowerCase() : event.key)) event.preventDefault();
    return undefined;
  };
  addEventListener('keydown', keyed);
  return () => removeEventListener('keydown', keyed);
}

/** @param {Console} desk */
function escape(desk) {
  if (desk.state.helped) desk.change({ helped: false });
  else if (desk.state.asked || desk.state.next) desk.change({ asked: false, next: null, route: null });
  else if (desk.state.filter) desk.change({ filter: '' });
  else desk.select(null);
}

/**
 * Does what a key stands for.
 * @param {Board} board @param {Console} desk @param {string} key
 * @returns {boolean} whether it stands for something
 */
export function act(board, desk, key) {
  if (board.isLocked && (key.length > 1 || !IN_THE_PAST.includes(key))) {
    desk.say(t('time_not_now'), 'refused');
    return true;
  }
  const call = desk.selectedCall();
  const open = call && isOpen(call) ? call : null;
  switch (key) {
    case 'j': desk.move(1); break;
    case 'k': desk.move(-1); break;
    case 'Enter':
      if (desk.place && desk.state.next === desk.place.unit) {
        desk.send(desk.place.unit);
        break;
      }
      if (!open) return false;
      desk.askWho();
      break;
    case '1': case '2': case '3':
      if (!open || !desk.state.asked) return false;
      assign(desk, open, Number(key) - 1);
      break;
    case '/': desk.focusFind(); break;
    case ':': case '：': desk.focusCommand(); break;
    case '?': case '？': desk.change({ helped: !desk.state.helped }); break;
    case 'u': desk.undo(); break;
    case 'b': desk.camera.back(); break;
    case 't': desk.travel.toggle(); break;
    case ',': case '，': desk.travel.move(-1); break;
    case '.': case '。': desk.travel.move(1); break;
    case '0': desk.travel.toNow(); break;
    case 'v': see(desk, desk.selected()?.position); break;
    case 'g': case 'a': case 'r': case 'c': case 'e': return alarmKey(desk, key);
    case 'w': return next(board, desk);
    default: return open ? callKey(board, desk, open, key) : unitKey(board, desk, key);
  }
  return true;
}

/** @param {Console} desk @param {import('./board.js').Place|undefined} at */
function see(desk, at) {
  if (at) desk.camera.go(at);
}

/** @param {Console} desk @param {string} key */
function alarmKey(desk, key) {
  const alarm = desk.pressing();
  if (!alarm) return false;
  if (key === 'g') {
    desk.select({ kind: 'pillar', id: alarm.pillar });
    desk.camera.go(alarm.position);
  } else if (key === 'a' && !alarm.acknowledged_at) {
    desk.act({ kind: 'acknowledge', alarm: alarm.number });
    desk.select({ kind: 'pillar', id: alarm.pillar });
  } else if (key === 'r' && !alarm.answered_at) desk.act({ kind: 'answer', alarm: alarm.number });
  else if (key === 'c' && !alarm.call) desk.act({ kind: 'call_for', alarm: alarm.number, category: desk.alarmCategory, priority: 1 });
  else if (key === 'e' && (alarm.answered_at || alarm.call)) desk.act({ kind: 'end_alarm', alarm: alarm.number });
  return true;
}

/**
 * Where next for the unit selected, or for the one that has been idle longest; pressed again
 * it goes there.
 * @param {Board} board @param {Console} desk
 */
function next(board, desk) {
  const { selection, next: asked } = desk.state;
  if (asked && desk.place?.unit === asked) {
    desk.send(asked);
    return true;
  }
  const unit = selection?.kind === 'unit' ? board.units.get(selection.id) : undefined;
  const idle = unit?.status === 'idle' ? unit : [...board.units.values()].filter((it) => it.status === 'idle' && !it.sent).sort((a, b) => ((a.since ?? '') < (b.since ?? '') ? -1 : 1))[0];
  if (!idle) return false;
  desk.select({ kind: 'unit', id: idle.id });
  desk.change({ next: idle.id });
  return true;
}

/** @param {Board} board @param {Console} desk @param {import('./board.js').Call} call @param {string} key */
function callKey(board, desk, call, key) {
  const other = call.maybe_same.map((id) => board.calls.get(id)).find((it) => it && isOpen(it));
  const units = call.units.map((id) => board.units.get(id));
  if (key === 'm' && other) desk.act(mergeOf(call, other));
  else if (key === 'n' && other) desk.act({ kind: 'keep_apart', call: call.id, other: other.id });
  else if (key === 'h' && call.state === 'arrived') desk.act({ kind: 'handle', call: call.id });
  else if (key === 'p') {
    const coming = units.find((unit) => unit?.status === 'dispatched');
    if (coming) desk.act({ kind: 'arrive', unit: coming.id });
  } else if (key === 'x') {
    const last = units.find((unit) => unit?.status === 'on_scene') ?? units[0];
    if (last) desk.act({ kind: 'clear', unit: last.id });
  } else return false;
  return true;
}

/** @param {Board} board @param {Console} desk @param {string} key */
function unitKey(board, desk, key) {
  const { selection } = desk.state;
  const unit = selection?.kind === 'unit' ? board.units.get(selection.id) : undefined;
  if (key === 'x' && unit?.sent) {
    desk.act({ kind: 'recall', unit: unit.id });
    return true;
  }
  if (!unit?.call) return false;
  if (key === 'p' && unit.status === 'dispatched') desk.act({ kind: 'arrive', unit: unit.id });
  else if (key === 'x') desk.act({ kind: 'clear', unit: unit.id });
  else return false;
  return true;
}
