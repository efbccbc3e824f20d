/**
 * What was picked: a cell, a stop or a feature, with what is near it.
 * @module
 */
import { html, useEffect, useRef } from '../../vendor/htm-preact/standalone.module.js';
import { fetchCellAt, fetchIncident, fetchNear } from '../api.js';
import { clock, day, distance, number, percent, shortDay, whole } from '../format.js';
import { t, word } from '../i18n/speak.js';
import { AREA_KINDS } from '../map/features.js';
import { categoryText, fieldsOf, placeText, titleOf } from './feature_text.js';
import { Later } from './later.js';
import { dwellMinutes, insteadInWords, laterDay, reasonInWords, waitInWords } from './reason.js';
import { Failed, Loading } from './states.js';
import { useRequest } from './use_request.js';

/**
 * @param {object} props
 * @param {import('../state.js').Selection} props.selection
 * @param {import('../state.js').State} props.state
 * @param {import('../api.js').Workspace} props.workspace
 * @param {import('../api.js').Risk|null} props.risk
 * @param {import('../api.js').Plan|null} props.plan
 * @param {import('./use_layers.js').LayerJobs} props.layers
 * @param {() => void} props.close
 * @param {(title: string) => void} props.say puts the title into the page's live region
 */
export function Detail({ selection, state, workspace, risk, plan, layers, close, say }) {
  const box = useRef(/** @type {HTMLElement|null} */ (null));
  const key = `${selection.kind}/${'id' in selection ? selection.id : `${selection.route}/${selection.number}`}`;
  useEffect(() => {
    if (box.current) box.current.scrollTop = 0;
  }, [key]);
  const { title, kind, body } = selection.kind === 'cell'
    ? { title: t('cell_finest'), kind: 'cell', body: html`<${CellDetail} key=${key} at=${selection.at} drawn=${selection.id} risk=${risk} />` }
    : selection.kind === 'incidents' ? { title: `${shortDay(selection.when)} ${clock(selection.when)}`, kind: 'incidents', body: html`<${IncidentDetail} key=${key} selection=${selection} categories=${workspace.categories} />` }
    : selection.kind === 'stop' ? stopDetail(selection, plan) : featureDetail(selection, layers);
  useEffect(() => say(title ? `${word('one', kind)}: ${title}` : ''), [title, kind]);
  const isArea = AREA_KINDS.some((k) => k === selection.kind);
  return html`<aside class="detail" ref=${box} aria-labelledby="detail-title" tabindex="-1" id="detail">
    <header><div><span class="kind">${word('one', kind)}</span><h2 id="detail-title">${title}</h2></div>
      <button type="button" class="icon" aria-label=${t('close')} title=${`${t('close')} (Esc)`} onClick=${close}>×</button></header>
    <div>${body}</div>
    <${Actions} key=${`do ${key}`} selection=${selection} state=${state} risk=${risk} plan=${plan} title=${title} />
    ${!isArea && html`<${NearBy} key=${key} at=${selection.at} self=${'id' in selection ? selection.id : ''} />`}
  </aside>`;
}

/** Whether a time of day tells which instant is meant. @param {string} start @param {string} at */
const withinDay = (start, at) => Date.parse(at) - Date.parse(start) < 864e5;

/** Kinds of points that a plan can stop at. */
const STOPPED_AT = ['posts', 'joint_duty_posts', 'pillars'];

/** Kinds of areas that units can be kept out of. */
const KEPT_OUT = ['beats', 'zones', 'commercial_districts'];

/**
 * What the open job can do with what was picked: wishes of a plan, locks of a draft.
 * @param {object} props
 * @param {import('../state.js').Selection} props.selection
 * @param {import('../state.js').State} props.state
 * @param {import('../api.js').Risk|null} props.risk
 * @param {import('../api.js').Plan|null} props.plan
 * @param {string} props.title
 */
function Actions({ selection, state, risk, plan, title }) {
  if (state.tab === 'zones' && selection.kind === 'beats') return html`<${Later} name="beat_lock" state=${state} id=${selection.id} />`;
  if (state.tab !== 'patrol') return null;
  if (KEPT_OUT.includes(selection.kind) && 'id' in selection) return html`<${Later} name="area_wishes" state=${state} kind=${selection.kind} id=${selection.id} label=${title} />`;
  if (selection.kind === 'cell') return risk && html`<${CellWishes} at=${selection.at} risk=${risk} state=${state} />`;
  if (selection.kind === 'stop') {
    const route = plan?.routes[selection.route];
    const stop = route?.stops.find((s) => s.number === selection.number);
    return stop?.cell ? html`<${Later} name="give_stop" plan=${plan} stop=${stop} unit=${route?.unit ?? ''} /><${Later} name="place_wishes" state=${state} place=${stop.cell} at=${stop.position} label=${stop.label || placeText(stop.position)} unit=${route?.unit} unitName=${route?.call_sign} arrival=${plan && withinDay(plan.window.start, stop.arrival) ? stop.arrival : undefined} />` : null;
  }
  return STOPPED_AT.includes(selection.kind) ? html`<${Later} name="place_wishes" state=${state} place=${selection.id} at=${selection.at} label=${title} />` : null;
}

/** A cell is wished for by the number of the finest one there, which plans are made of.
 * @param {{at: [number, number], risk: import('../api.js').Risk, state: import('../state.js').State}} props */
function CellWishes({ at, risk, state }) {
  const job = useRequest((signal) => fetchCellAt(risk.id, at, signal), `${risk.id} ${at}`);
  const cell = job.answer;
  return cell && html`<${Later} name="place_wishes" state=${state} place=${cell.cell} at=${cell.centre} label=${`${cell.beat?.name ?? t('no_beat')} · ${placeText(cell.centre)}`} />`;
}

/** @param {[string, unknown][]} rows */
const facts = (rows) => html`<dl class="facts">${rows.map(([label, text]) => html`<dt>${label}</dt><dd>${text}</dd>`)}</dl>`;

/**
 * The finest cell at a place. Far out the map draws cells of a coarser grid: then it says so.
 * @param {{at: [number, number], drawn: string, risk: import('../api.js').Risk|null}} props
 */
function CellDetail({ at, drawn, risk }) {
  const job = useRequest((signal) => (risk ? fetchCellAt(risk.id, at, signal) : Promise.resolve(null)), `${risk?.id} ${at}`);
  if (job.status === 'failed') return html`<${Failed} title=${t('risk_failed')} problem=${job.problem} retry=${job.retry} />`;
  if (job.status === 'loading' || !risk) return html`<${Loading} />`;
  const cell = job.answer;
  if (!cell) return html`<p class="empty">${t('cell_gone')}</p>`;
  const rows = facts([
    [t('one_cell'), cell.cell],
    [t('cell_expected'), t('cell_expected_n', { n: number(cell.expected, 2) })],
    [t('cell_interval'), t('cell_interval_n', { low: whole(cell.interval[0]), high: whole(cell.interval[1]) })],
    [t('cell_chance'), percent(cell.at_least_one)],
    [t('cell_density'), t('cell_density_n', { n: number(cell.per_km2) })],
    [t('cell_rank'), t('cell_rank_n', { rank: whole(cell.rank), of: whole(risk.cells) })],
    [t('cell_class'), cell.class === 0 ? t('cell_class_0') : String(cell.class)],
    [t('beat'), cell.beat?.name ?? t('no_beat')],
    [t('position'), placeText(cell.centre)],
  ]);
  return cell.cell === drawn ? rows : html`${rows}<p class="hint">${t('cell_overview')}</p>`;
}

/**
 * What happened, where and when; the record has no person in it, so neither has this.
 * @param {{selection: Extract<import('../state.js').Selection, {kind: 'incidents'}>, categories: import('../api.js').Category[]}} props
 */
function IncidentDetail({ selection, categories }) {
  const job = useRequest((signal) => fetchIncident(selection.id, selection.when, signal), selection.id);
  if (job.status === 'failed') return html`<${Failed} title=${t('incident_failed')} problem=${job.problem} retry=${job.retry} />`;
  if (job.status === 'loading') return html`<${Loading} />`;
  const p = job.answer?.properties;
  if (!p) return html`<p class="empty">${t('incident_gone')}</p>`;
  const moment = (/** @type {string} */ at) => `${day(at)} ${clock(at)}`;
  return html`${selection.count > 1 && html`<p class="reason">${t('incident_many', { n: whole(selection.count) })}</p>`}${facts([
    [t('category'), categoryText(String(p.category), categories)],
    [t('priority'), word('priority', String(p.priority))],
    [t('time'), p.until ? t('period_shown', { from: moment(p.at), until: moment(p.until) }) : moment(p.at)],
    [t('call'), word('call', String(p.state))],
    [t('origin'), word('origin', String(p.origin))],
    [t('id'), String(p.id)],
  ])}`;
}

/**
 * @param {Extract<import('../state.js').Selection, {kind: 'stop'}>} selection
 * @param {import('../api.js').Plan|null} plan
 */
function stopDetail(selection, plan) {
  const route = plan?.routes[selection.route];
  const stop = route?.stops.find((s) => s.number === selection.number);
  if (!plan || !route || !stop) return { title: '', kind: 'stop', body: html`<${Loading} />` };
  const body = html`<p class="reason">${reasonInWords(stop)}${waitInWords(stop)}</p>${stop.instead && html`<p class="hint">${insteadInWords(stop)}</p>`}${facts([
    [t('stop_where'), stop.label || placeText(stop.position)],
    [t('stop_arrival'), html`${clock(stop.arrival)}<sup>${laterDay(stop.arrival, plan.window.start)}</sup>`],
    [t('stop_departure'), html`${clock(stop.departure)}<sup>${laterDay(stop.departure, plan.window.start)}</sup> (${t('minutes', { n: dwellMinutes(stop) })})`],
    [t('stop_drive'), t('minutes', { n: number(stop.drive / 60, 2) })],
    [t('stop_gain'), t('gain_n', { n: number(stop.gain, 2) })],
  ])}`;
  return { title: t('stop_title', { unit: route.call_sign, n: stop.number }), kind: 'stop', body };
}

/**
 * @param {Extract<import('../state.js').Selection, {kind: import('../state.js').Kind}>} selection
 * @param {import('./use_layers.js').LayerJobs} layers
 */
function featureDetail(selection, layers) {
  const job = layers.jobs[selection.kind];
  const find = (/** @type {string} */ kind, /** @type {string} */ id) => layers.jobs[kind]?.data?.features.find((f) => String(f.properties?.id ?? f.id) === id)?.properties;
  const feature = find(selection.kind, selection.id);
  if (!feature) {
    const body = job?.status === 'failed'
      ? html`<${Failed} title=${t('layer_failed', { layer: word('kind', selection.kind) })} problem=${job.problem} retry=${() => layers.retry(selection.kind)} />`
      : html`<${Loading} />`;
    return { title: selection.id, kind: selection.kind, body };
  }
  const nameOfId = (/** @type {string} */ kind, /** @type {string} */ id) => {
    layers.want(kind);
    return find(kind, id)?.name ?? id;
  };
  return { title: titleOf(feature), kind: selection.kind, body: facts(fieldsOf(selection.kind, feature, nameOfId)) };
}

/** @param {{at: [number, number], self: string}} props */
function NearBy({ at, self }) {
  const job = useRequest((signal) => fetchNear(at, signal), at.join());
  if (job.status === 'failed') return html`<${Failed} title=${t('near_failed')} problem=${job.problem} retry=${job.retry} />`;
  if (!job.answer) return html`<${Loading} />`;
  const near = job.answer;
  const groups = /** @type {[string, import('../api.js').NearItem[]][]} */ ([
    [t('kind_units'), near.units], [t('kind_joint_duty_posts'), near.joint_duty_posts], [t('kind_posts'), near.posts ?? []], [t('kind_pillars'), near.pillars], [t('kind_stations'), near.stations],
  ])
    .map(([label, items]) => /** @type {const} */ ([label, items.filter((item) => item.id !== self)]))
    .filter(([, items]) => items.length);
  return html`<section class="near" aria-label=${t('near')}>
    <h3>${t('near')}<span class="aside">${near.beat?.name ?? t('no_beat')} · ${t('by_road')}</span></h3>
    ${groups.length === 0 && html`<p class="empty">${t('near_none')}</p>`}
    <table><tbody>${groups.map(([label, items]) => items.map((item, i) => html`<tr key=${item.id} class=${i === 0 ? 'first' : ''}>
      ${i === 0 && html`<th scope="rowgroup" rowspan=${items.length}>${label}</th>`}
      <td>${item.name}</td>
      <td class="num">${item.seconds === null || item.seconds === undefined ? t('away', { metres: distance(item.metres) }) : t('away_minutes', { metres: distance(item.metres), minutes: item.seconds < 60 ? '< 1' : whole(Math.round(item.seconds / 60)) })}</td>
    </tr>`))}</tbody></table>
  </section>`;
}
