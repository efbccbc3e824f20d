/**
 * The call that is selected: what, where, since when; its units and what they do next; who
 * should go; whether it may be the same event as another; what happened here before.
 * @module
 */
import { html, useEffect, useState } from '../../vendor/htm-preact/standalone.module.js';
import { clock, distance, shortDay } from '../format.js';
import { t, word } from '../i18n/speak.js';
import { metres } from '../map/flat.js';
import { waiting } from './ages.js';
import { isOpen } from './board.js';
import { REASONS } from './commands.js';
import { Suggestion } from './suggestion.js';
import { useJob } from './use_job.js';
import { age, categoryName, categoryShort, knownCategories, nameOfCall, signOf } from './words.js';

const SETTLE_MS = 250;

/** @typedef {import('./board.js').Call} Call */
/** @typedef {{board: import('./board.js').Board, desk: import('./console.js').Console}} Both */

/** @param {Both & {call: Call, lang: string}} props */
export function CallDetail({ call, board, desk, lang }) {
  const { level, waited, over } = waiting(call, board, board.now());
  const open = isOpen(call);
  return html`<header><h2>${call.name} <small>${word('priority', String(call.priority))} · ${categoryName(call.category)}</small></h2></header>
    <p class="lead">${open ? t('d_open_for', { state: word('d_state', call.state), age: age(waited) }) : html`${word('d_state', call.state)}${call.cancel_reason ? ` · ${word('d_reason', call.cancel_reason)}` : ''}${call.merged_into ? ` → ${nameOfCall(board, call.merged_into)}` : ''}`}
      ${level === 'late' && html` <b class="warn-text">▲ ${t('d_late', { by: age(over) })}</b>`}</p>
    <p class="hint">${call.beat_name ?? t('d_no_beat')} · ${word('origin', call.origin)} · ${times(call)}</p>
    ${open && call.maybe_same.length > 0 && html`<${MaybeSame} call=${call} board=${board} desk=${desk} />`}
    ${open && html`<${Units} call=${call} board=${board} desk=${desk} />`}
    ${open && !desk.state.asked && html`<p class="buttons"><button type="button" class="main" onClick=${() => desk.askWho()}>${t('d_who')} <kbd>↵</kbd></button></p>`}
    ${open && desk.state.asked && html`<${Suggestion} call=${call} board=${board} desk=${desk} lang=${lang} />`}
    <${Steps} call=${call} board=${board} desk=${desk} open=${open} />
    ${call.changes.length > 0 && html`<p class="hint">${t('d_was')} ${call.changes.map((change) => `${categoryShort(change.category)} ${word('priority', String(change.priority))} (${t('d_until', { at: clock(change.until) })})`).join('; ')}</p>`}
    <${Repeats} call=${call} />`;
}

/** Times of each state. @param {Call} call */
function times(call) {
  /** @type {[import('../i18n/speak.js').Key, string|null][]} */
  const all = [['d_received', call.received_at], ['d_state_dispatched', call.dispatched_at], ['d_state_arrived', call.arrived_at], ['d_state_handling', call.handling_at]];
  return all.filter(([, at]) => at).map(([key, at]) => `${t(key)} ${clock(/** @type {string} */ (at))}`).join(' · ');
}

/** Units sent, each with its next step. @param {Both & {call: Call}} props */
function Units({ call, board, desk }) {
  if (!call.units.length) return null;
  return html`<ul class="sent">${call.units.map((id) => {
    const unit = board.units.get(id);
    const there = unit?.status === 'on_scene';
    return html`<li key=${id}><b>${signOf(board, id)}</b> <span class="aside">${unit ? word('status', unit.status) : ''}</span>
      ${!there && html`<button type="button" class="small" onClick=${() => desk.act({ kind: 'arrive', unit: id })}>${t('d_arrived')} <kbd>P</kbd></button>`}
      <button type="button" class="small" onClick=${() => desk.act({ kind: 'clear', unit: id })}>${t(there ? 'd_clear' : 'd_call_back')} <kbd>X</kbd></button></li>`;
  })}</ul>`;
}

/** Two calls that may be one event: a person decides. @param {Both & {call: Call}} props */
function MaybeSame({ call, board, desk }) {
  const other = call.maybe_same.map((id) => board.calls.get(id)).find((it) => it && isOpen(it));
  if (!other) return null;
  return html`<div class="advice"><p>${t('d_same_as', { name: other.name, what: categoryShort(other.category), away: distance(metres(call.position, other.position)), at: clock(other.received_at) })}</p>
    <p class="buttons"><button type="button" onClick=${() => desk.act(mergeOf(call, other))}>${t('d_merge')} <kbd>M</kbd></button>
      <button type="button" class="quiet" onClick=${() => desk.act({ kind: 'keep_apart', call: call.id, other: other.id })}>${t('d_apart')} <kbd>N</kbd></button></p></div>`;
}

/** The later call goes into the earlier one. @param {Call} a @param {Call} b @returns {import('./queue.js').Command} */
export const mergeOf = (a, b) => (a.received_at > b.received_at || (a.received_at === b.received_at && a.name > b.name) ? { kind: 'merge', call: a.id, into: b.id } : { kind: 'merge', call: b.id, into: a.id });

/** What else can be done with a call. @param {Both & {call: Call, open: boolean}} props */
function Steps({ call, desk, open }) {
  if (!open) return html`<p class="buttons"><button type="button" onClick=${() => desk.act({ kind: 'reopen', call: call.id })}>${t('d_reopen')}</button></p>`;
  return html`<p class="buttons small-buttons">
    ${call.state === 'arrived' && html`<button type="button" class="small" onClick=${() => desk.act({ kind: 'handle', call: call.id })}>${t('d_handle')} <kbd>H</kbd></button>`}
    ${[1, 2, 3].filter((priority) => priority !== call.priority).map((priority) => html`<button key=${priority} type="button" class="small quiet" onClick=${() => desk.act({ kind: 'reclassify', call: call.id, priority })}>${t('d_make_priority', { priority: word('priority', String(priority)) })}</button>`)}
    <select class="cancel" aria-label=${t('d_category_of', { name: call.name })} value="" onChange=${(/** @type {any} */ event) => { const category = event.target.value; event.target.value = ''; if (category) desk.act({ kind: 'reclassify', call: call.id, category }); }}>
      <option value="">${t('category')}…</option>${knownCategories().filter(({ code }) => code !== call.category).map(({ code }) => html`<option key=${code} value=${code}>${categoryName(code)}</option>`)}</select>
    <select class="cancel" aria-label=${t('d_cancel')} value="" onChange=${(/** @type {any} */ event) => { const reason = event.target.value; event.target.value = ''; if (reason) desk.act({ kind: 'cancel', call: call.id, reason }); }}>
      <option value="">${t('d_cancel')}…</option>${REASONS.map((reason) => html`<option key=${reason} value=${reason}>${word('d_reason', reason)}</option>`)}</select></p>`;
}

/** Calls at the same place in the last 30 days. @param {{call: Call}} props */
function Repeats({ call }) {
  // Whoever goes through the list with a key held down asks for none of them.
  const [settled, settle] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => settle(true), SETTLE_MS);
    return () => clearTimeout(timer);
  }, []);
  const job = useJob(settled ? `/api/calls/${encodeURIComponent(call.id)}` : null);
  const repeats = /** @type {{repeats?: {id: string, at: string, category: string, metres: number}[]}|null} */ (job.data)?.repeats;
  if (job.status === 'failed') return html`<p class="hint">${t('d_repeats_failed')} <button type="button" class="small quiet" onClick=${job.retry}>${t('retry')}</button></p>`;
  if (!repeats?.length) return null;
  return html`<section><h3>${t('d_repeats', { n: repeats.length })}</h3><ul class="repeats">${repeats.slice(0, 5).map((it) => html`<li key=${it.id}>${shortDay(it.at)} ${clock(it.at)} · ${categoryShort(it.category)} · ${distance(it.metres)}</li>`)}</ul></section>`;
}
