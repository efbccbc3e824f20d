/**
 * The sheet as the responder has left it: what the service said last, and on top of it what
 * was done since and is not answered. Values in, values out.
 * @module
 */

/**
 * @typedef {[number, number]} Place longitude, latitude
 * @typedef {{en: string, zh: string}} Both a text in both languages
 * @typedef {import('../ui/stop_sign.js').StopState} StopState
 * @typedef {object} Stop
 * @property {number} number
 * @property {string} label
 * @property {Place} position
 * @property {string} arrival
 * @property {string|null} begins
 * @property {string} departure
 * @property {number} dwell_s
 * @property {boolean} must
 * @property {StopState} state
 * @property {string|null} reached_at
 * @property {string|null} left_at
 * @property {'geofence'|'hand'|null} [by] how one knows; what was said by hand can be taken back
 * @property {string|null} skipped why
 * @property {boolean|null} useful
 * @property {Both|null} why
 * @property {Place[]|null} line the way to it from the stop before
 * @typedef {object} Sheet
 * @property {number} sequence
 * @property {string} now
 * @property {{id: string, call_sign: string, status: string, station: string|null, position?: Place|null}} unit
 * @property {string} until end of the link
 * @property {{from: string, until: string}|null} shift
 * @property {string|null} plan
 * @property {string|null} [check_ins_from] from when on check-ins of the plan's stops are taken
 * @property {{number: string, category: string, priority: number, position: Place, label: string|null}|null} call
 * @property {{position: Place, label: string, at: string, reached_at: string|null}|null} [sent] where it was sent without a call
 * @property {Stop[]} stops
 * @property {import('../api.js').Category[]} categories
 * @property {boolean} share_position whether positions are taken now
 * @property {string} [timezone]
 * @property {boolean} [synthetic]
 * @typedef {'here'|'leave'|'skip'|'undo'|'judge'|'back'|'arrived'|'position'} Kind
 * @typedef {{kind: Kind, at: string, stop?: number, plan?: string|null, call?: string|null, why?: string|null, useful?: boolean, position?: Place}} CheckIn
 * @typedef {Stop & {unsent: boolean}} SeenStop
 * @typedef {Omit<Sheet, 'stops'> & {stops: SeenStop[], unsent: Kind[]}} Seen
 */

/**
 * @param {Sheet} sheet
 * @param {{body: CheckIn, waits: boolean}[]} done in their order; `waits`: not sent so far, and the person should know
 * @returns {Seen}
 */
export function ahead(sheet, done) {
  const stops = sheet.stops.map((stop) => ({ ...stop, unsent: false }));
  /** @type {Seen} */
  const seen = { ...sheet, unit: { ...sheet.unit }, stops, unsent: [] };
  for (const { body, waits } of done) {
    // Of an earlier plan: its stop 3 is not this one's.
    const stop = body.plan && body.plan !== sheet.plan ? undefined : stops.find((it) => it.number === body.stop);
    if (waits && body.kind !== 'position') {
      seen.unsent.push(body.kind);
      if (stop) stop.unsent = true;
    }
    if (stop) applyTo(stop, stops, body);
    else if (body.kind === 'back') {
      seen.call = null;
      seen.unit.status = 'idle';
    } else if (body.kind === 'arrived') seen.unit.status = 'on_scene';
    else if (body.kind === 'position' && body.position) seen.unit.position = body.position;
  }
  return seen;
}

/** @param {Stop} stop @param {Stop[]} stops @param {CheckIn} body */
function applyTo(stop, stops, { kind, at, why, useful }) {
  switch (kind) {
    case 'here':
      // Nobody is at two places: the one before is left.
      for (const other of stops) if (other !== stop && other.state === 'here') Object.assign(other, { state: 'made', left_at: at });
      Object.assign(stop, { state: 'here', reached_at: stop.reached_at ?? at, left_at: null, skipped: null, by: 'hand' });
      break;
    case 'leave': Object.assign(stop, { state: 'made', left_at: at }); break;
    case 'skip': Object.assign(stop, { state: 'skipped', skipped: why, by: 'hand' }); break;
    case 'undo': Object.assign(stop, { state: 'planned', reached_at: null, left_at: null, skipped: null }); break;
    case 'judge': stop.useful = useful ?? null; break;
    default:
  }
}

/**
 * The stop that the page is about: where the unit is, else the one chosen, else the next.
 * @template {Stop} S
 * @param {S[]} stops @param {number|null} [chosen] its number
 * @returns {S|null}
 */
export function aim(stops, chosen = null) {
  const open = stops.filter(({ state }) => state === 'planned');
  const wanted = stops.find(({ number, state }) => number === chosen && (state === 'planned' || state === 'missed'));
  // As the desk reckons it: who has begun further on goes on from there; what was passed comes last.
  const begun = stops.findLast(({ state }) => state === 'made' || state === 'skipped')?.number ?? 0;
  return stops.find(({ state }) => state === 'here') ?? wanted ?? open.find(({ number }) => number > begun) ?? open[0] ?? null;
}

/**
 * The stop whose use is asked about: the one visited last, as long as nobody has said.
 * @template {Stop} S
 * @param {S[]} stops
 * @returns {S|null}
 */
export function toJudge(stops) {
  const visited = stops.filter(({ state, reached_at: at }) => at && (state === 'here' || state === 'made'));
  const last = visited.sort((a, b) => Date.parse(b.reached_at ?? '') - Date.parse(a.reached_at ?? ''))[0];
  return last && last.useful === null ? last : null;
}

/** Minutes from now until an instant; below 0 it has passed. @param {string} at @param {number} now milliseconds */
export const minutesTo = (at, now) => Math.round((Date.parse(at) - now) / 60e3);

/** Whether a position may be sent: on shift, on duty, and the service takes them. @param {Seen} seen @param {number} now */
export const mayShare = (seen, now) => Boolean(seen.share_position && seen.shift && seen.unit.status !== 'off_duty'
  && now >= Date.parse(seen.shift.from) && now < Date.parse(seen.shift.until));
