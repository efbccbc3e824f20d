/**
 * Where the desk looks in time: an instant of the past (the board as it was), an hour ahead
 * (its forecast), or now. Steps, play, and a cache of boards that were seen; knows nothing
 * of the screen.
 * @module
 */
import { ApiProblem, request } from '../api.js';

const MINUTE = 60e3;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Step sizes. */
export const STEPS = [MINUTE, 15 * MINUTE, HOUR];
/** Steps a second while it plays. */
export const SPEEDS = [0.5, 1, 2, 4];
/** How far back the slider goes. */
export const RANGES = /** @type {const} */ ({ day: DAY, week: 7 * DAY });
/** How far ahead. */
export const AHEAD = DAY;
/** Which past incidents are on the map. */
export const MODES = /** @type {const} */ (['instant', 'window', 'cumulative']);

/** A slider that is dragged asks when it rests. */
const SETTLE_MS = 60;
/** Boards that are kept, by their instant. */
const KEPT = 80;
/** Playing waits no longer than this for what it shows. */
const PATIENCE_MS = 5e3;
const ANSWER_MS = 20e3;

/**
 * @typedef {object} TimeState
 * @property {boolean} open whether the slider is there
 * @property {number|null} at the instant looked at, milliseconds; none: now
 * @property {number} start where playing and "since the start" begin
 * @property {number} step
 * @property {number} speed
 * @property {keyof typeof RANGES} range
 * @property {typeof MODES[number]} mode
 * @property {boolean} playing
 * @property {boolean} loading
 * @property {unknown} problem why the board of then can't be shown
 */

export class TimeTravel {
  /**
   * @param {import('./time_board.js').TimeBoard} board
   * @param {(url: string, init: RequestInit) => Promise<any>} [ask]
   */
  constructor(board, ask = request) {
    this.board = board;
    this.ask = ask;
    /** @type {TimeState} */
    this.state = { open: false, at: null, start: 0, step: 15 * MINUTE, speed: 1, range: 'day', mode: 'instant', playing: false, loading: false, problem: null };
    /** @type {Set<() => void>} */
    this.watchers = new Set();
    /** @type {Map<number, import('./board.js').Snapshot>} */
    this.kept = new Map();
    this.timer = 0;
    this.ticker = 0;
    /** @type {AbortController|null} */
    this.abort = null;
    /** Whether the forecast is on its way. */
    this.heating = false;
    this.waitedSince = 0;
  }

  /** @param {() => void} watcher */
  watch(watcher) {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  /** @param {Partial<TimeState>} patch */
  change(patch) {
    this.state = { ...this.state, ...patch };
    for (const watcher of [...this.watchers]) watcher();
  }

  now() {
    return this.board.present.now();
  }

  /** `now`, `past` or `ahead`. */
  get where() {
    const { at } = this.state;
    return at === null ? 'now' : at > this.now() ? 'ahead' : 'past';
  }

  /** Opens the slider, or closes it and goes back to now. */
  toggle() {
    if (this.state.open) this.toNow();
    this.change({ open: !this.state.open });
  }

  /** Looks at an instant, and begins there from now on. @param {number} at */
  begin(at) {
    this.change({ start: at });
    this.go(at);
  }

  /** Looks at an instant. @param {number} wanted milliseconds */
  go(wanted) {
    const now = this.now();
    const at = Math.min(Math.round(wanted / 1000) * 1000, now + AHEAD);
    // What is drawn of the last seconds would be now's.
    if (Math.abs(at - now) < 1000) return this.toNow();
    const range = now - at > RANGES.day ? 'week' : this.state.range;
    this.change({ at, range, open: true, start: this.state.start || at });
    clearTimeout(this.timer);
    if (at > now) {
      this.abort?.abort();
      this.board.showPresent();
      return this.change({ loading: false, problem: null });
    }
    // From here on nothing is done to calls, whatever is on the screen until then is there.
    this.board.leaving = true;
    const known = this.kept.get(at);
    if (known) return this.show(known, at);
    this.change({ loading: true });
    this.timer = window.setTimeout(() => this.fetch(at), SETTLE_MS);
  }

  /** @param {number} at */
  async fetch(at) {
    this.abort?.abort();
    const abort = new AbortController();
    this.abort = abort;
    try {
      const late = AbortSignal.timeout(ANSWER_MS);
      const signal = AbortSignal.any([abort.signal, late]);
      const snapshot = await this.ask(`/api/board?at=${new Date(at).toISOString()}`, { signal });
      if (abort.signal.aborted || this.state.at !== at) return;
      this.kept.set(at, snapshot);
      for (const oldest of this.kept.keys()) if (this.kept.size > KEPT) this.kept.delete(oldest);
      this.show(snapshot, at);
    } catch (problem) {
      if (abort.signal.aborted || this.state.at !== at) return;
      // Before the log nothing is known: that is shown, and playing goes on to where it begins.
      const nothing = problem instanceof ApiProblem && problem.kind === 'unknown-board';
      if (nothing) this.board.showPast({ sequence: 0, at: '', now: '', calls: [], units: [], pillars: [], alarms: [], notes: [], settings: this.board.present.settings }, at);
      this.change({ loading: false, problem, playing: nothing && this.state.playing });
    }
  }

  /** @param {import('./board.js').Snapshot} snapshot @param {number} at */
  show(snapshot, at) {
    this.board.showPast(snapshot, at);
    this.change({ loading: false, problem: null });
  }

  /** Back to now. */
  toNow() {
    clearTimeout(this.timer);
    clearTimeout(this.ticker);
    this.abort?.abort();
    this.board.showPresent();
    if (this.state.at !== null || this.state.playing) this.change({ at: null, start: 0, playing: false, loading: false, problem: null });
  }

  /** So many steps on or back. @param {number} steps */
  move(steps) {
    const { at, step } = this.state;
    const from = at ?? Math.floor(this.now() / MINUTE) * MINUTE;
    this.go(from + steps * step);
  }

  /** The slider is dragged: whole steps from the start. @param {number} at */
  drag(at) {
    const { start, step } = this.state;
    const origin = start || Math.floor(this.now() / MINUTE) * MINUTE;
    this.go(origin + Math.round((at - origin) / step) * step);
  }

  /** Other steps; the start and the instant stay. @param {number} step */
  setStep(step) {
    this.change({ step });
  }

  play() {
    const { playing, at, range } = this.state;
    if (playing) return this.pause();
    const now = this.now();
    // Where there is nothing after it, it begins at the start.
    if (at === null || at >= now + AHEAD - 1000) this.begin(this.state.start && this.state.start < now ? this.state.start : now - RANGES[range]);
    this.change({ playing: true });
    this.tick();
  }

  pause() {
    clearTimeout(this.ticker);
    this.change({ playing: false });
  }

  tick() {
    clearTimeout(this.ticker);
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const speed = still ? Math.min(1, this.state.speed) : this.state.speed;
    this.ticker = window.setTimeout(() => this.advance(), 1000 / speed);
  }

  /** The next step, once what is shown of this one is there. */
  advance() {
    if (!this.state.playing) return;
    const { at, step, loading } = this.state;
    const waits = loading || this.heating;
    if (waits && performance.now() - this.waitedSince < PATIENCE_MS) {
      this.ticker = window.setTimeout(() => this.advance(), 50);
      return;
    }
    const end = this.now() + AHEAD;
    if (at === null || at + step > end) return this.pause();
    this.waitedSince = performance.now();
    // Steps that meet now go through it.
    this.go(Math.abs(at + step - this.now()) < 1000 ? at + step + 2000 : at + step);
    this.tick();
  }
}
