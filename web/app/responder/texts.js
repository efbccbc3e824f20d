/**
 * Stops and check-ins in words.
 * @module
 */
import { clock } from '../format.js';
import { t, word } from '../i18n/speak.js';
import { minutesTo } from './ahead.js';

/** @typedef {import('./ahead.js').Stop} Stop */

/** @param {Stop} stop */
export const nameOfStop = (stop) => stop.label || t('u_stop_n', { n: stop.number });

/**
 * The place itself, and the beat around it: a label has the beat first, and a phone's row
 * is too short for both.
 * @param {Stop} stop
 */
export function partsOf(stop) {
  const parts = nameOfStop(stop).split(' · ');
  return { place: parts.at(-1) ?? '', area: parts.slice(0, -1).join(' · ') };
}

/** Why it is in the plan. @param {Stop} stop @param {'zh'|'en'} lang */
export const whyOf = (stop, lang) => stop.why?.[lang] ?? '';

/** `in 12 min`, `now`, `12 min ago`. @param {string} at @param {number} now */
export function inMinutes(at, now) {
  const n = minutesTo(at, now);
  if (n === 0) return t('u_now');
  const minutes = Math.abs(n) < 60 ? t('minutes', { n: Math.abs(n) }) : t('d_hours', { h: Math.floor(Math.abs(n) / 60), m: String(Math.abs(n) % 60).padStart(2, '0') });
  return t(n > 0 ? 'u_in' : 'u_ago', { minutes });
}

/** How long to stay, in minutes. @param {Stop} stop */
export const stay = (stop) => t('minutes', { n: Math.max(1, Math.round(stop.dwell_s / 60)) });

/** What is known of a stop: when it was reached and left, why it was skipped. @param {Stop} stop */
export function storyOf(stop) {
  if (stop.state === 'skipped') return [word('u_state', 'skipped'), stop.skipped && word('u_skip', stop.skipped)].filter(Boolean).join(' · ');
  const times = [stop.reached_at, stop.left_at].map((at) => at && clock(at)).filter(Boolean);
  return [word('u_state', stop.state), times.join('–')].filter(Boolean).join(' · ');
}

/** A check-in in words. @param {import('./ahead.js').CheckIn} body */
export function deed({ kind, stop, why }) {
  return word('u_did', kind).replace('{n}', String(stop ?? '')).replace('{why}', why ? word('u_skip', why) : '');
}
