/**
 * Which layers are on, and each layer's features as a list that keyboard and screen
 * reader users read instead of the map.
 * @module
 */
import { html, useState } from '../../vendor/htm-preact/standalone.module.js';
import { clock, day, whole } from '../format.js';
import { t, word } from '../i18n/speak.js';
import { iconUrl } from '../map/icons.js';
import { PALETTES } from '../map/palette.js';
import { KINDS, PERIODS, change, incidentPeriod } from '../state.js';
import { iconOf, middleOf, stateOf, titleOf } from './feature_text.js';
import { Empty, Failed, Loading } from './states.js';

/** Most important first. */
const ORDER = [...KINDS].reverse();

/**
 * @param {object} props
 * @param {import('../state.js').State} props.state
 * @param {import('../api.js').Workspace} props.workspace
 * @param {import('./use_layers.js').LayerJobs} props.layers
 * @param {import('../map/palette.js').Look} props.look
 * @param {(selection: import('../state.js').Selection) => void} props.pick
 */
export function LayersPanel({ state, workspace, layers, look, pick }) {
  const [open, setOpen] = useState('');
  const count = (/** @type {string} */ kind) => workspace.layers.find((l) => l.kind === kind)?.count ?? 0;
  // A count beside a filtered layer would be another number than the map's.
  const drawsAll = state.period === 'all' && state.categories.length === 0;
  const toggle = (/** @type {string} */ kind, /** @type {boolean} */ on) => change({ shown: on ? [...state.shown, kind] : state.shown.filter((k) => k !== kind) });
  const box = (/** @type {string} */ kind, /** @type {unknown} */ icon, /** @type {number|null} */ n) => html`<label class="check">
    <input type="checkbox" checked=${state.shown.includes(kind)} disabled=${n === 0} onChange=${(/** @type {Event} */ e) => toggle(kind, /** @type {HTMLInputElement} */ (e.target).checked)} />
    ${icon}<span>${word('kind', kind)}</span>${n !== null && html`<span class="num">${t('layer_count', { n: whole(n) })}</span>`}
  </label>`;
  return html`<div class="controls">
    <ul class="layers" aria-label=${t('layers')}>
      <li><div class="row">${box('risk', html`<${Mark} kind="risk" look=${look} />`, null)}</div></li>
      ${ORDER.map((kind) => html`<li key=${kind}>
        <div class="row">${box(kind, html`<${Mark} kind=${kind} look=${look} />`, count(kind))}
          <button type="button" class="quiet" aria-expanded=${open === kind} aria-label=${t('list_of', { layer: word('kind', kind) })}
            onClick=${() => { setOpen(open === kind ? '' : kind); if (count(kind)) layers.want(kind); }}>${t('list')}</button></div>
        ${open === kind && html`<${FeatureList} kind=${kind} empty=${count(kind) === 0} layers=${layers} state=${state} pick=${pick} />`}
      </li>`)}
      <li><div class="row">${box('incidents', html`<${Mark} kind="incidents" look=${look} />`, drawsAll || !workspace.incidents ? (workspace.incidents?.count ?? 0) : null)}</div>
        ${workspace.incidents && state.shown.includes('incidents') && html`<${PeriodChoice} state=${state} workspace=${workspace} />`}</li>
    </ul>
    <details class="block"><summary>${t('keys')}</summary><p class="hint">${t('keys_text')}</p></details>
  </div>`;
}

/**
 * Whose incidents are drawn.
 * @param {{state: import('../state.js').State, workspace: import('../api.js').Workspace}} props
 */
function PeriodChoice({ state, workspace }) {
  const { from, until } = incidentPeriod(state, workspace) ?? {};
  const ends = { from: from ?? workspace.incidents?.from ?? '', until: until ?? workspace.incidents?.until ?? '' };
  // A window is in local time already; the rest are instants.
  const moment = (/** @type {string} */ at) => (/(Z|[+-]\d\d:\d\d)$/.test(at) ? `${day(at)} ${clock(at)}` : at.replace('T', ' '));
  return html`<fieldset class="block period"><legend>${t('period')}</legend>
    <div class="segments">${PERIODS.map((period) => html`<label key=${period} class="segment"><input type="radio" name="period" value=${period} checked=${state.period === period}
      onChange=${() => change({ period })} /><span>${period === 'all' || period === 'window' ? t(`period_${period}`) : t('period_days', { n: period })}</span></label>`)}</div>
    <p class="hint">${t('period_shown', { from: moment(ends.from), until: moment(ends.until) })} · ${state.categories.length ? t('categories_some', { n: state.categories.length }) : t('categories_all')}</p>
    <p class="hint">${t('period_hint')}</p>
  </fieldset>`;
}

/** The symbol, as the map draws it. @param {{kind: string, look: import('../map/palette.js').Look}} props */
function Mark({ kind, look }) {
  const p = PALETTES[look];
  if (kind === 'risk') return html`<svg class="mark" viewBox="0 0 28 28" aria-hidden="true"><path d="M14 3 24 8.5v11L14 25 4 19.5v-11z" fill=${p.ramp[2]} stroke=${p.ink} stroke-width="1.5" /></svg>`;
  if (kind === 'incidents') return html`<svg class="mark" viewBox="0 0 28 28" aria-hidden="true"><circle cx="14" cy="14" r="5" fill=${p.incident} /></svg>`;
  const area = /** @type {Record<string, [string, string]>} */ ({ beats: [p.beat, '5 2.5'], zones: [p.zone, '8 2 1 2'], commercial_districts: [p.commerce, '2 2'] })[kind];
  if (area) return html`<svg class="mark" viewBox="0 0 28 28" aria-hidden="true"><rect x="5" y="7" width="18" height="14" fill="none" stroke=${area[0]} stroke-width="2" stroke-dasharray=${area[1]} /></svg>`;
  return html`<img class="mark" src=${iconUrl(iconOf(kind), p)} alt="" width="22" height="22" />`;
}

/**
 * @param {object} props
 * @param {import('../state.js').Kind} props.kind
 * @param {boolean} props.empty
 * @param {import('./use_layers.js').LayerJobs} props.layers
 * @param {import('../state.js').State} props.state
 * @param {(selection: import('../state.js').Selection) => void} props.pick
 */
function FeatureList({ kind, empty, layers, state, pick }) {
  const job = layers.jobs[kind];
  if (empty) return html`<${Empty} text=${t('no_layer', { kind: kind === 'commercial_districts' ? 'zones' : kind === 'joint_duty_posts' ? 'posts' : kind })} />`;
  if (job?.status === 'failed') return html`<${Failed} title=${t('layer_failed', { layer: word('kind', kind) })} problem=${job.problem} retry=${() => layers.retry(kind)} />`;
  if (!job?.data) return html`<${Loading} />`;
  return html`<table class="list"><caption class="sr-only">${t('list_of', { layer: word('kind', kind) })}</caption>
    <thead class="sr-only"><tr><th scope="col">${t('name')}</th><th scope="col">${t('state')}</th></tr></thead>
    <tbody>${job.data.features.map((f) => {
      const p = f.properties ?? {};
      const id = String(p.id ?? f.id);
      const at = middleOf(f.geometry);
      return html`<tr key=${id}><td><button type="button" class="link" aria-pressed=${state.selection?.kind === kind && state.selection.id === id}
        onClick=${() => at && pick({ kind, id, at })}>${titleOf(p)}</button></td><td>${stateOf(kind, p)}</td></tr>`;
    })}</tbody></table>`;
}
