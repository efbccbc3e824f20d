/**
 * What the person has done and the service has not yet confirmed, sent in order and one at
 * a time. Each action keeps its Idempotency-Key from the first attempt to the last, so that
 * one whose answer was lost is not done twice. Kept over a reload of the page.
 * @module
 */
import { ApiProblem, request } from '../api.js';

/**
 * @typedef {{kind: string} & Record<string, unknown>} Command as the service takes it
 * @typedef {{key: string, command: Command, text: string, at: number, tried: boolean}} Action
 * @typedef {{ok: boolean, problem?: unknown, known?: boolean}} Outcome
 */

const KEPT_AS = 'frontbeat-dispatch-queue';
const ANSWER_MS = 8e3;
const RETRY_MS = 2e3;
/** Answers that say "later", not "no". */
const LATER = [0, 429, 502, 503, 504, 507];

export class Queue {
  /** @param {(action: Action, outcome: Outcome) => void} done @param {() => void} changed */
  constructor(done, changed) {
    this.done = done;
    this.changed = changed;
    /** @type {Action[]} */
    this.actions = kept();
    this.busy = false;
    this.timer = 0;
  }

  /** @param {Command} command @param {string} text what the person reads of it */
  add(command, text) {
    const action = { key: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`, command, text, at: Date.now(), tried: false };
    this.actions.push(action);
    this.keep();
    this.flush();
    return action;
  }

  /** Takes back an action that was never sent. @param {Action} action */
  drop(action) {
    this.actions = this.actions.filter((other) => other !== action);
    this.keep();
  }

  /** Sends what waits, in order, until one gets no answer. */
  async flush() {
    if (this.busy) return;
    this.busy = true;
    clearTimeout(this.timer);
    while (this.actions.length) {
      const action = this.actions[0];
      try {
        const answer = await request('/api/board/commands', {
          method: 'POST', body: JSON.stringify(action.command), signal: AbortSignal.timeout(ANSWER_MS),
          headers: { 'content-type': 'application/json', 'idempotency-key': action.key },
        });
        this.finish(action, { ok: true, known: answer.known > 0 });
      } catch (problem) {
        const status = problem instanceof ApiProblem ? problem.status : 0;
        if (LATER.includes(status)) {
          for (const waiting of this.actions) waiting.tried = true;
          this.timer = window.setTimeout(() => this.flush(), RETRY_MS);
          this.keep();
          break;
        }
        this.finish(action, { ok: false, problem });
      }
    }
    this.busy = false;
  }

  /** @param {Action} action @param {Outcome} outcome */
  finish(action, outcome) {
    this.actions = this.actions.filter((other) => other !== action);
    this.keep();
    this.done(action, outcome);
  }

  /** Actions that got no answer so far, for a call, a unit or an alarm. @param {string} name @param {string|number} id */
  waitingFor(name, id) {
    return this.actions.filter((action) => action.tried && action.command[name] === id);
  }

  keep() {
    try {
      sessionStorage.setItem(KEPT_AS, JSON.stringify(this.actions));
    } catch {
      // Without storage the queue lives as long as the page.
    }
    this.changed();
  }
}

/** @returns {Action[]} */
function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT_AS) ?? '[]');
  } catch {
    return [];
  }
}
