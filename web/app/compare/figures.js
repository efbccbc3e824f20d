/**
 * What both maps say in numbers: the legend that holds for both, what each has at the place
 * looked at, and each one's hottest cells.
 * @module
 */
import { html } from '../../vendor/htm-preact/standalone.module.js';
import { fetchCells } from '../api.js';
import { number } from '../format.js';
import { t } from '../i18n/speak.js';
import { classOpacity } from '../map/heatmap.js';
import { PALETTES } from '../map/palette.js';
import { Empty, Failed, Loading } from '../ui/states.js';
import { useRequest } from '../ui/use_request.js';
import { OPACITY } from './pair.js';

const LISTED = 10;

/** @typedef {import('./link.js').Breaks} Breaks */
/** @typedef {import('../map/palette.js').Look} Look */

/** The class of a density; 0: none. @param {Breaks} breaks @param {number} density a km² and hour */
export const classOf = (breaks, density) => breaks.reduce((found, [from, n]) => (density >= from ? n : found), 0);

/** @param {{n: number, look: Look}} props */
function Swatch({ n, look }) {
  const palette = PALETTES[look];
  return html`<span class=${`swatch ${n === 5 ? 'top' : ''}`}>${n > 0 && html`<i style=${`background:${palette.ramp[n - 1]};opacity:${classOpacity(palette, n, OPACITY)}`}></i>`}</span>`;
}

/** @param {{breaks: Breaks, look: Look, anew: () => void, can: boolean}} props */
export function PairLegend({ breaks, look, anew, can }) {
  return html`<section class="pair-legend" tabindex="0" aria-labelledby="c-legend"><h2 id="c-legend">${t('c_legend')}</h2>
    ${breaks.length ? html`<table class="classes"><caption class="sr-only">${t('c_legend')}</caption>
      <thead><tr><th scope="col">${t('col_class')}</th><th scope="col" class="num">${t('c_per')}</th></tr></thead>
      <tbody>${[...breaks].reverse().map(([from, n]) => html`<tr key=${n}><td><${Swatch} n=${n} look=${look} /> ${n}</td><td class="num">≥ ${number(from)}</td></tr>`)}</tbody></table>` : html`<${Loading} />`}
    <p class="hint narrow">${t('c_per')}</p><p class="hint">${t('c_frozen')}</p><button type="button" class="small" disabled=${!can} onClick=${anew}>${t('c_anew')}</button></section>`;
}

/**
 * @param {object} props
 * @param {Record<import('./link.js').SideName, number|null>} props.here densities a km² and hour; null: off the ground
 * @param {Breaks} props.breaks
 * @param {Look} props.look
 */
export function Here({ here, breaks, look }) {
  const row = (/** @type {import('./link.js').SideName} */ name) => {
    const density = here[name];
    const n = density === null ? 0 : classOf(breaks, density);
    return html`<tr><th scope="row">${t(name === 'a' ? 'c_left' : 'c_right')}</th><td class="num">${density === null ? '–' : number(density)}</td><td><${Swatch} n=${n} look=${look} /> ${n || t('c_no_class')}</td></tr>`;
  };
  const { a, b } = here;
  return html`<section class="here" tabindex="0" aria-labelledby="c-here"><h2 id="c-here">${t('c_here')}</h2>
    <table class="figures"><caption class="sr-only">${t('c_here')}</caption><thead><tr><th scope="col"></th><th scope="col" class="num">${t('c_per')}</th><th scope="col">${t('col_class')}</th></tr></thead><tbody>${row('a')}${row('b')}</tbody></table>
    <p class="said">${a !== null && b !== null && a > 0 && b > 0 ? (a >= b ? t('c_left_times', { n: number(a / b) }) : t('c_right_times', { n: number(b / a) })) : t('c_here_hint')}</p></section>`;
}

/**
 * @param {object} props
 * @param {import('./link.js').SideName} props.name
 * @param {import('../api.js').Risk|null} props.risk
 * @param {number} props.hours
 * @param {Breaks} props.breaks
 * @param {Look} props.look
 * @param {(at: [number, number]) => void} props.goTo
 */
export function Hottest({ name, risk, hours, breaks, look, goTo }) {
  const job = useRequest((signal) => (risk ? fetchCells(risk, LISTED, signal) : Promise.resolve({ cells: [] })), risk?.id ?? '');
  const title = t(name === 'a' ? 'c_hottest_left' : 'c_hottest_right');
  return html`<section class="hottest"><h2>${title}</h2>
    ${job.status === 'failed' ? html`<${Failed} title=${t('risk_failed')} problem=${job.problem} retry=${job.retry} />`
      : !risk || !job.answer ? html`<${Loading} />`
      : !job.answer.cells.length ? html`<${Empty} text=${t('c_empty')} />`
      : html`<table class="figures"><caption class="sr-only">${title}</caption><thead><tr><th scope="col" class="num">${t('col_rank')}</th><th scope="col">${t('col_where')}</th><th scope="col" class="num">${t('c_per')}</th><th scope="col">${t('col_class')}</th></tr></thead>
        <tbody>${job.answer.cells.map((/** @type {import('../api.js').RiskCell} */ cell) => {
          const density = cell.per_km2 / hours;
          const n = classOf(breaks, density);
          return html`<tr key=${cell.cell}><td class="num">${cell.rank}</td><th scope="row"><button type="button" class="link" onClick=${() => goTo(cell.centre)}>${cell.beat?.name ?? t('no_beat')}</button></th><td class="num">${number(density)}</td><td><${Swatch} n=${n} look=${look} /> ${n || t('c_no_class')}</td></tr>`;
        })}</tbody></table>`}</section>`;
}
