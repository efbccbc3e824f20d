/**
 * Check-ins that the service has not confirmed, sent in order and one at a time. Each keeps
 * its time, its key and the link it was made under from the first attempt to the last, over
 * reloads and days without a network, so that none is lost and none counts twice.
 * @module
 */
import { ApiProblem, request } from '../api.js';
import { keep, kept } from './keep.js';

/**
 * @typedef {import('./ahead.js').CheckIn} CheckIn
 * @typedef {object} Action
 * @property {string} key
 * @property {string} token
 * @property {CheckIn} body
 * @property {boolean} tried whether an attempt has begun: it may have arrived
 * @property {boolean} waits whether it could not be sent so far
 * @property {number} hold milliseconds of this clock before which it can still be taken back unsent
 * @typedef {'done'|'later'|'link'|'refused'} Outcome
 */

const ANSWER_MS = 10e3;
/** Answers that say "later", not "no". */
const LATER = [0, 408, 425, 429, 500, 502, 503, 504, 507];
/** Problems of a service that will take it once it is itself again. */
const LATER_KINDS = ['read-only', 'busy'];
/** Most positions kept while there is no network: three hours, one a minute. */
const MOST_POSITIONS = 180;
const POSITION_EVERY_MS = 60e3;

const newKey = () => crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`;

export class CheckIns {
  /** @param {{changed: () => void, settled: (action: Action, outcome: Outcome, problem?: unknown) => void}} tell */
  constructor({ changed, settled }) {
    this.changed = changed;
    this.settled = settled;
    this.busy = false;
    this.timer = 0;
  }

  /** Read anew each time: the phone may have the page open twice. @returns {Action[]} */
  get actions() {
    return kept('queue', /** @type {Action[]} */ ([]));
  }

  /** @param {Action[]} actions */
  put(actions) {
    keep('queue', actions.length ? actions : null);
    this.changed();
  }

  /**
   * @param {string} token @param {CheckIn} body @param {{hold?: number, waits?: boolean}} [how]
   * @returns {Action}
   */
  add(token, body, { hold = 0, waits = false } = {}) {
    const action = { key: newKey(), token, body, tried: false, waits, hold };
    this.put([...body.kind === 'position' ? thinned(this.actions, body) : this.actions, action]);
    return action;
  }

  /** Takes back what was never sent. @param {string} key @returns {boolean} whether it was there and untried */
  drop(key) {
    const found = this.actions.find((action) => action.key === key);
    if (!found || found.tried) return false;
    this.put(this.actions.filter((action) => action.key !== key));
    return true;
  }

  /** Nothing is held back any more: the page is about to go. */
  release() {
    if (this.actions.some((action) => action.hold)) this.put(this.actions.map((action) => ({ ...action, hold: 0 })));
  }

  /** @param {string} key @param {Partial<Action>} patch */
  mark(key, patch) {
    this.put(this.actions.map((action) => (action.key === key ? { ...action, ...patch } : action)));
  }

  /** Sends what waits, in order, until one gets no answer; one page of the phone at a time. */
  async flush() {
    if (this.busy) return;
    this.busy = true;
    try {
      if (navigator.locks) await navigator.locks.request('frontbeat-unit-queue', () => this.sendAll());
      else await this.sendAll();
    } finally {
      this.busy = false;
    }
  }

  async sendAll() {
    for (let action = this.actions[0]; action; action = this.actions[0]) {
      const held = action.hold - Date.now();
      if (held > 0) {
        clearTimeout(this.timer);
        this.timer = window.setTimeout(() => this.flush(), held);
        return;
      }
      const { key } = action;
      this.mark(key, { tried: true });
      const [outcome, problem] = await send(action);
      if (outcome === 'later') {
        this.put(this.actions.map((it) => ({ ...it, waits: true })));
        return this.settled(action, outcome);
      }
      // A link that is no longer good does not become so: nothing behind it passes either.
      if (outcome === 'link') return this.settled(action, outcome, problem);
      this.settled(action, outcome, problem);
      this.put(this.actions.filter((it) => it.key !== key));
    }
  }
}

/** @param {Action} action @returns {Promise<[Outcome, unknown?]>} */
async function send({ key, token, body }) {
  try {
    await request('/api/unit/checkins', {
      method: 'POST', body: JSON.stringify(body), signal: AbortSignal.timeout(ANSWER_MS), cache: 'no-store',
      headers: { 'content-type': 'application/json', 'idempotency-key': key, authorization: `Bearer ${token}` },
    });
    return ['done'];
  } catch (problem) {
    const status = problem instanceof ApiProblem ? problem.status : 0;
    if (LATER.includes(status) || (problem instanceof ApiProblem && LATER_KINDS.includes(problem.kind))) return ['later'];
    return [status === 401 ? 'link' : 'refused', problem];
  }
}

/**
 * Room for one more position: of those not sent, one a minute is enough, and not for ever.
 * @param {Action[]} actions @param {CheckIn} fresh
 */
export function thinned(actions, fresh) {
  const unsent = actions.filter(({ body, tried }) => body.kind === 'position' && !tried);
  const [before, last] = unsent.slice(-2);
  const time = (/** @type {Action} */ action) => Date.parse(action.body.at);
  // A newer one takes the place of one that is not yet a minute after the one before it; but
  // what was done between two positions keeps its place between them.
  if (last && last === actions.at(-1) && time(last) - time(before) < POSITION_EVERY_MS && Date.parse(fresh.at) >= time(last)) return actions.slice(0, -1);
  return unsent.length < MOST_POSITIONS ? actions : actions.filter((action) => action !== unsent[0]);
}
