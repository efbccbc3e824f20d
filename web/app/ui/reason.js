/**
 * Why a stop is in the plan, in words.
 * @module
 */
import { clock, day, number, whole } from '../format.js';
import { t } from '../i18n/speak.js';

/**
 * @param {import('../api.js').Stop} stop
 * @returns {string}
 */
export function reasonInWords(stop) {
  const { reason } = stop;
  if (reason.kind === 'must_visit') return t('reason_must', { from: clock(reason.from), until: clock(reason.until) });
  if (reason.kind === 'break') return t('reason_break', { from: clock(reason.from), until: clock(reason.until) });
  const hour = Number(clock(stop.arrival).slice(0, 2));
  const pad = (/** @type {number} */ h) => `${String(h % 24).padStart(2, '0')}:00`;
  const first = t('reason_risk', { hour: `${pad(hour)}–${pad(hour + 1)}`, n: number(reason.expected_in_hour, 2), rank: whole(reason.rank), of: whole(reason.of) });
  return reason.earlier_visits > 0 ? `${first} ${t('reason_again', { n: reason.earlier_visits })}` : first;
}

/** What was dropped for a stop; nothing where that is not known. @param {import('../api.js').Stop} stop */
export function insteadInWords({ instead }) {
  if (!instead) return '';
  return instead.kind === 'nothing' ? t('instead_nothing') : t('instead_place', { place: instead.label, n: number(instead.gain, 2) });
}

/** Minutes of what the unit came for, without its waiting. @param {import('../api.js').Stop} stop */
export const dwellMinutes = (stop) => Math.round((Date.parse(stop.departure) - Date.parse(stop.begins ?? stop.arrival)) / 60e3);

/** That a unit waits before it begins; nothing where it does not. @param {import('../api.js').Stop} stop */
export const waitInWords = (stop) => (stop.begins && stop.begins !== stop.arrival ? ` ${t('stop_waits', { at: clock(stop.begins) })}` : '');

/** `+1` where an instant is on a later day than the window's first.
 * @param {string} at @param {string} start */
export const laterDay = (at, start) => (day(at) === day(start) ? '' : '+1');
