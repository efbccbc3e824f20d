/**
 * The draft's figures beside those of the beats in force: work, spread, response.
 * @module
 */
import { html } from '../../vendor/htm-preact/standalone.module.js';
import { number, percent, whole } from '../format.js';
import { t } from '../i18n/speak.js';
import { Failed, Loading } from '../ui/states.js';

/** @typedef {import('./api.js').Report} Report */

/** Classes of work, by id: 0 (little) to 4 (much), by thirds of the mean. @param {Report|null} report */
export function classesOf(report) {
  const mean = report?.after.mean_h ?? 0;
  /** @type {Map<string, number>} */
  const classes = new Map();
  for (const row of report?.zones ?? []) {
    const share = mean > 0 ? row.work_h / mean : 1;
    classes.set(row.id, share < 0.6 ? 0 : share < 0.85 ? 1 : share < 1.15 ? 2 : share < 1.5 ? 3 : 4);
  }
  return classes;
}

/** @param {{report: Report|null, problem: unknown}} props */
export function Figures({ report, problem }) {
  if (problem) return html`<fieldset class="block"><legend>${t('beside_title')}</legend><${Failed} title=${t('beside_failed')} problem=${problem} /></fieldset>`;
  if (!report) return html`<fieldset class="block"><legend>${t('beside_title')}</legend><${Loading} text=${t('beside_working')} /></fieldset>`;
  const { after, change, response } = report;
  const was = change?.before;
  /** @type {[string, number|undefined, number|undefined, (n: number) => string, boolean][]} name, before, after, how written, whether less is better */
  const rows = [
    [t('beside_count'), was?.zones, after.zones, whole, true],
    [t('beside_mean'), was?.mean_h, after.mean_h, (n) => number(n, 3), true],
    [t('beside_spread'), was?.sd_h, after.sd_h, (n) => number(n, 3), true],
    [t('beside_most'), was?.most_over_mean, after.most_over_mean, (n) => number(n, 3), true],
    [t('beside_border'), was?.border_km, after.border_km, (n) => number(n, 3), true],
  ];
  if (response) {
    for (const [i, minutes] of [1, 3, 5].entries()) rows.push([t('beside_within', { m: minutes }), response.before.within[i]?.mean, response.after.within[i]?.mean, percent, false]);
    rows.push([t('beside_response'), response.before.mean_s.mean, response.after.mean_s.mean, whole, true]);
  }
  const cut = change?.imbalance_cut;
  return html`<fieldset class="block"><legend>${t('beside_title')}</legend>
    ${cut != null && Math.abs(cut) >= 0.0005 && html`<p class="headline">${cut >= 0 ? t('beside_cut', { share: percent(cut) }) : t('beside_grown', { share: percent(-cut) })}</p>`}
    <table class="figures beside"><caption class="sr-only">${t('beside_title')}</caption>
      <thead><tr><td></td><th scope="col" class="num">${t('beside_today')}</th><th scope="col" class="num">${t('beside_draft')}</th><th scope="col" class="num">${t('beside_change')}</th></tr></thead>
      <tbody>${rows.map(([name, before, now, text, less]) => {
        const differs = before !== undefined && now !== undefined && text(now) !== text(before);
        const better = differs && (now < before) === less && name !== t('beside_count');
        return html`<tr key=${name}><th scope="row">${name}</th><td class="num">${before === undefined ? '–' : text(before)}</td><td class="num">${now === undefined ? '–' : text(now)}</td>
          <td class="num">${differs ? html`${now > before ? '+' : '−'}${text(Math.abs(now - before))}${better && html`<span class="better" title=${t('beside_better')}> ✓</span>`}` : '='}</td></tr>`;
      })}</tbody></table>
    <p class="hint">${response ? t('beside_how', { units: response.units, seeds: response.seeds }) : t('beside_response_working')} ${t('beside_legend')}</p>
  </fieldset>`;
}
