/**
 * A draft beside the beats: how evenly the work is spread, what the borders are like, what
 * moved; and zone by zone.
 * @module
 */
import { html } from '../../vendor/htm-preact/standalone.module.js';
import { number, percent, whole } from '../format.js';
import { t } from '../i18n/speak.js';
import { middleOf } from './feature_text.js';
import { zoneName } from './zone_text.js';

/** @typedef {import('../zones_api.js').Spread} Spread */
/** @typedef {import('../zones_api.js').ZonesMap} ZonesMap */

/** @type {[import('../i18n/speak.js').Key, (s: Spread) => string][]} */
const ROWS = [
  ['zones_number', (s) => whole(s.zones)],
  ['zones_mean', (s) => number(s.mean_h)],
  ['zones_sd', (s) => number(s.sd_h)],
  ['zones_most', (s) => `${number(s.most_over_mean)}×`],
  ['zones_border', (s) => whole(Math.round(s.border_km))],
  ['zones_along', (s) => percent(s.border_along_road)],
  ['zones_compact', (s) => number(s.compactness, 2)],
];

/** @type {[import('../i18n/speak.js').Key, (r: import('../zones_api.js').Response) => string][]} */
const RESPONSE = [
  ['zones_response_mean', (r) => t('zones_min', { n: number(r.mean_s.mean / 60, 1) })],
  ['zones_response_within', (r) => percent(r.within[2]?.mean ?? 0)],
  ['zones_response_own', (r) => percent(r.own.mean)],
  ['zones_response_busy', (r) => `${percent(r.least_busy)} – ${percent(r.busiest)}`],
];

/** The difference in words, with its interval where there is one. @param {import('../zones_api.js').ResponseChange} response */
function differenceOf({ difference_s: { mean, low, high } }) {
  const signed = (/** @type {number} */ s) => `${s > 0 ? '+' : s < 0 ? '−' : ''}${number(Math.abs(s), 1)}`;
  return low === null || high === null
    ? t('zones_response_by', { s: signed(mean) })
    : t('zones_response_between', { s: signed(mean), low: signed(low), high: signed(high) });
}

/**
 * @param {object} props
 * @param {ZonesMap} props.map
 * @param {'now'|'draft'|'zones'} props.what the beats alone, a draft, or zones as drawn beside them
 * @param {boolean} props.stale whether something else is asked by now
 */
export function ZoneFigures({ map, what, stale }) {
  const drafted = what !== 'now';
  const { after, change, response } = map.report;
  const before = drafted ? change?.before : null;
  return html`<section class=${`block ${stale ? 'stale' : ''}`} aria-labelledby="zones-title">
    <h3 id="zones-title">${t(what === 'now' ? 'zones_present' : what === 'zones' ? 'zones_compare' : 'zones_result')}</h3>
    ${stale && html`<p class="hint">${t('zones_stale')}</p>`}
    ${drafted && change && html`<p class="headline" role="status">${change.imbalance_cut === null ? '' : `${t(change.imbalance_cut >= 0 ? 'zones_cut' : 'zones_rise', { share: percent(Math.abs(change.imbalance_cut)) })} `}${t('zones_moved_n', { n: whole(change.moved_cells), share: percent(change.moved_share), calls: percent(change.moved_calls_share) })}</p>`}
    <table class="figures"><thead class=${before ? '' : 'sr-only'}><tr><th scope="col"><span class="sr-only">${t('zones_figure')}</span></th>${before && html`<th scope="col" class="num">${t('zones_before')}</th>`}<th scope="col" class="num">${t(what === 'now' ? 'zones_before' : what === 'zones' ? 'kind_zones' : 'zones_after')}</th></tr></thead>
      <tbody>${ROWS.map(([label, of]) => html`<tr key=${label}><th scope="row">${t(label)}</th>${before && html`<td class="num">${of(before)}</td>`}<td class="num">${of(after)}</td></tr>`)}
      ${before && response && RESPONSE.map(([label, of]) => html`<tr key=${label}><th scope="row">${t(label)}</th><td class="num">${of(response.before)}</td><td class="num">${of(response.after)}</td></tr>`)}</tbody></table>
    ${before && response && html`<p class="hint">${differenceOf(response)} ${t('zones_response_about', { units: whole(response.units), calls: whole(Math.round(response.calls)), draws: whole(response.seeds) })}</p>`}
  </section>`;
}

/** @param {{map: ZonesMap, after: string, view: import('../map/view.js').MapView|null}} props */
export function ZoneTable({ map, after, view }) {
  const { zones } = map.report;
  const go = (/** @type {string} */ id) => {
    const at = middleOf(map.features.find((f) => String(f.properties?.id) === id)?.geometry ?? null);
    if (at) view?.bringIntoView(at);
  };
  return html`<details class="block"><summary>${t('zones_each')}<span class="aside">${whole(zones.length)}</span></summary>
    <table class="figures zones"><caption class="sr-only">${t('zones_each')}</caption>
      <thead><tr><th scope="col">${t('name')}</th><th scope="col" class="num">${t('zones_h', { of: t('zones_before') })}</th><th scope="col" class="num">${t('zones_h', { of: after })}</th><th scope="col" class="num">${t('zones_calls')}</th><th scope="col" class="num">${t('legend_cells')}</th></tr></thead>
      <tbody>${zones.map((zone) => html`<tr key=${zone.id}>
        <td><button type="button" class="link" onClick=${() => go(zone.id)}>${zoneName(zone.name)}</button>${zone.locked && html` <small>${t('zones_locked_one')}</small>`}${zone.pieces > 1 && html` <small>${t('zones_pieces', { n: zone.pieces })}</small>`}${zone.was && zone.was !== zone.name && html` <small>${t('zones_was', { name: zone.was })}</small>`}</td>
        <td class="num">${zone.work_h_before === null ? '–' : number(zone.work_h_before, 2)}</td><td class="num">${number(zone.work_h, 2)}</td><td class="num">${number(zone.calls_per_day, 2)}</td><td class="num">${whole(zone.cells)}</td></tr>`)}</tbody></table>
  </details>`;
}
