/**
 * Keeps the board on the service's: a snapshot, then server-sent events after it. When
 * nothing is heard it tries again by itself, for ever, and goes on where it was.
 * @module
 */
import { request } from '../api.js';

/** The service says that it lives each 5 s; after so long without, the connection is gone. */
const SILENCE_MS = 12e3;
/** Waits before the next attempts; the last one from then on. */
const WAITS_MS = [500, 1000, 2000, 3000, 5000];
const SNAPSHOT_MS = 10e3;

export class Link {
  /**
   * @param {import('./board.js').Board} board
   * @param {() => void} [onLive] each time the connection is there (again)
   */
  constructor(board, onLive = () => {}) {
    this.board = board;
    this.onLive = onLive;
    /** @type {EventSource|null} */
    this.source = null;
    this.attempts = 0;
    this.stopped = false;
    this.waiting = 0;
    /** Whether the snapshot must be taken anew. */
    this.stale = true;
    this.watchdog = 0;
    this.again = () => this.retryNow();
  }

  /** @param {Promise<import('./board.js').Snapshot>} [first] a snapshot asked for before */
  start(first) {
    this.watchdog = window.setInterval(() => this.check(), 1000);
    addEventListener('online', this.again);
    addEventListener('offline', this.again);
    this.connect(first);
  }

  stop() {
    this.stopped = true;
    clearInterval(this.watchdog);
    clearTimeout(this.waiting);
    removeEventListener('online', this.again);
    removeEventListener('offline', this.again);
    this.source?.close();
  }

  /** Too long without a word? */
  check() {
    if (this.board.link === 'live' && Date.now() - this.board.heard > SILENCE_MS) this.lose();
  }

  /** The browser thinks that the network has changed: asks the service instead of believing it. */
  retryNow() {
    clearTimeout(this.waiting);
    this.source?.close();
    this.connect();
  }

  lose() {
    this.source?.close();
    this.source = null;
    if (this.stopped) return;
    this.board.setLink('lost');
    clearTimeout(this.waiting);
    this.waiting = window.setTimeout(() => this.connect(), WAITS_MS[Math.min(this.attempts, WAITS_MS.length - 1)]);
    this.attempts += 1;
  }

  /** @param {Promise<import('./board.js').Snapshot>} [first] */
  async connect(first) {
    const { board } = this;
    if (this.stale) {
      try {
        board.reset(await (first ?? request('/api/board', { signal: AbortSignal.timeout(SNAPSHOT_MS) })));
        this.stale = false;
      } catch {
        return this.lose();
      }
    }
    if (this.stopped) return;
    this.source?.close();
    const source = new EventSource(`/api/events?after=${board.sequence}`);
    this.source = source;
    const alive = () => {
      if (source !== this.source || board.link === 'live') return;
      this.attempts = 0;
      board.setLink('live');
      this.onLive();
    };
    source.addEventListener('tick', (event) => {
      const { now, age_s: behind } = JSON.parse(event.data);
      board.tick(now, behind);
      alive();
    });
    source.addEventListener('change', (event) => {
      board.apply(JSON.parse(event.data));
      alive();
    });
    source.addEventListener('reset', () => {
      this.stale = true;
      source.close();
      this.connect();
    });
    source.addEventListener('error', () => {
      if (source === this.source) this.lose();
    });
  }
}
