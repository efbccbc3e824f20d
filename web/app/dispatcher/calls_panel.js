/**
 * Open calls, unassigned on top. A row says by word and by shape how long it has waited.
 * @module
 */
import { html, useMemo, useRef } from '../../vendor/htm-preact/standalone.module.js';
import { whole } from '../format.js';
import { t, word } from '../i18n/speak.js';
import { Empty, Loading } from '../ui/states.js';
import { listed, waiting } from './ages.js';
import { useClock, useWatch } from './use_watch.js';
import { symbolOfCall } from './board_layers.js';
import { symbolUrl } from './symbols.js';
import { VirtualList } from './virtual_list.js';
import { age, categoryShort, signOf } from './words.js';

const ROW = 44;

/** @typedef {import('./board.js').Call} Call */

/** @param {{board: import('./board.js').Board, desk: import('./console.js').Console, palette: import('../map/palette.js').Palette}} props */
export function CallsPanel({ board, desk, palette }) {
  useWatch(board);
  useWatch(desk, 0);
  useClock();
  const field = useRef(/** @type {HTMLInputElement|null} */ (null));
  desk.focusFind = () => field.current?.select();
  const { filter, selection } = desk.state;
  const calls = useMemo(() => desk.list(), [board.callsVersion, filter, filter && board.unitsVersion]);
  const all = useMemo(() => listed(board), [board.callsVersion]);
  const unassigned = useMemo(() => all.filter((call) => call.state === 'received').length, [all]);
  const now = board.now();
  const chosen = selection?.kind === 'call' ? selection.id : null;
  return html`<section class="part calls" aria-labelledby="calls-title">
    <header><h2 id="calls-title">${t('d_calls')}</h2><span class="aside">${filter ? t('d_calls_found', { shown: whole(calls.length), open: whole(all.length), n: whole(unassigned) }) : t('d_calls_n', { open: whole(all.length), n: whole(unassigned) })}</span>
      <input ref=${field} id="find" type="search" class="find" value=${filter} placeholder=${t('d_find')} aria-label=${t('d_find_label')} autocomplete="off"
        onInput=${(/** @type {any} */ event) => desk.change({ filter: event.target.value })} onKeyDown=${(/** @type {KeyboardEvent} */ event) => found(event, desk)} />
    </header>
    ${board.sequence < 0 ? html`<${Loading} />` : calls.length === 0 ? html`<${Empty} text=${t(filter ? 'd_none_found' : 'd_no_calls')} />`
      : html`<${VirtualList} id="calls" label=${t('d_calls')} items=${calls} height=${ROW} keyOf=${(/** @type {Call} */ call) => call.id} chosen=${chosen}
        pick=${(/** @type {Call} */ call) => desk.select({ kind: 'call', id: call.id })} enter=${() => desk.askWho()} above=${waitingAbove}
        row=${(/** @type {Call} */ call) => html`<${Row} call=${call} board=${board} desk=${desk} now=${now} palette=${palette} />`} />`}
  </section>`;
}

/** Enter takes the first found, Escape leaves. @param {KeyboardEvent} event @param {import('./console.js').Console} desk */
function found(event, desk) {
  const field = /** @type {HTMLInputElement} */ (event.target);
  if (event.key === 'Enter') {
    event.preventDefault();
    // Enter may come before the list is drawn anew.
    const first = desk.list()[0];
    if (first) desk.select({ kind: 'call', id: first.id });
    document.getElementById('calls')?.focus();
  } else if (event.key === 'Escape') {
    desk.change({ filter: '' });
    field.blur();
  } else return;
  event.stopPropagation();
}

/** Nobody may wait unseen above the fold. @param {Call[]} hidden */
function waitingAbove(hidden) {
  const n = hidden.filter((call) => call.state === 'received').length;
  return n ? t('d_above', { n: whole(n) }) : '';
}

/** @param {{call: Call, board: import('./board.js').Board, desk: import('./console.js').Console, now: number, palette: import('../map/palette.js').Palette}} props */
function Row({ call, board, desk, now, palette }) {
  const { level, waited, over } = waiting(call, board, now);
  const unsent = desk.queue.waitingFor('call', call.id);
  const wait = level === 'late' ? t('d_late', { by: age(over) }) : level === 'soon' ? t('d_soon', { age: age(waited) }) : age(waited);
  return html`<img class="mark" alt="" src=${symbolUrl(symbolOfCall(call, board, now), palette)} />
    <span class="what"><b>${call.name}</b> <span class="priority">${word('priority', String(call.priority))}</span> ${categoryShort(call.category)}</span>
    <span class=${`wait ${level}`}>${level === 'late' && html`<i aria-hidden="true">▲</i>`}${level === 'soon' && html`<i aria-hidden="true">◐</i>`}${wait}</span>
    <span class="where">${call.maybe_same.length > 0 && html`<span class="tag">${t('d_maybe_same')}</span> `}${call.beat_name ?? t('d_no_beat')}</span>
    <span class="state">${unsent.length ? html`<span class="tag warn">${t('d_not_sent')}</span>` : call.state === 'received' ? t('d_state_received') : html`${word('d_state', call.state)} ${call.units.map((id) => signOf(board, id)).join(' ')}`}</span>`;
}
