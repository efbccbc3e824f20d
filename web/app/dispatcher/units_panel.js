/**
 * Units by station and, within it, by status: idle ones first. Shape, word and colour say
 * the status; an old position says so.
 * @module
 */
import { html, useMemo } from '../../vendor/htm-preact/standalone.module.js';
import { whole } from '../format.js';
import { t, word } from '../i18n/speak.js';
import { Empty, Loading } from '../ui/states.js';
import { positionAge, quietUnits, since } from './ages.js';
import { symbolUrl, unitSymbol } from './symbols.js';
import { useClock, useWatch } from './use_watch.js';
import { VirtualList } from './virtual_list.js';
import { age, nameOfCall } from './words.js';

const ROW = 28;
const ORDER = ['idle', 'dispatched', 'on_scene', 'break', 'off_duty'];

/** @typedef {import('./board.js').Unit} Unit */
/** @typedef {{station: string, name: string, idle: number, of: number}} Heading */

/**
 * @param {import('./board.js').Board} board
 * @param {Map<string, string>} stations names by id
 * @param {string} filter
 * @returns {(Unit|Heading)[]}
 */
function grouped(board, stations, filter) {
  /** @type {Map<string, Unit[]>} */
  const groups = new Map();
  const wanted = filter.trim().toLowerCase();
  for (const unit of board.units.values()) {
    if (wanted && !`${unit.call_sign} ${unit.id}`.toLowerCase().includes(wanted)) continue;
    const key = unit.station ?? '';
    const group = groups.get(key);
    if (group) group.push(unit);
    else groups.set(key, [unit]);
  }
  // A search for a call must not empty the units.
  if (wanted && !groups.size) return grouped(board, stations, '');
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([station, units]) => {
    units.sort((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status) || (a.call_sign < b.call_sign ? -1 : 1));
    return [{ station, name: stations.get(station) ?? t('d_no_station'), idle: units.filter((unit) => unit.status === 'idle').length, of: units.length }, ...units];
  });
}

/** @param {{board: import('./board.js').Board, desk: import('./console.js').Console, palette: import('../map/palette.js').Palette, stations: Map<string, string>}} props */
export function UnitsPanel({ board, desk, palette, stations }) {
  useWatch(board);
  useWatch(desk, 0);
  useClock(5000);
  const { filter, selection, muted } = desk.state;
  const items = useMemo(() => grouped(board, stations, filter), [board.unitsVersion, stations, filter]);
  const now = board.now();
  const quiet = new Set(quietUnits(board, now, muted).map((unit) => unit.id));
  const all = [...board.units.values()];
  const idle = all.filter((unit) => unit.status === 'idle').length;
  /** @param {Unit|Heading} item */
  const row = (item) => ('id' in item ? html`<${Row} unit=${item} board=${board} desk=${desk} now=${now} palette=${palette} quiet=${quiet.has(item.id)} />`
    : html`<b>${item.name}</b><span class="aside">${t('d_idle_of', { n: whole(item.idle), of: whole(item.of) })}</span>`);
  return html`<section class="part units" aria-labelledby="units-title">
    <header><h2 id="units-title">${t('d_units')}</h2><span class="aside">${t('d_idle_of', { n: whole(idle), of: whole(all.length) })}</span></header>
    ${board.sequence < 0 ? html`<${Loading} />` : items.length === 0 ? html`<${Empty} text=${t('d_no_units')} />`
      : html`<${VirtualList} id="units" label=${t('d_units')} items=${items} height=${ROW} keyOf=${(/** @type {Unit|Heading} */ item) => ('id' in item ? item.id : `station-${item.station}`)}
        titleOf=${(/** @type {Unit|Heading} */ item) => !('id' in item)} chosen=${selection?.kind === 'unit' ? selection.id : null}
        pick=${(/** @type {Unit} */ unit) => desk.select({ kind: 'unit', id: unit.id })} row=${row} />`}
  </section>`;
}

/** @param {{unit: Unit, board: import('./board.js').Board, desk: import('./console.js').Console, now: number, palette: import('../map/palette.js').Palette, quiet: boolean}} props */
function Row({ unit, board, desk, now, palette, quiet }) {
  const { trust, age: old } = positionAge(unit, board, now);
  const unsent = desk.queue.waitingFor('unit', unit.id).length > 0;
  const amiss = unit.round?.notices.find(({ muted_until: muted }) => !muted || Date.parse(muted) <= now);
  return html`<img class="mark" alt="" src=${symbolUrlOf(unit, trust === 'old', palette)} />
    <b>${unit.call_sign}</b><span class="status">${word('status', unit.status)}${unit.call ? ` ${nameOfCall(board, unit.call)}` : unit.sent ? ` → ${unit.sent.label || t('d_a_place')}` : ''}</span>
    <span class="wait">${unsent ? html`<span class="tag warn">${t('d_not_sent')}</span>` : quiet ? html`<span class="tag">${t('d_quiet')}</span>`
      : amiss ? html`<span class="tag"><span aria-hidden="true">▲</span> ${word('d_notice', `${amiss.notice}_short`)}</span>`
      : trust === 'aged' || trust === 'old' ? html`<span title=${t('d_position_age')}>${t('d_position_aged', { age: age(old) })}</span>` : unit.since ? age(since(unit.since, now)) : ''}</span>`;
}

/** @param {Unit} unit @param {boolean} old @param {import('../map/palette.js').Palette} palette */
const symbolUrlOf = (unit, old, palette) => symbolUrl(unitSymbol(unit.status, old), palette);
