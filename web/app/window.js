/**
 * Windows as the service reads them (`night@2026-10-31`, `START/END` in local time) and
 * the hours of the week inside them. Plain calendar arithmetic on local times; the zone is
 * the service's business.
 * @module
 */

const HOUR_MS = 3600e3;

/**
 * @typedef {{shift: string, date: string}} ShiftWindow
 * @typedef {{start: string, end: string}} TimesWindow local times like `2026-10-31T22:00`
 */

/**
 * @param {string} text
 * @param {string} today
 * @returns {ShiftWindow|TimesWindow}
 */
export function parseWindow(text, today) {
  const slash = text.indexOf('/');
  if (slash >= 0) return { start: text.slice(0, slash).slice(0, 16), end: text.slice(slash + 1).slice(0, 16) };
  const [shift, date] = text.split('@');
  return { shift, date: date || today };
}

/** Milliseconds of a local time as if it were UTC. @param {string} local */
const flat = (local) => Date.parse(`${local.slice(0, 16)}Z`);

/**
 * Start and end of a window in local time; null where it can't be told.
 * @param {string} text
 * @param {import('./api.js').Workspace} workspace
 * @returns {TimesWindow|null}
 */
export function timesOf(text, workspace) {
  const parsed = parseWindow(text, workspace.today);
  if ('start' in parsed) return Number.isFinite(flat(parsed.start)) && flat(parsed.end) > flat(parsed.start) ? parsed : null;
  const shift = workspace.shifts.find((s) => s.id === parsed.shift);
  if (!shift || !Number.isFinite(flat(`${parsed.date}T00:00`))) return null;
  const start = `${parsed.date}T${shift.start.slice(0, 5)}`;
  const overnight = shift.end.slice(0, 5) <= shift.start.slice(0, 5);
  const last = overnight ? new Date(flat(`${parsed.date}T00:00`) + 24 * HOUR_MS).toISOString().slice(0, 10) : parsed.date;
  return { start, end: `${last}T${shift.end.slice(0, 5)}` };
}

/**
 * The choices of an hour within a window: one an hour up to a day, one an hour of the day
 * beyond; each with the hours of the week (0 is Monday 00:00) that it stands for.
 * @param {string} text
 * @param {import('./api.js').Workspace} workspace
 * @returns {{label: string, hours: number[]}[]}
 */
export function hourChoices(text, workspace) {
  const times = timesOf(text, workspace);
  if (!times) return [];
  /** @type {Map<number, Set<number>>} */
  const byHour = new Map();
  const first = Math.floor(flat(times.start) / HOUR_MS) * HOUR_MS;
  // After a week every hour of the week has been met.
  const last = Math.min(flat(times.end), first + 168 * HOUR_MS);
  for (let at = first; at < last; at += HOUR_MS) {
    const date = new Date(at);
    const hour = date.getUTCHours();
    const ofWeek = ((date.getUTCDay() + 6) % 7) * 24 + hour;
    byHour.set(hour, (byHour.get(hour) ?? new Set()).add(ofWeek));
  }
  return [...byHour].map(([hour, set]) => ({ label: String(hour).padStart(2, '0'), hours: [...set].sort((a, b) => a - b) }));
}

/**
 * The hours to keep when the window changes: the same hour of the day where the new
 * window has it, else all.
 * @param {number[]} hours
 * @param {string} before
 * @param {string} after
 * @param {import('./api.js').Workspace} workspace
 */
export function carryHours(hours, before, after, workspace) {
  if (!hours.length) return [];
  const label = hourChoices(before, workspace).find((c) => c.hours.join() === hours.join())?.label;
  return hourChoices(after, workspace).find((c) => c.label === label)?.hours ?? [];
}
