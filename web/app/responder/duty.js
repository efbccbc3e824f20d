/**
 * The unit's duty as its phone knows it: the sheet asked for again and again, what was done
 * on top of it, whether the network and the link are there. One state, and who watches it.
 * @module
 */
import { ApiProblem } from '../api.js';
import { ahead } from './ahead.js';
import { CheckIns } from './checkins.js';
import { keep, kept, onKept } from './keep.js';
import { forgetToken, takeToken } from './link.js';
import { canInstall } from './offline.js';
import { Sharing } from './sharing.js';

/**
 * @typedef {import('./ahead.js').Sheet} Sheet
 * @typedef {import('./ahead.js').CheckIn} CheckIn
 * @typedef {{token: string, etag: string, heard: number, skew: number, sheet: Sheet}} KeptSheet
 * @typedef {{key: string, body: CheckIn, pressed: number}} Done what the person did last, as long as it can be taken back
 */

const POLL_MS = 10e3;
/** The first tries after the network went; then as often as ever. */
const AGAIN_MS = 3e3;
const ANSWER_MS = 8e3;
/** What the service has no way back from waits so long for an undo. */
const HOLD_MS = 6e3;
/** What it can take back itself. @type {CheckIn['kind'][]} */
const UNDONE_THERE = ['here', 'skip'];
/** The way back is offered for so long beside the buttons; after that in the list. */
const OFFERED_MS = 120e3;

/** Refusals that are kept until they are read. */
const MOST_REFUSALS = 20;

/** @typedef {{body: CheckIn, status: number, title: string, detail: string, kind: string}} Refused */

export class Duty {
  constructor() {
    this.token = takeToken();
    const before = kept('sheet', /** @type {KeptSheet|null} */ (null));
    /** @type {KeptSheet|null} */
    this.last = before?.token === this.token ? before : null;
    /** Why the last question was not answered; none while all is well. @type {unknown} */
    this.problem = null;
    this.lost = false;
    /** Whether the service has said that the link is no longer good. */
    this.closed = false;
    /** Confirmed, but newer than the sheet; kept with it. @type {{body: CheckIn, waits: boolean}[]} */
    this.confirmed = this.last ? kept('confirmed', /** @type {{body: CheckIn, waits: boolean}[]} */ ([])) : [];
    /** What the service said no to, until it is read; kept, since a queue may drain unseen. @type {Refused[]} */
    this.refusals = kept('refusals', /** @type {Refused[]} */ ([]));
    /** How many check-ins of an earlier link could not be sent any more. */
    this.orphans = 0;
    /** @type {Done|null} */
    this.undoable = null;
    this.installable = canInstall();
    this.timer = 0;
    this.asking = false;
    /** @type {Set<() => void>} */
    this.watchers = new Set();
    this.checkins = new CheckIns({ changed: () => this.tell(), settled: (action, outcome, problem) => this.settled(action, outcome, problem) });
    this.sharing = new Sharing(this);
  }

  start() {
    addEventListener('online', () => this.poll());
    addEventListener('offline', () => this.poll());
    addEventListener('hashchange', () => location.reload());
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.poll();
      else {
        this.checkins.release();
        this.checkins.flush();
      }
    });
    onKept((name) => {
      if (name === 'token' && kept('token', '') !== this.token) location.reload();
      else this.tell();
    });
    this.poll();
    this.sharing.resume();
  }

  /** @param {() => void} watcher */
  watch(watcher) {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  tell() {
    for (const watcher of [...this.watchers]) watcher();
  }

  /** The service's time as this phone reckons it, in milliseconds. */
  now() {
    return Date.now() + (this.last?.skew ?? 0);
  }

  /** Seconds since the service was heard. */
  age() {
    return this.last ? Math.max(0, (Date.now() - this.last.heard) / 1000) : 0;
  }

  /** The sheet with what was done on top; none before the first. */
  seen() {
    return this.last && ahead(this.last.sheet, [...this.confirmed, ...this.checkins.actions.filter(({ token }) => token === this.token)]);
  }

  /** Check-ins that could not be sent so far. */
  unsent() {
    return this.checkins.actions.filter(({ waits, body }) => waits && body.kind !== 'position');
  }

  /** Asks for the sheet, now and then again; what waits is sent first, so that it is in it. */
  async poll() {
    clearTimeout(this.timer);
    if (!this.token || this.closed || this.asking) return;
    this.asking = true;
    const known = this.confirmed;
    try {
      await this.checkins.flush();
      const sheet = await this.ask();
      this.setConfirmed(this.confirmed.filter((it) => !known.includes(it)));
      this.problem = null;
      this.keepSheet(sheet);
      const back = this.lost;
      this.lost = false;
      if (back) this.checkins.flush();
    } catch (problem) {
      if (problem instanceof ApiProblem && problem.status === 401) this.close();
      else {
        this.problem = problem;
        this.lost = true;
      }
    }
    this.asking = false;
    this.tell();
    if (!this.closed && document.visibilityState === 'visible') this.timer = window.setTimeout(() => this.poll(), this.lost ? AGAIN_MS : POLL_MS);
  }

  /** @returns {Promise<KeptSheet>} */
  async ask() {
    const headers = { authorization: `Bearer ${this.token}`, ...(this.last?.etag && { 'if-none-match': this.last.etag }) };
    let answer;
    try {
      answer = await fetch('/api/unit/sheet', { headers, cache: 'no-store', signal: AbortSignal.timeout(ANSWER_MS) });
    } catch {
      throw new ApiProblem(0, '', '');
    }
    if (answer.status === 304 && this.last) return { ...this.last, heard: Date.now() };
    if (!answer.ok) {
      const { title = answer.statusText, detail = '', type = '' } = await answer.json().catch(() => ({}));
      throw new ApiProblem(answer.status, title, detail, type.replace('/problems/', ''));
    }
    /** @type {Sheet} */
    const sheet = await answer.json();
    const heard = Date.now();
    return { token: this.token, etag: answer.headers.get('etag') ?? '', heard, skew: Date.parse(sheet.now) - heard, sheet };
  }

  /** @param {Duty['confirmed']} confirmed */
  setConfirmed(confirmed) {
    this.confirmed = confirmed;
    keep('confirmed', confirmed.length ? confirmed : null);
  }

  /** @param {KeptSheet} sheet */
  keepSheet(sheet) {
    this.last = sheet;
    keep('sheet', sheet);
  }

  /** The link is revoked or has expired: the places on the sheet are nobody's to read now. */
  close() {
    this.closed = true;
    this.last = null;
    this.sharing.stop();
    keep('sheet', null);
    this.setConfirmed([]);
    keep('share', null);
    forgetToken();
    this.tell();
  }

  /**
   * Something was done. It shows at once and is sent as soon as it can be.
   * @param {Omit<CheckIn, 'at'>} what
   */
  act(what) {
    const body = { ...what, ...(what.stop !== undefined && { plan: this.last?.sheet.plan }), at: new Date(this.now()).toISOString() };
    const quiet = body.kind === 'judge' || body.kind === 'position';
    const hold = quiet || UNDONE_THERE.includes(body.kind) ? 0 : Date.now() + HOLD_MS;
    // Who goes on has meant it.
    if (!quiet) this.checkins.release();
    const { key } = this.checkins.add(this.token, body, { hold, waits: this.lost });
    if (!quiet) {
      this.undoable = { key, body, pressed: Date.now() };
    }
    if (!this.lost) this.checkins.flush().then(() => { if (this.confirmed.length) this.poll(); });
    this.tell();
  }

  /** Takes back what was done last: unsent where it still can be, else by the service. */
  undo() {
    const last = this.undoable;
    if (!last) return;
    this.undoable = null;
    if (!this.checkins.drop(last.key) && last.body.stop !== undefined) this.act({ kind: 'undo', stop: last.body.stop });
    this.undoable = null;
    this.tell();
  }

  /** Whether what was done last can still be taken back. */
  canUndo() {
    const last = this.undoable;
    if (!last || Date.now() - last.pressed > OFFERED_MS) return false;
    return UNDONE_THERE.includes(last.body.kind) || this.checkins.actions.some(({ key, tried }) => key === last.key && !tried);
  }

  /** @param {import('./checkins.js').Action} action @param {import('./checkins.js').Outcome} outcome @param {unknown} [problem] */
  settled({ body, token }, outcome, problem) {
    if (outcome === 'later') {
      this.lost = true;
      if (!this.asking) this.timer = window.setTimeout(() => this.poll(), AGAIN_MS);
    } else if (outcome === 'link') {
      if (token === this.token) this.close();
      // Of an earlier link: it can't be sent any more, and must not hold up what can.
      else {
        const { actions } = this.checkins;
        this.orphans += actions.filter((it) => it.token === token && it.body.kind !== 'position').length;
        this.checkins.put(actions.filter((it) => it.token !== token));
      }
    } else if (outcome === 'refused') {
      // One wild position is dropped; that none is taken any more ends what was switched on.
      if (body.kind !== 'position') this.setRefusals([...this.refusals, { body, ...told(problem) }].slice(-MOST_REFUSALS));
      else if (problem instanceof ApiProblem && problem.kind === 'sharing-off') this.sharing.refused();
    } else if (body.kind !== 'position') this.setConfirmed([...this.confirmed, { body, waits: false }]);
    this.tell();
  }

  /** @param {Refused[]} refusals */
  setRefusals(refusals) {
    this.refusals = refusals;
    keep('refusals', refusals.length ? refusals : null);
  }

  /** What was refused was read. */
  read() {
    this.setRefusals([]);
    this.orphans = 0;
    this.tell();
  }
}

/** What is kept of a problem. @param {unknown} problem */
function told(problem) {
  const { status, title, detail, kind } = problem instanceof ApiProblem ? problem : new ApiProblem(0, String(problem), '');
  return { status, title, detail, kind };
}
