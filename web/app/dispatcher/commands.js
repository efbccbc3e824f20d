/**
 * The command line of the desk: `assign 12 C0417`. Reads a line against the board, says in
 * words what is wrong with it, and offers what may come next. Each verb has a Chinese name.
 * @module
 */
import { t, word } from '../i18n/speak.js';
import { isOpen } from './board.js';

/**
 * @typedef {import('./board.js').Board} Board
 * @typedef {'unit'|'call'|'alarm'|'status'|'reason'|'priority'|'what'} Slot
 * @typedef {{kind: 'call'|'unit'|'pillar', id: string}} Found
 * @typedef {{verb: string, command?: import('./queue.js').Command, found?: Found, unit?: string, problem?: [string, Record<string, string|number>]}} Read
 */

/** Verbs, what each takes, and its names. @type {Record<string, {slots: Slot[], zh: string}>} */
export const VERBS = {
  assign: { slots: ['unit', 'call'], zh: '派' },
  arrive: { slots: ['unit'], zh: '到' },
  clear: { slots: ['unit'], zh: '完' },
  handle: { slots: ['call'], zh: '处' },
  close: { slots: ['call'], zh: '结' },
  cancel: { slots: ['call', 'reason'], zh: '撤' },
  reopen: { slots: ['call'], zh: '复' },
  priority: { slots: ['call', 'priority'], zh: '级' },
  merge: { slots: ['call', 'call'], zh: '并' },
  apart: { slots: ['call', 'call'], zh: '分' },
  status: { slots: ['unit', 'status'], zh: '态' },
  ack: { slots: ['alarm'], zh: '认' },
  answer: { slots: ['alarm'], zh: '答' },
  end: { slots: ['alarm'], zh: '止' },
  find: { slots: ['what'], zh: '找' },
  next: { slots: ['unit'], zh: '往' },
  send: { slots: ['unit'], zh: '去' },
  recall: { slots: ['unit'], zh: '召' },
  undo: { slots: [], zh: '退' },
};

export const STATUSES = ['idle', 'break', 'off_duty'];
export const REASONS = ['false_alarm', 'withdrawn', 'handed_over', 'test', 'mistake'];

/** The verb of a word, in either language. @param {string} word */
const verbOf = (word) => Object.keys(VERBS).find((name) => name === word.toLowerCase() || VERBS[name].zh === word);

/** @param {string} text */
const words = (text) => text.trim().replace(/^[:：]\s*/, '').split(/\s+/).filter(Boolean);

/**
 * Units that a word may mean: by id, by call sign, else by the number at a call sign's end.
 * @param {Board} board @param {string} word
 */
export function unitsCalled(board, word) {
  const all = [...board.units.values()];
  const exact = all.filter((unit) => unit.id === word || unit.call_sign.toLowerCase() === word.toLowerCase());
  if (exact.length || !/^\d+$/.test(word)) return exact;
  return all.filter((unit) => Number(/(\d+)\D*$/.exec(unit.call_sign)?.[1] ?? NaN) === Number(word));
}

/**
 * The call that a word means: the open one of that name, or else the latest.
 * @param {Board} board @param {string} word
 */
export function callNamed(board, word) {
  const number = /^c?(\d+)$/i.exec(word)?.[1];
  if (!number) return board.calls.get(word);
  return [...board.calls.values()].filter((call) => Number(call.name.slice(1)) === Number(number))
    .sort((a, b) => Number(isOpen(b)) - Number(isOpen(a)) || (a.received_at < b.received_at ? 1 : -1))[0];
}

/**
 * Reads a line.
 * @param {Board} board @param {string} text
 * @returns {Read}
 */
export function read(board, text) {
  const [first = '', ...rest] = words(text);
  const verb = verbOf(first);
  if (!verb) return { verb: first, problem: ['d_no_verb', { word: first }] };
  if (verb === 'find') return find(board, rest);
  /** @type {Record<string, any>[]} */
  const values = [];
  for (const [i, slot] of VERBS[verb].slots.entries()) {
    // A reason may have several words.
    const given = slot === 'reason' ? rest.slice(i).join(' ') || undefined : rest[i];
    if (given === undefined) return { verb, problem: ['d_missing', { verb: first, what: word('d_slot', slot) }] };
    const value = slotValue(board, slot, given);
    if (value.problem) return { verb, problem: value.problem };
    values.push(value);
    if (slot === 'reason') rest.length = i + 1;
  }
  if (rest.length > values.length) return { verb, problem: ['d_too_many_words', { word: rest[values.length] }] };
  const [a, b] = values;
  if (verb === 'next' || verb === 'send') return { verb, unit: a.id };
  if (verb === 'undo') return { verb };
  return { verb, command: commandOf(verb, a, b) };
}

/** @param {string} verb @param {Record<string, any>} a @param {Record<string, any>} b @returns {import('./queue.js').Command} */
function commandOf(verb, a, b) {
  switch (verb) {
    case 'assign': return { kind: 'assign', call: b.id, unit: a.id };
    case 'arrive': case 'clear': case 'recall': return { kind: verb, unit: a.id };
    case 'status': return { kind: 'status', unit: a.id, status: b.id };
    case 'cancel': return { kind: 'cancel', call: a.id, reason: b.id };
    case 'priority': return { kind: 'reclassify', call: a.id, priority: Number(b.id) };
    case 'merge': return { kind: 'merge', call: a.id, into: b.id };
    case 'apart': return { kind: 'keep_apart', call: a.id, other: b.id };
    case 'ack': return { kind: 'acknowledge', alarm: a.id };
    case 'answer': return { kind: 'answer', alarm: a.id };
    case 'end': return { kind: 'end_alarm', alarm: a.id };
    default: return { kind: verb, call: a.id };
  }
}

/** @param {Board} board @param {Slot} slot @param {string} word @returns {{id?: any, problem?: [string, Record<string, string|number>]}} */
function slotValue(board, slot, word) {
  switch (slot) {
    case 'unit': {
      const found = unitsCalled(board, word);
      if (found.length === 1) return { id: found[0].id };
      if (!found.length) return { problem: ['d_no_unit', { word }] };
      return { problem: ['d_many_units', { word, n: found.length, names: found.slice(0, 4).map((u) => u.call_sign).join(', ') }] };
    }
    case 'call': {
      const found = callNamed(board, word);
      return found ? { id: found.id } : { problem: ['d_no_call', { word }] };
    }
    case 'alarm': {
      const found = board.alarms.get(Number(word.replace(/^#/, '')));
      return found ? { id: found.number } : { problem: ['d_no_alarm_word', { word }] };
    }
    case 'priority': return /^[123]$/.test(word) ? { id: word } : { problem: ['d_no_priority', { word }] };
    case 'status': return named('status', STATUSES, word, 'd_no_status');
    case 'reason': return named('d_reason', REASONS, word, 'd_no_reason');
    default: return { id: word };
  }
}

/**
 * A code by itself or by its name on the screen.
 * @param {string} group of the names @param {string[]} codes @param {string} given @param {string} wrong key of the sentence where there is none
 */
function named(group, codes, given, wrong) {
  const plain = (/** @type {string} */ text) => text.toLowerCase().replace(/[_\s]+/g, ' ').trim();
  const code = codes.find((one) => plain(one) === plain(given) || plain(word(group, one)) === plain(given));
  return code ? { id: code } : { problem: /** @type {[string, Record<string, string|number>]} */ ([wrong, { word: given, names: codes.map((one) => word(group, one)).join(t('comma')) }]) };
}

/** @param {Board} board @param {string[]} rest @returns {Read} */
function find(board, rest) {
  const verb = 'find';
  if (!rest.length) return { verb, problem: ['d_missing', { verb, what: word('d_slot', 'what') }] };
  const kind = { pillar: 'pillar', 柱: 'pillar', unit: 'unit', 警组: 'unit', call: 'call', 警情: 'call' }[rest[0].toLowerCase()];
  const wanted = (kind ? rest.slice(1) : rest).join(' ');
  const digits = /^(\d+)号?$/.exec(wanted)?.[1];
  const unit = !kind || kind === 'unit' ? unitsCalled(board, wanted)[0] : undefined;
  const call = !kind || kind === 'call' ? callNamed(board, wanted) : undefined;
  const pillar = !kind || kind === 'pillar' ? [...board.pillars.values()].find((p) => p.id === wanted || p.name === wanted || (digits && Number(/\d+/.exec(p.name || p.id)?.[0] ?? NaN) === Number(digits))) : undefined;
  const text = wanted.toLowerCase();
  const place = call ?? (kind && kind !== 'call' ? undefined : [...board.calls.values()].find((c) => isOpen(c) && text && (c.beat_name ?? '').toLowerCase().includes(text)));
  if (/^c/i.test(wanted) && call) return { verb, found: { kind: 'call', id: call.id } };
  if (unit) return { verb, found: { kind: 'unit', id: unit.id } };
  if (place) return { verb, found: { kind: 'call', id: place.id } };
  if (pillar) return { verb, found: { kind: 'pillar', id: pillar.id } };
  return { verb, problem: ['d_found_nothing', { word: rest.join(' ') }] };
}

/** Most offers at once. */
const OFFERS = 8;

/**
 * What may stand where the line ends: whole lines, so that taking one is one key.
 * @param {Board} board @param {string} text @param {boolean} zh verbs by their Chinese names
 * @returns {{line: string, hint: string}[]}
 */
export function complete(board, text, zh) {
  const done = words(text);
  const open = /\s$/.test(text) || !done.length ? '' : /** @type {string} */ (done.pop());
  const shown = (/** @type {string} */ name) => (zh ? VERBS[name].zh : name);
  if (!done.length) {
    return Object.keys(VERBS).filter((name) => name.startsWith(open.toLowerCase()) || VERBS[name].zh.startsWith(open))
      .slice(0, open ? OFFERS : 20).map((name) => ({ line: `${shown(name)} `, hint: name }));
  }
  const verb = verbOf(done[0]);
  if (!verb) return [];
  const head = `${done.join(' ')} `;
  const slot = VERBS[verb].slots[done.length - 1] ?? (verb === 'find' ? 'what' : undefined);
  const start = open.toLowerCase();
  const offers = slot ? candidates(board, slot, verb, done, zh) : [];
  return offers.filter(({ name, hint }) => name.toLowerCase().includes(start) || hint.toLowerCase().includes(start))
    .slice(0, OFFERS).map(({ name, hint }) => ({ line: `${head}${name} `, hint }));
}

/** @param {Board} board @param {Slot} slot @param {string} verb @param {string[]} done @param {boolean} zh @returns {{name: string, hint: string}[]} */
function candidates(board, slot, verb, done, zh) {
  switch (slot) {
    case 'unit': {
      const fits = { assign: ['idle'], arrive: ['dispatched'], clear: ['dispatched', 'on_scene'], next: ['idle'], send: ['idle'], recall: ['idle'] }[verb];
      return [...board.units.values()].filter((unit) => (!fits || fits.includes(unit.status)) && (verb !== 'recall' || unit.sent)).map((unit) => ({ name: unit.call_sign, hint: unit.status }));
    }
    case 'call': return [...board.calls.values()].filter((call) => (verb === 'reopen' ? !isOpen(call) : isOpen(call)) && !done.includes(call.name))
      .sort((a, b) => Number(a.state !== 'received') - Number(b.state !== 'received') || a.priority - b.priority).slice(0, 200).map((call) => ({ name: call.name, hint: call.state }));
    case 'alarm': return board.openAlarms().map((alarm) => ({ name: String(alarm.number), hint: alarm.level }));
    case 'status': return STATUSES.map((name) => ({ name: zh ? word('status', name) : name, hint: name }));
    case 'reason': return REASONS.map((name) => ({ name: zh ? word('d_reason', name) : name, hint: name }));
    case 'priority': return ['1', '2', '3'].map((name) => ({ name, hint: name }));
    default: return done.length > 1
      ? [...(done[1] === 'pillar' ? board.pillars : board.units).values()].map((it) => ({ name: 'call_sign' in it ? it.call_sign : (/\d+/.exec(it.name || it.id)?.[0] ?? it.id), hint: 'name' in it ? it.name : it.status }))
      : ['pillar', 'unit', 'call'].map((name) => ({ name, hint: name }));
  }
}
