/**
 * What the person at the desk looks at and has done: selection, last words of the desk,
 * actions with their undo. One plain state, changed by patches.
 * @module
 */
import { inWords } from '../ui/states.js';
import { t } from '../i18n/speak.js';
import { listed } from './ages.js';
import { isOpen } from './board.js';
import { Queue } from './queue.js';
import { Sound } from './sound.js';
import { actionText } from './words.js';

/**
 * @typedef {{kind: 'call'|'unit'|'pillar', id: string}} Selection
 * @typedef {{text: string, tone: 'done'|'refused'|'note', at: number}} Said
 * @typedef {object} ConsoleState
 * @property {Selection|null} selection
 * @property {string} filter of calls and units
 * @property {boolean} asked whether the suggestion for the selected call is open
 * @property {string|null} next unit whose next place is asked for
 * @property {GeoJSON.Feature|null} route drawn on the map
 * @property {Said[]} said what the desk answered, the latest first
 * @property {Map<string, {since: string|null, reason: string}>} muted reminders, by unit
 * @property {boolean} sound
 * @property {boolean} singleKeys whether single keys act; off for those whom they hinder
 * @property {boolean} helped whether the list of keys is open
 * @property {number} queued grows with the queue
 */

const SAID_KEPT = 30;

export class Console {
  /** @param {import('./board.js').Board} board */
  constructor(board) {
    this.board = board;
    /** @type {ConsoleState} */
    this.state = {
      selection: null, filter: '', asked: false, next: null, route: null, said: [], muted: mutedBefore(), sound: false,
      singleKeys: localStorage.getItem('frontbeat-single-keys') !== 'off', helped: false, queued: 0,
    };
    /** @type {Set<() => void>} */
    this.watchers = new Set();
    this.sounder = new Sound();
    /** Where the desk looks in time; nowhere but now until it is told. @type {{toggle: () => void, move: (steps: number) => void, toNow: () => void}} */
    this.travel = { toggle: () => {}, move: () => {}, toNow: () => {} };
    /** Undo of what was done, the last on top. @type {{command: import('./queue.js').Command|null, text: string}[]} */
    this.undos = [];
    /** @type {Map<string, {command: import('./queue.js').Command|null}|null>} undo of an action, by its key, until it is done */
    this.pendingUndo = new Map();
    /** Key of an action that is to be undone as soon as it is done. */
    this.regretted = '';
    this.queue = new Queue((action, outcome) => this.settled(action, outcome), () => this.change({ queued: this.state.queued + 1 }));
    /** Best units of the suggestion that is open, in order. @type {{call: string, units: string[]}} */
    this.choices = { call: '', units: [] };
    /** The place that an idle unit might go to next, as it is shown. @type {{unit: string, position: import('./board.js').Place, label: string}|null} */
    this.place = null;
    /** The calls there were when the search in hand was begun. @type {Set<string>} */
    this.knownBefore = new Set();
    /** The unit that is sent there as soon as the place is known. */
    this.eager = '';
    /** What a call made of an alarm is taken for until somebody knows more. */
    this.alarmCategory = 'other';
    /** Goes to a place, and back. @type {{go: (at: import('./board.js').Place) => void, back: () => void}} */
    this.camera = { go: () => {}, back: () => {} };
    /** @type {() => void} */
    this.focusFind = () => {};
    /** @type {() => void} */
    this.focusCommand = () => {};
  }

  /** @param {Partial<ConsoleState>} patch */
  change(patch) {
    // What comes after a search was begun is not hidden by it.
    if (patch.filter !== undefined && !this.state.filter) this.knownBefore = new Set(this.board.calls.keys());
    if (patch.muted) localStorage.setItem('frontbeat-muted', JSON.stringify([...patch.muted]));
    if (patch.singleKeys !== undefined) localStorage.setItem('frontbeat-single-keys', patch.singleKeys ? 'on' : 'off');
    this.state = { ...this.state, ...patch };
    for (const watcher of [...this.watchers]) watcher();
  }

  /** @param {() => void} watcher */
  watch(watcher) {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  /** @param {Selection|null} selection */
  select(selection) {
    const same = selection?.id === this.state.selection?.id && selection?.kind === this.state.selection?.kind;
    this.change(same ? { selection } : { selection, asked: false, next: null, route: null });
  }

  /** @param {string} text @param {Said['tone']} tone */
  say(text, tone) {
    this.change({ said: [{ text, tone, at: this.board.now() }, ...this.state.said].slice(0, SAID_KEPT) });
  }

  /** The call, unit or pillar selected; none where it is gone. */
  selected() {
    const { selection } = this.state;
    if (!selection) return null;
    const found = selection.kind === 'call' ? this.board.calls.get(selection.id) : selection.kind === 'unit' ? this.board.units.get(selection.id) : this.board.pillars.get(selection.id);
    return found ?? null;
  }

  /** @returns {import('./board.js').Call|null} */
  selectedCall() {
    const { selection } = this.state;
    return selection?.kind === 'call' ? this.board.calls.get(selection.id) ?? null : null;
  }

  /** Asks who should go to the call that is selected. */
  askWho() {
    if (this.board.isLocked) this.say(t('time_not_now'), 'refused');
    else this.change({ asked: true });
  }

  /**
   * Does something: at once where the service is there, else as soon as it is.
   * @param {import('./queue.js').Command} command
   * @param {string} [label] of the place it is about
   */
  act(command, label) {
    // Alarms are those of now; all else on the screen is as it was.
    if (this.board.isLocked && command.alarm === undefined) return this.say(t('time_not_now'), 'refused');
    const undo = undoOf(this.board, command);
    const action = this.queue.add(command, actionText(this.board, command, label));
    this.pendingUndo.set(action.key, { command: undo ?? null });
    if (this.board.link === 'lost') this.say(t('d_queued', { what: action.text }), 'note');
    return action;
  }

  /** Sends an idle unit where it should go next: at once where that is known, else once it is. @param {string} unit */
  send(unit) {
    if (this.board.isLocked) return this.say(t('time_not_now'), 'refused');
    if (this.place?.unit !== unit) {
      this.eager = unit;
      this.select({ kind: 'unit', id: unit });
      return this.change({ next: unit });
    }
    const { position, label } = this.place;
    this.eager = '';
    this.act({ kind: 'send', unit, position }, label);
    // The way stays on the map.
    return this.change({ next: null });
  }

  /** What was found for the unit that was asked about. @param {Console['place']} place */
  found(place) {
    this.place = place;
    if (place && this.eager === place.unit) this.send(place.unit);
  }

  /** @param {import('./queue.js').Action} action @param {import('./queue.js').Outcome} outcome */
  settled(action, outcome) {
    const undo = this.pendingUndo.get(action.key);
    this.pendingUndo.delete(action.key);
    const regretted = this.regretted === action.key;
    if (regretted) this.regretted = '';
    if (!outcome.ok) return this.say(t('d_refused', { what: action.text, why: bySign(this.board, inWords(outcome.problem)) }), 'refused');
    // What has no way back stays in the way: U must not take back something older instead.
    if (undo && !outcome.known) this.undos.push({ command: undo.command, text: action.text });
    this.say(t(outcome.known ? 'd_known' : 'd_done', { what: action.text }), 'done');
    if (regretted) this.undo();
  }

  /** Takes back the last thing done; what waits unsent is taken back first. */
  undo() {
    // What was tried may have arrived: only its answer tells.
    const unsent = this.queue.actions.findLast((action) => !action.tried);
    if (unsent && this.board.link === 'lost') {
      this.queue.drop(unsent);
      return this.say(t('d_unqueued', { what: unsent.text }), 'note');
    }
    // On its way: taken back as soon as it is there, not the one before in its stead.
    const going = this.queue.actions.at(-1);
    if (going && this.pendingUndo.get(going.key)?.command) {
      this.regretted = going.key;
      return undefined;
    }
    const last = this.undos.at(-1);
    if (!last) return this.say(t('d_no_undo'), 'note');
    if (!last.command) return this.say(t('d_cannot_undo', { what: last.text }), 'note');
    this.undos.pop();
    const action = this.queue.add(last.command, t('d_undo_of', { what: last.text }));
    this.pendingUndo.set(action.key, null);
    return undefined;
  }

  /** Calls of the list as the person has filtered it: those found, and what came in since and waits. */
  list() {
    const filter = this.state.filter.trim().toLowerCase();
    if (!filter) return listed(this.board);
    const signs = (/** @type {import('./board.js').Call} */ call) => call.units.map((id) => this.board.units.get(id)?.call_sign ?? '').join(' ');
    const isNew = (/** @type {import('./board.js').Call} */ call) => call.state === 'received' && !this.knownBefore.has(call.id);
    return listed(this.board, (call) => isNew(call) || `${call.name} ${call.beat_name ?? ''} ${call.category} ${signs(call)}`.toLowerCase().includes(filter));
  }

  /** Selects the call after (or before) the one selected. @param {1|-1} step */
  move(step) {
    const calls = this.list();
    if (!calls.length) return;
    const at = calls.findIndex((call) => call.id === this.state.selection?.id);
    const to = at < 0 ? (step > 0 ? 0 : calls.length - 1) : Math.min(calls.length - 1, Math.max(0, at + step));
    this.select({ kind: 'call', id: calls[to].id });
  }

  /** The alarm that asks for somebody most: not acknowledged first, the oldest first. */
  pressing() {
    const open = this.board.present.openAlarms();
    return open.find((alarm) => !alarm.acknowledged_at) ?? open.find((alarm) => !alarm.answered_at) ?? open[0] ?? null;
  }
}

/** Units in a sentence of the service, by their call signs. @param {import('./board.js').Board} board @param {string} text */
const bySign = (board, text) => text.replace(/\bunit ([^\s,;.]+)/g, (whole, id) => board.units.get(id)?.call_sign ?? whole);

/** @returns {ConsoleState['muted']} */
function mutedBefore() {
  try {
    return new Map(JSON.parse(localStorage.getItem('frontbeat-muted') ?? '[]'));
  } catch {
    return new Map();
  }
}

/**
 * What takes a command back, as far as the service has it; read before the command is done.
 * @param {import('./board.js').Board} board @param {import('./queue.js').Command} command
 * @returns {import('./queue.js').Command|null}
 */
export function undoOf(board, command) {
  const call = board.calls.get(String(command.call));
  const unit = board.units.get(String(command.unit));
  switch (command.kind) {
    // Taken from another call, it goes back to that one.
    case 'assign': return !unit || unit.call === command.call ? null : unit.call ? { kind: 'assign', call: unit.call, unit: unit.id } : { kind: 'clear', unit: unit.id };
    case 'close': case 'cancel': case 'merge': return call && isOpen(call) ? { kind: 'reopen', call: call.id } : null;
    case 'reclassify': return call ? { kind: 'reclassify', call: call.id, category: call.category, priority: call.priority } : null;
    case 'send': return unit ? (unit.sent ? { kind: 'send', unit: unit.id, position: unit.sent.position } : { kind: 'recall', unit: unit.id }) : null;
    case 'recall': return unit?.sent ? { kind: 'send', unit: unit.id, position: unit.sent.position } : null;
    case 'follow': return { kind: 'unfollow', plan: command.plan };
    case 'status': return unit && !unit.call ? { kind: 'status', unit: unit.id, status: unit.status } : null;
    default: return null;
  }
}
