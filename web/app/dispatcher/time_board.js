/**
 * The board that the desk shows: the live one, or the board as it was at an instant. The live
 * board goes on meanwhile, unseen; back to now is a change of what is shown.
 * @module
 */
import { Board, nothingTouched } from './board.js';

export class TimeBoard extends Board {
  /** @param {Board} live */
  constructor(live) {
    super();
    this.real = live;
    /** The instant that is shown, in milliseconds; none: now. @type {number|null} */
    this.moment = null;
    /** Whether somebody wants to see the past, which is on its way, or can't be had. */
    this.leaving = false;
    live.watch((touched) => this.follow(touched));
    this.follow({ ...nothingTouched(), all: true });
  }

  get present() {
    return this.real;
  }

  get isPast() {
    return this.moment !== null;
  }

  get isLocked() {
    return this.isPast || this.leaving;
  }

  now() {
    return this.moment ?? this.real.now();
  }

  age() {
    return this.real.age();
  }

  /** What happens now is shown, or only known. @param {import('./board.js').Touched} touched */
  follow(touched) {
    const { real } = this;
    this.link = real.link;
    this.heard = real.heard;
    this.skew = real.skew;
    this.notes = real.notes;
    if (this.moment !== null) return this.tell(nothingTouched());
    this.calls = real.calls;
    this.units = real.units;
    this.pillars = real.pillars;
    this.alarms = real.alarms;
    this.settings = real.settings;
    this.sequence = real.sequence;
    if (touched.all || touched.calls.size) this.callsVersion += 1;
    if (touched.all || touched.units.size) this.unitsVersion += 1;
    return this.tell(touched);
  }

  /** Shows the board as it was. @param {import('./board.js').Snapshot} snapshot @param {number} at milliseconds */
  showPast(snapshot, at) {
    this.moment = at;
    this.calls = new Map(snapshot.calls.map((call) => [call.id, call]));
    this.units = new Map(snapshot.units.map((unit) => [unit.id, unit]));
    this.pillars = new Map(snapshot.pillars.map((pillar) => [pillar.id, pillar]));
    this.alarms = new Map(snapshot.alarms.map((alarm) => [alarm.number, alarm]));
    this.settings = snapshot.settings;
    this.sequence = snapshot.sequence;
    this.callsVersion += 1;
    this.unitsVersion += 1;
    this.tell({ ...nothingTouched(), all: true });
  }

  /** Shows what is now. */
  showPresent() {
    this.leaving = false;
    if (this.moment === null) return;
    this.moment = null;
    this.follow({ ...nothingTouched(), all: true });
  }
}
