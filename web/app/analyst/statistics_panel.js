/**
 * Statistics on what is selected: year on year, hot spots, near repeats, concentration. Asked
 * of the service with the same filter; each answer can be taken away as table and picture.
 * @module
 */
import { html, useEffect, useState } from '../../vendor/htm-preact/standalone.module.js';
import { answered } from '../api.js';
import { day, number, percent, whole } from '../format.js';
import { nameOf, t, word } from '../i18n/speak.js';
import { save } from '../ui/save_file.js';
import { Empty, Failed, Loading } from '../ui/states.js';
import { fetchSpots, fetchStatistics } from './api.js';
import { againstOf } from './change.js';
import { ChangeChoice, ChangeTable } from './change_panel.js';
import { LineChart } from './charts.js';
import { queryOf } from './filter.js';
import { QUESTIONS } from './link.js';
import { Picture, pngOf } from './picture.js';
import { useKept } from './use_kept.js';

/** Below this a table's field is called a finding. */
const FINDING = 0.05;
const YEAR_MS = 366 * 24 * 3600e3;

/**
 * @param {object} props
 * @param {import('./filter.js').Filter} props.filter
 * @param {import('./link.js').Question} props.ask
 * @param {(ask: import('./link.js').Question) => void} props.choose
 * @param {import('./change.js').Against} props.against
 * @param {(against: import('./change.js').Against) => void} props.hold what to compare with
 * @param {(patch: Partial<import('./filter.js').Filter>) => void} props.narrow
 * @param {number} props.matched
 * @param {import('../api.js').Workspace} props.workspace
 * @param {import('../map/palette.js').Look} props.look
 * @param {(features: any[]) => void} props.showSpots
 * @param {(at: [number, number]) => void} props.goTo
 * @param {(code: string) => string} props.categoryName
 */
export function StatisticsPanel({ filter, ask, choose, against, hold, narrow, matched, workspace, look, showSpots, goTo, categoryName }) {
  const span = workspace.incidents;
  const [from, until] = [filter.from || span?.from || '', filter.until || span?.until || ''];
  const query = queryOf(filter, ['from', 'until']);
  query.set('period', `${from}/${until}`);
  const earlier = ask === 'year_on_year' && filter.from && filter.until ? againstOf(against, filter) : '';
  if (earlier) query.set('against', earlier);
  const isLong = ask === 'year_on_year' && Date.parse(until) - Date.parse(from) > YEAR_MS;
  const name = ask.replaceAll('_', '-');
  const key = matched > 0 && !isLong ? `${name}?${query}|${workspace.data_version}` : '';
  const job = useKept((signal) => fetchStatistics(name, query.toString(), signal).then((answer) => ({ of: ask, answer })), key, 400);
  const ready = key !== '' && job.problem === null && job.answer?.of === ask ? job.answer.answer : null;
  const spots = useKept(async (signal) => {
    const asked = queryOf(filter, ['from', 'until']);
    asked.set('from', from);
    asked.set('until', until);
    return fetchSpots(asked.toString(), signal);
  }, ask === 'hot_spots' && ready && !job.stale ? key : '');
  useEffect(() => {
    const found = ask === 'hot_spots' && ready && !spots.stale ? spots.answer?.features ?? [] : [];
    showSpots(found.map((feature) => ({ ...feature, properties: { ...feature.properties, label: String(Number(feature.properties?.id)) } })));
  }, [ask, ready, spots.answer, spots.stale]);
  useEffect(() => () => showSpots([]), []);
  return html`<div class="sheet">
    <div class="segments questions" role="radiogroup" aria-label=${t('a_tab_statistics')}>${QUESTIONS.map((one) => html`<label key=${one} class="segment"><input type="radio" name="a-ask" value=${one} checked=${ask === one} onChange=${() => choose(one)} /><span>${word('a_ask', one)}</span></label>`)}</div>
    <p class="hint">${word('a_ask_hint', ask)}</p>
    ${ask === 'year_on_year' && html`<${ChangeChoice} against=${against} choose=${hold} filter=${filter} span=${narrow} last=${span ? day(new Date(Date.parse(span.until) - 1)) : workspace.today} />`}
    ${!matched ? html`<${Empty} text=${t('a_nothing')} />`
      : isLong ? html`<${Empty} text=${t('a_yoy_long')} />`
      : job.problem !== null ? html`<${Failed} title=${t('a_statistics_failed')} problem=${job.problem} retry=${job.retry} />`
      : !ready ? html`<${Loading} text=${t('a_computing')} />`
      : html`<div class=${job.stale ? 'stale' : ''} aria-busy=${job.stale}>
        <div class="answer-head"><p>${t('a_about', { n: whole(ready.about.incidents), from: day(ready.about.start), until: day(ready.about.end) })}${ready.about.incidents !== matched ? ` ${t('a_left_out', { n: whole(matched - ready.about.incidents) })}` : ''}</p>
          <${Files} name=${name} query=${query.toString()} /></div>
        ${ask === 'year_on_year' && html`<${ChangeTable} report=${ready} workspace=${workspace} categoryName=${categoryName} narrow=${narrow} />`}
        ${ask === 'hot_spots' && html`<${HotSpots} report=${ready} categoryName=${categoryName} goTo=${goTo} problem=${spots.problem} retry=${spots.retry} />`}
        ${ask === 'near_repeat' && html`<${NearRepeat} report=${ready} />`}
        ${ask === 'concentration' && html`<${Concentration} report=${ready} look=${look} />`}
      </div>`}
  </div>`;
}

/** The service's own table and picture of the answer. @param {{name: string, query: string}} props */
function Files({ name, query }) {
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const png = async () => {
    setProblem(null);
    try {
      const answer = await answered(`/api/statistics/${name}?${query}&format=svg`);
      save(`${name}.png`, await pngOf(await answer.text()));
    } catch (fault) {
      setProblem(fault);
    }
  };
  return html`<span class="files"><a class="button small" href=${`/api/statistics/${name}?${query}&format=svg`} download=${`${name}.svg`}>SVG</a>
    <button type="button" class="small" onClick=${png}>PNG</button>
    <a class="button small" href=${`/api/statistics/${name}?${query}&format=csv`} download=${`${name}.csv`}>CSV</a>
    <a class="button small" href=${`/api/statistics/${name}?${query}`} download=${`${name}.json`}>JSON</a></span>
    ${problem !== null && html`<${Failed} title=${t('a_png_failed')} problem=${problem} />`}`;
}

/** @param {{report: import('./api.js').HotSpots, categoryName: (code: string) => string, goTo: (at: [number, number]) => void, problem: unknown, retry: () => void}} props */
function HotSpots({ report, categoryName, goTo, problem, retry }) {
  if (!report.spots.length) return html`<${Empty} text=${t('a_spots_none')} />`;
  return html`${problem !== null && html`<${Failed} title=${t('a_spots_failed')} problem=${problem} retry=${retry} />`}
    <div class="scroll" tabindex="0" role="region" aria-label=${t('a_ask_hot_spots')}><table class="figures"><caption class="sr-only">${t('a_ask_hot_spots')}</caption>
    <thead><tr><th scope="col">${t('a_spot')}</th><th scope="col">${t('a_spot_hours')}</th><th scope="col">${t('a_spot_what')}</th><th scope="col" class="num">${t('kind_incidents')}</th><th scope="col" class="num">${t('a_by_chance')}</th><th scope="col" class="num">${t('a_share')}</th><th scope="col" class="num">${t('a_area_share')}</th><th scope="col" class="num">km²</th><th scope="col" class="num">${t('a_peak')}</th><th scope="col" class="num">${t('a_p_shuffled')}</th></tr></thead>
    <tbody>${report.spots.map((spot) => html`<tr key=${spot.number}><th scope="row"><button type="button" class="link" onClick=${() => goTo([spot.lon, spot.lat])}>${spot.number}. ${nameOf(spot)}</button></th><td class="spot-hours">${spot.busiest_hours ? t('a_spot_hours_n', { from: two(spot.busiest_hours.from), until: two(spot.busiest_hours.until || 24), share: percent(spot.busiest_hours.share) }) : '–'}</td><td>${spot.categories.map((one) => `${categoryName(one.code)} ${whole(one.count)}`).join(' · ')}</td><td class="num">${whole(spot.observed)}</td><td class="num">${number(spot.expected)}</td><td class="num">${percent(spot.share)}</td><td class="num">${percent(spot.area_share)}</td><td class="num">${number(spot.area_km2, 2)}</td><td class="num">${number(spot.peak_z, 3)}</td><td class="num">${small(spot.peak_p_permuted)}</td></tr>`)}</tbody></table></div>`;
}

/** Distance by time: how many times as many pairs as by chance. @param {{report: import('./api.js').NearRepeat}} props */
function NearRepeat({ report }) {
  const times = [...new Set(report.fields.map((f) => `${f.from_days}–${f.to_days}`))];
  const places = [...new Set(report.fields.map((f) => `${f.from_m}–${f.to_m}`))];
  const field = (/** @type {string} */ place, /** @type {string} */ time) => report.fields.find((f) => `${f.from_m}–${f.to_m}` === place && `${f.from_days}–${f.to_days}` === time);
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${t('a_ask_near_repeat')}><table class="figures knox"><caption class="sr-only">${t('a_ask_near_repeat')}</caption>
    <thead><tr><th scope="col">${t('a_apart')}</th>${times.map((time) => html`<th key=${time} scope="col" class="num">${t('a_days_n', { n: time })}</th>`)}</tr></thead>
    <tbody>${places.map((place) => html`<tr key=${place}><th scope="row">${place} m</th>${times.map((time) => {
      const f = field(place, time);
      return html`<td key=${time} class=${`num ${f && f.p <= FINDING ? 'finding' : ''}`}>${f?.ratio == null ? '–' : `×${number(f.ratio, 3)}`}${f && f.p <= FINDING ? html`<span class="sr-only"> ${t('a_stands_out')}</span>` : ''}<small>${f ? t('a_pairs', { n: whole(f.observed), p: small(f.p) }) : ''}</small></td>`;
    })}</tr>`)}</tbody></table></div>
    <p class="hint">${t('a_knox_key', { n: whole(report.permutations) })}</p>`;
}

/** @param {{report: any, look: import('../map/palette.js').Look}} props */
function Concentration({ report, look }) {
  /** @type {{cells: number, incidents: number}[]} */
  const curve = report.curve;
  const dots = (/** @type {{cells: number, incidents: number}[]} */ points) => [{ x: 0, y: 0 }, ...points.map((point) => ({ x: point.cells, y: point.incidents }))];
  const title = t('a_ask_concentration');
  return html`<p class="headline">${t('a_gini', { n: report.gini_adjusted === null ? '–' : report.gini_adjusted.toFixed(2), cells: whole(report.cells_with_any), of: whole(report.cells) })}</p>
    <${Picture} name="concentration" title=${title} columns=${['cells_share', 'incidents_share']}
      head=${[{ key: 'incidents_share', text: t('a_share') }, { key: 'cells_share', text: t('a_in_cells') }, { key: 'by_chance', text: t('a_by_chance') }]}
      rows=${report.held.map((/** @type {any} */ held) => ({ shown: [percent(held.incidents), held.cells === null ? '–' : percent(held.cells), held.cells_by_chance === null ? '–' : percent(held.cells_by_chance)], raw: [held.cells, held.incidents] }))}>
      <${LineChart} label=${title} series=${[{ name: t('kind_incidents'), dots: dots(curve), markless: true }]} chance=${dots(report.curve_by_chance)} chanceName=${t('a_by_chance')}
        xTicks=${[0, 0.25, 0.5, 0.75, 1].map((at) => ({ at, text: percent(at) }))} xName=${t('a_in_cells')} yName=${t('a_share')} yText=${percent} xSpan=${[0, 1]} look=${look} /><//>`;
}

const two = (/** @type {number} */ n) => String(n).padStart(2, '0');

/** A p, no more exact than it is. @param {number} p */
const small = (p) => (p < 0.001 ? '<0.001' : p.toFixed(3));
