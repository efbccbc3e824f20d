/**
 * The board in words: states, ages, actions.
 * @module
 */
import { number, whole } from '../format.js';
import { t, word } from '../i18n/speak.js';
import { categoryText } from '../ui/feature_text.js';

/** @type {import('../api.js').Category[]} */
let categories = [];

/** @param {import('../api.js').Category[]} known */
export function useCategories(known) {
  categories = known;
}

/** The categories of the workspace. */
export const knownCategories = () => categories;

/** @param {string} code */
export const categoryName = (code) => categoryText(code, categories);

/** The last word of a category: lists have little room. @param {string} code */
export const categoryShort = (code) => categoryName(code).split(' · ').at(-1) ?? code;

/** `40 s`, `3 min`, `2 h 05`. @param {number} seconds */
export function age(seconds) {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return t('d_seconds', { n: s });
  if (s < 3600) return t('d_minutes', { n: Math.floor(s / 60) });
  return t('d_hours', { h: Math.floor(s / 3600), m: String(Math.floor((s % 3600) / 60)).padStart(2, '0') });
}

/** `0:24`, for what is counted down. @param {number} seconds */
export function countdown(seconds) {
  const s = Math.max(0, Math.ceil(seconds));
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, '0')}`;
}

/** `3.2 min`. @param {number} seconds */
export const eta = (seconds) => (seconds < 60 ? t('d_seconds', { n: whole(seconds) }) : t('d_minutes', { n: number(seconds / 60, 2) }));

/** The unit's call sign. @param {import('./board.js').Board} board @param {string} id */
export const signOf = (board, id) => board.units.get(id)?.call_sign ?? id;

/** The call's name. @param {import('./board.js').Board} board @param {string} id */
export const nameOfCall = (board, id) => board.calls.get(id)?.name ?? id;

/**
 * What a command does, in words.
 * @param {import('./board.js').Board} board @param {import('./queue.js').Command} command
 * @param {string} [label] of the place it is about
 */
export function actionText(board, command, label = '') {
  const c = /** @type {Record<string, any>} */ (command);
  const kind = /** @type {'assign'} */ (command.kind);
  return t(`d_act_${kind}`, {
    call: c.call ? nameOfCall(board, c.call) : '',
    into: c.into ? nameOfCall(board, c.into) : '',
    other: c.other ? nameOfCall(board, c.other) : '',
    unit: c.unit ? signOf(board, c.unit) : '',
    alarm: c.alarm ?? '',
    notice: c.notice ? word('d_notice', `${c.notice}_short`) : '',
    status: c.status ? word('status', c.status) : '',
    reason: c.reason ? word('d_reason', c.reason) : '',
    label: label || (Array.isArray(c.position) ? c.position.map((/** @type {number} */ it) => it.toFixed(4)).join(', ') : ''),
    category: c.category ? categoryShort(c.category) : '',
    priority: c.priority ? word('priority', String(c.priority)) : '',
  });
}
