/**
 * More or fewer than before: counts now and then, their ratio with its interval drawn on one
 * scale, and what may be said of it in words. No arrow stands without its interval.
 * @module
 */
import { html } from '../../vendor/htm-preact/standalone.module.js';
import { day, number, whole } from '../format.js';
import { t, word } from '../i18n/speak.js';
import { AGAINST, MARKS, ranked, verdictOf } from './change.js';
import { fourWeeks } from './filter.js';

/** @typedef {import('./change.js').Row} Row */
/** @typedef {import('./change.js').Against} Against */

/** Ends of the drawn scale; what goes beyond ends in an arrow head. */
const SCALE = 4;
const [WIDTH, HEIGHT, PAD] = [168, 16, 8];

/**
 * What the present is held against, and the four weeks that a Monday begins with.
 * @param {object} props
 * @param {Against} props.against
 * @param {(against: Against) => void} props.choose
 * @param {import('./filter.js').Filter} props.filter
 * @param {(span: {from: string, until: string}) => void} props.span
 * @param {string} props.last the local day on which the data end
 */
export function ChangeChoice({ against, choose, filter, span, last }) {
  const weeks = fourWeeks(last);
  return html`<div class="change-choice">
    <button type="button" class="small" aria-pressed=${filter.from === weeks.from && filter.until === weeks.until} onClick=${() => span(weeks)}>${t('a_four_weeks')}</button>
    <fieldset class="segments"><legend class="sr-only">${t('a_against')}</legend>
      ${AGAINST.map((one) => html`<label key=${one} class="segment"><input type="radio" name="a-against" value=${one} checked=${against === one} onChange=${() => choose(one)} /><span>${word('a_against', one)}</span></label>`)}</fieldset>
  </div>`;
}

/**
 * @param {object} props
 * @param {import('./api.js').YearOnYear} props.report
 * @param {import('../api.js').Workspace} props.workspace
 * @param {(code: string) => string} props.categoryName
 * @param {(patch: Partial<import('./filter.js').Filter>) => void} props.narrow
 */
export function ChangeTable({ report, workspace, categoryName, narrow }) {
  const [all] = report.rows.filter((row) => row.kind === 'district');
  const groups = /** @type {const} */ (['category', 'beat']).map((kind) => ({ kind, rows: ranked(report.rows, kind), of: report.rows.filter((row) => row.kind === kind).length })).filter((group) => group.rows.length);
  const data = workspace.incidents;
  const line = (/** @type {Row} */ row, /** @type {any} */ name) => {
    const verdict = verdictOf(row);
    return html`<tr key=${`${row.kind}-${row.id}`} data-kind=${row.kind} class=${verdict === 'more' || verdict === 'fewer' ? 'finding' : ''}><th scope="row">${name}</th>
      <td class="num">${whole(row.now)}</td><td class="num">${whole(row.earlier)}</td><td class="num">${row.ratio === null ? '–' : `×${number(row.ratio, 3)}`}</td>
      <td class="num">${intervalText(row)}</td><td class="span"><${Span} row=${row} bold=${row.stands_out} /></td><td class="verdict"><i aria-hidden="true">${MARKS[verdict]}</i>${word('a_verdict', verdict)}</td></tr>`;
  };
  return html`
    ${all && html`<p class="headline">${t('a_change_said', { now: whole(all.now), earlier: whole(all.earlier), from: day(report.earlier_start), until: lastDay(report.earlier_end), ratio: all.ratio === null ? '–' : number(all.ratio, 3), interval: intervalText(all), verdict: word('a_verdict', verdictOf(all)) })}</p>`}
    ${data && Date.parse(report.earlier_start) < Date.parse(data.from) && html`<p class="hint warning">${t('a_change_starts_late', { day: day(data.from) })}</p>`}
    ${data && Date.parse(report.about.end) - Date.parse(data.until) > 24 * 3600e3 && html`<p class="hint warning">${t('a_change_ends_early', { day: day(data.until) })}</p>`}
    <div class="scroll" tabindex="0" role="region" aria-label=${t('a_ask_year_on_year')}><table class="figures change"><caption class="sr-only">${t('a_ask_year_on_year')}</caption>
      <thead><tr><th scope="col">${t('a_what')}</th><th scope="col" class="num">${t('a_now')}</th><th scope="col" class="num">${t('a_then')}</th><th scope="col" class="num">${t('a_ratio')}</th><th scope="col" class="num">${t('a_interval')}</th><th scope="col" class="span"><${Axis} /></th><th scope="col">${t('a_verdict')}</th></tr></thead>
      ${all && html`<tbody>${line(all, t('a_all_selected'))}</tbody>`}
      ${groups.map(({ kind, rows, of }) => html`<tbody key=${kind}><tr class="group"><th scope="rowgroup" colspan="7">${kind === 'category' ? t('categories') : t('kind_beats')} <span class="aside">${t('a_change_order', { n: whole(of) })}</span></th></tr>
        ${rows.map((row) => line(row, html`<button type="button" class="link" title=${t('a_change_only')} onClick=${() => narrow(kind === 'category' ? { categories: [row.id] } : { beats: [row.id] })}>${kind === 'category' ? categoryName(row.id) : row.name}</button>`))}</tbody>`)}</table></div>`;
}

/** The day before an end that is not included. @param {string} end */
const lastDay = (end) => day(new Date(Date.parse(end) - 1));

/** @param {Row} row */
const intervalText = (row) => `${number(row.low, 3)}–${row.high === null ? '∞' : number(row.high, 3)}`;

/** Where a ratio is on the drawing. @param {number} ratio */
function placeOf(ratio) {
  const share = (Math.log(Math.min(SCALE, Math.max(1 / SCALE, ratio))) / Math.log(SCALE) + 1) / 2;
  return PAD + share * (WIDTH - 2 * PAD);
}

/** An interval as a line, its estimate as a mark; hollow where 1 is within. @param {{row: Row, bold: boolean}} props */
function Span({ row, bold }) {
  if (row.now + row.earlier === 0) return '';
  const y = HEIGHT / 2;
  const [low, high] = [placeOf(row.low), placeOf(row.high ?? Infinity)];
  const holds = row.low <= 1 && (row.high === null || row.high >= 1);
  return html`<svg viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} width=${WIDTH} height=${HEIGHT} aria-hidden="true" class=${bold ? 'bold' : ''}>
    ${[0.5, 1, 2].map((at) => html`<line key=${at} class=${at === 1 ? 'one' : 'grid'} x1=${placeOf(at)} x2=${placeOf(at)} y1="0" y2=${HEIGHT} />`)}
    <line class="whisker" x1=${low} x2=${high} y1=${y} y2=${y} />
    ${row.low < 1 / SCALE && html`<path class="end" d=${`M${low - 4} ${y}l5 -3v6Z`} />`}${(row.high === null || row.high > SCALE) && html`<path class="end" d=${`M${high + 4} ${y}l-5 -3v6Z`} />`}
    ${row.ratio !== null && html`<circle class=${holds ? 'holds' : 'clear'} cx=${placeOf(row.ratio)} cy=${y} r="3.5" />`}</svg>`;
}

/** The scale above the drawings. */
function Axis() {
  return html`<svg viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} width=${WIDTH} height=${HEIGHT} role="img" aria-label=${t('a_change_axis')}>
    ${[[0.25, '¼'], [0.5, '½'], [1, '1'], [2, '2'], [4, '4']].map(([at, text]) => html`<text key=${at} x=${placeOf(Number(at))} y="12" text-anchor="middle">${text}</text>`)}</svg>`;
}
