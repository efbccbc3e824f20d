/**
 * The page's own copy of the board: takes a snapshot, then each change as it comes, and
 * tells those who watch. Knows nothing of the network or of the screen.
 * @module
 */

/**
 * @typedef {[number, number]} Place longitude, latitude
 * @typedef {'received'|'dispatched'|'arrived'|'handling'|'closed'|'cancelled'|'merged'} CallState
 * @typedef {object} Call
 * @property {string} id
 * @property {string} name on the radio: `C0417`
 * @property {Place} position
 * @property {string} category
 * @property {1|2|3} priority
 * @property {string} origin
 * @property {string|null} pillar
 * @property {CallState} state
 * @property {string} received_at
 * @property {string|null} dispatched_at
 * @property {string|null} arrived_at
 * @property {string|null} handling_at
 * @property {string|null} ended_at
 * @property {string|null} cancel_reason
 * @property {string|null} merged_into
 * @property {string[]} units
 * @property {string[]} maybe_same
 * @property {string[]} merged
 * @property {{until: string, category: string, priority: number}[]} changes
 * @property {string|null} beat
 * @property {string|null} beat_name
 * @property {string|null} station
 * @typedef {{notice: 'off_route'|'standing_still'|'missed', since: string, stop: number|null, muted_until: string|null, muted_why: string|null}} Notice
 * @typedef {'idle'|'dispatched'|'on_scene'|'break'|'off_duty'} UnitStatus
 * @typedef {object} Unit
 * @property {string} id
 * @property {string} call_sign
 * @property {string} kind
 * @property {string|null} station
 * @property {UnitStatus} status
 * @property {string|null} since
 * @property {string|null} call
 * @property {{position: Place, label: string, at: string, reached_at: string|null}|null} [sent] where it was sent without a call
 * @property {Place} position
 * @property {number|null} heading_deg
 * @property {string|null} position_at
 * @property {{plan: string, stops: number, made: number, here: number|null, next: number|null, notices: Notice[], replan_offered: boolean}|null} [round] how far it is, and what seems amiss
 * @typedef {{id: string, name: string, position: Place, online: boolean, since: string|null}} Pillar
 * @typedef {object} Alarm
 * @property {number} number
 * @property {string} pillar
 * @property {string} pillar_name
 * @property {Place} position
 * @property {string} pressed_at
 * @property {number} presses
 * @property {string|null} acknowledged_at
 * @property {string|null} answered_at
 * @property {'ringing'|'unacknowledged'|'unanswered'} level
 * @property {string|null} ended_at
 * @property {string|null} call
 * @typedef {{unassigned_s: number[], acknowledge_s: number, answer_s: number, position_ages_s: number, position_is_old_s: number, quiet_on_scene_s: number}} Settings
 * @typedef {{at: string, from: string, until: string, station: string|null, text: string}} Note what was written for the next shift
 * @typedef {{sequence: number, at: string, now: string, age_s?: number, calls: Call[], units: Unit[], pillars: Pillar[], alarms: Alarm[], notes: Note[], settings: Settings}} Snapshot
 * @typedef {object} Change
 * @property {number} sequence
 * @property {string} at
 * @property {{kind: string}} [event]
 * @property {Call[]} [calls]
 * @property {string[]} [gone_calls]
 * @property {Unit[]} [units]
 * @property {Pillar[]} [pillars]
 * @property {Alarm[]} [alarms]
 * @property {number[]} [gone_alarms]
 * @property {Note[]} [notes]
 * @property {Settings} [settings]
 * @typedef {'starting'|'live'|'lost'} LinkState
 * @typedef {{all: boolean, calls: Set<string>, units: Set<string>, pillars: boolean, alarms: boolean, incidents: boolean}} Touched incidents: one has come in, or is none any more
 */

/** Events after which the heatmap of now is another one. */
const OF_INCIDENTS = new Set(['incident_received', 'call_cancelled', 'call_merged', 'call_reopened']);

/** @returns {Touched} */
export const nothingTouched = () => ({ all: false, calls: new Set(), units: new Set(), pillars: false, alarms: false, incidents: false });

/** @type {Settings} */
const USUAL = { unassigned_s: [60, 300, 900], acknowledge_s: 30, answer_s: 60, position_ages_s: 60, position_is_old_s: 300, quiet_on_scene_s: 1200 };

export class Board {
  constructor() {
    /** @type {Map<string, Call>} */
    this.calls = new Map();
    /** @type {Map<string, Unit>} */
    this.units = new Map();
    /** @type {Map<string, Pillar>} */
    this.pillars = new Map();
    /** @type {Map<number, Alarm>} */
    this.alarms = new Map();
    /** The newest notes for the next shift, the newest first. @type {Note[]} */
    this.notes = [];
    this.settings = USUAL;
    /** Number of the last event seen; −1 before the first snapshot. */
    this.sequence = -1;
    /** @type {LinkState} */
    this.link = 'starting';
    /** The service's clock less this one's, in milliseconds. */
    this.skew = 0;
    /** When the service was heard last, on this clock. */
    this.heard = Date.now();
    /** How old the service's own board may be, in seconds: its database may be away. */
    this.behind = 0;
    /** Grows with each change of calls; lists are sorted anew only then. */
    this.callsVersion = 0;
    /** Grows with each change of units. */
    this.unitsVersion = 0;
    /** @type {Set<(touched: Touched) => void>} */
    this.watchers = new Set();
  }

  /** The board as it is now, whatever is shown. @returns {Board} */
  get present() {
    return this;
  }

  /** Whether what is shown is not now. */
  get isPast() {
    return false;
  }

  /** Whether nothing may be done to calls and units. */
  get isLocked() {
    return this.isPast;
  }

  /** The service's time, in milliseconds. */
  now() {
    return Date.now() + this.skew;
  }

  /** How old what is shown is, in seconds. */
  age() {
    return Math.max(0, (Date.now() - this.heard) / 1000) + this.behind;
  }

  /** Takes the whole board anew. @param {Snapshot} snapshot */
  reset(snapshot) {
    this.calls = new Map(snapshot.calls.map((call) => [call.id, call]));
    this.units = new Map(snapshot.units.map((unit) => [unit.id, unit]));
    this.pillars = new Map(snapshot.pillars.map((pillar) => [pillar.id, pillar]));
    this.alarms = new Map(snapshot.alarms.map((alarm) => [alarm.number, alarm]));
    this.notes = snapshot.notes;
    this.settings = snapshot.settings;
    this.sequence = snapshot.sequence;
    this.callsVersion += 1;
    this.unitsVersion += 1;
    this.tick(snapshot.now, snapshot.age_s, true);
    this.tell({ ...nothingTouched(), all: true });
  }

  /** Takes one change; one that was seen already does nothing. @param {Change} change */
  apply(change) {
    this.heard = Date.now();
    if (change.sequence <= this.sequence) return;
    this.behind = 0;
    this.sequence = change.sequence;
    const touched = nothingTouched();
    touched.incidents = OF_INCIDENTS.has(change.event?.kind ?? '');
    for (const call of change.calls ?? []) {
      this.calls.set(call.id, call);
      touched.calls.add(call.id);
    }
    for (const id of change.gone_calls ?? []) {
      this.calls.delete(id);
      touched.calls.add(id);
    }
    for (const unit of change.units ?? []) {
      this.units.set(unit.id, unit);
      touched.units.add(unit.id);
    }
    for (const pillar of change.pillars ?? []) this.pillars.set(pillar.id, pillar);
    for (const alarm of change.alarms ?? []) this.alarms.set(alarm.number, alarm);
    for (const number of change.gone_alarms ?? []) this.alarms.delete(number);
    touched.pillars = Boolean(change.pillars?.length);
    touched.alarms = Boolean(change.alarms?.length || change.gone_alarms?.length);
    if (change.notes) this.notes = change.notes;
    if (change.settings) {
      this.settings = change.settings;
      touched.all = true;
    }
    if (touched.calls.size) this.callsVersion += 1;
    if (touched.units.size) this.unitsVersion += 1;
    this.tell(touched);
  }

  /**
   * The service lives, and this is its time, and how old its board may be.
   * @param {string} now
   * @param {number} [behind]
   * @param {boolean} [quiet]
   */
  tick(now, behind = 0, quiet = false) {
    this.heard = Date.now();
    this.behind = behind;
    this.skew = Date.parse(now) - this.heard;
    if (!quiet) this.tell(nothingTouched());
  }

  /** @param {LinkState} link */
  setLink(link) {
    if (this.link === link) return;
    this.link = link;
    this.tell(nothingTouched());
  }

  /** @param {Touched} touched */
  tell(touched) {
    for (const watcher of [...this.watchers]) watcher(touched);
  }

  /** @param {(touched: Touched) => void} watcher @returns {() => void} stops watching */
  watch(watcher) {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  /** Alarms that are not over, the first pressed first. */
  openAlarms() {
    return [...this.alarms.values()].filter((alarm) => !alarm.ended_at).sort((a, b) => a.number - b.number);
  }
}

/** @param {Call} call */
export const isOpen = (call) => !['closed', 'cancelled', 'merged'].includes(call.state);
