/**
 * Ask for a plan, watch it being made, read it as a table beside the map.
 * @module
 */
import { html, useEffect, useRef, useState } from '../../vendor/htm-preact/standalone.module.js';
import { fetchPlans } from '../api.js';
import { clock, distance, number, percent, shortDay, span, whole } from '../format.js';
import { t, word } from '../i18n/speak.js';
import { DASHES, PALETTES, routeStyle } from '../map/palette.js';
import { change, current, parametersSet } from '../state.js';
import { wishBody, wishesText } from '../wishes.js';
import { timesOf } from '../window.js';
import { placeText, titleOf } from './feature_text.js';
import { FollowPlan } from './follow_plan.js';
import { canBeGiven, giveTo } from './give_stop.js';
import { Later } from './later.js';
import { PlanFigures } from './plan_figures.js';
import { PlanWishes, namesOf, shapeOf, wishesOf } from './plan_wishes.js';
import { dwellMinutes, insteadInWords, laterDay, reasonInWords, waitInWords } from './reason.js';
import { Changes, Replan } from './replan.js';
import { WindowChoice } from './risk_controls.js';
import { Empty, Failed, Loading } from './states.js';
import { isTold } from './told.js';

/** Longest a search may take, milliseconds, to choose from. */
const DEADLINES = [1000, 2000, 5000, 10000];

/** A plan and the three presets beside it take so many times as long. */
const COMPARED = 4;

/** Where the plan is one of the presets it is not searched again. @param {import('../wishes.js').Wishes} wishes */
const timesAsLong = (wishes) => (wishes.compare ? COMPARED - (Object.keys(wishes.weights).length === 0 && !wishes.draw && !wishes.keep ? 1 : 0) : 1);

/** Plans are for vehicles that are idle. @param {Record<string, any>} p */
const drives = (p) => p.status === 'idle' && p.unit_kind !== 'foot';

/**
 * @param {object} props
 * @param {import('../state.js').State} props.state
 * @param {import('../api.js').Workspace} props.workspace
 * @param {import('./use_plan.js').PlanJob} props.job
 * @param {number|null} props.idle how many units are idle; null until known
 * @param {import('./use_layers.js').LayerJobs} props.layers
 * @param {import('../map/palette.js').Look} props.look
 * @param {(selection: import('../state.js').Selection) => void} props.pick
 */
export function PlanPanel({ state, workspace, job, idle, layers, look, pick }) {
  const hasUnits = idle === null || idle > 0;
  return html`<div class="controls">
    ${!workspace.has_roads && html`<${Empty} text=${t('plan_no_roads')} />`}
    ${!hasUnits && html`<${Empty} text=${t('plan_no_units')} />`}
    ${workspace.read_only && html`<p class="hint">${t('read_only')}</p>`}
    <${PlanForm} state=${state} workspace=${workspace} job=${job} idle=${idle} layers=${layers} able=${workspace.has_roads && hasUnits} />
    <${Earlier} job=${job} />
    ${job.status === 'opening' && html`<${Loading} />`}
    ${job.status === 'failed' && html`<${Failed} title=${t('plan_failed')} problem=${job.problem} />`}
    ${job.status === 'open_failed' && html`<${Failed} title=${t('plan_open_failed')} problem=${job.problem} />`}
    ${job.status === 'cancelled' && html`<p class="empty">${t('plan_cancelled')}</p>`}
    ${job.status === 'none' && workspace.has_roads && html`<${Empty} text=${t('plan_empty')} />`}
    ${job.plan && html`<${PlanSummary} plan=${job.plan} made=${job.made === job.plan.id} seen=${job.seen} clear=${job.clear} />`}
    ${job.plan && html`<${FollowPlan} key=${job.plan.id} plan=${job.plan} />`}
    ${job.plan && html`<${Changes} plan=${job.plan} lang=${state.lang} open=${(/** @type {string} */ planId) => change({ planId, selection: null })} />`}
    ${job.plan && html`<${Replan} key=${job.plan.id} plan=${job.plan} state=${state} job=${job} layers=${layers} />`}
    ${job.plan && html`<${PlanFigures} plan=${job.plan} before=${job.before} state=${state} />`}
    <${Simulate} state=${state} workspace=${workspace} look=${look} idle=${idle} />
    ${job.plan && html`<${StopTable} plan=${job.plan} state=${state} look=${look} pick=${pick} />`}
  </div>`;
}

/**
 * @param {object} props
 * @param {import('../state.js').State} props.state
 * @param {import('../api.js').Workspace} props.workspace
 * @param {import('./use_plan.js').PlanJob} props.job
 * @param {number|null} props.idle
 * @param {import('./use_layers.js').LayerJobs} props.layers
 * @param {boolean} props.able
 */
function PlanForm({ state, workspace, job, idle, layers, able }) {
  const [units, setUnits] = useState(6);
  const [seed, setSeed] = useState('');
  const [deadline, setDeadline] = useState(2000);
  const working = job.status === 'working';
  // A plan that is opened is gone on with: the form asks for as many units as it did.
  const opened = job.plan;
  useEffect(() => {
    // What was made here was asked for in this form, which may say something newer by now.
    if (opened && job.made !== opened.id && opened.units_asked) setUnits(opened.units_asked);
  }, [opened?.id]);
  const wishes = wishesOf(state);
  const ids = (/** @type {string} */ kind) => layers.jobs[kind]?.data?.features ?? [];
  const planned = ids('units').map((f) => f.properties ?? {}).filter(drives).map((p) => ({ id: String(p.id), name: titleOf(p) }));
  const posts = namesOf(layers, 'joint_duty_posts');
  // The ground of areas that are kept out of has to be there before it is sent.
  const kinds = [...new Set(wishes.areas.map((one) => one.kind))];
  useEffect(() => kinds.forEach((kind) => layers.want(kind)), [kinds.join(), workspace.content_version]);
  const lost = wishes.areas.some((one) => shapeOf(layers, one.kind, one.id) === null);
  const times = timesOf(state.window, workspace);
  const keepTo = opened && times && opened.window.start.slice(0, 16) === times.start.slice(0, 16) && opened.window.end.slice(0, 16) === times.end.slice(0, 16) && opened.risk.resolution === state.resolution ? opened.id : '';
  // Each day another draw, the same one when asked again.
  const drawSeed = seed === '' ? Number((times?.start ?? '').slice(0, 10).replaceAll('-', '')) || 1 : Number(seed);
  const number_ = (/** @type {Event} */ e) => Number(/** @type {HTMLInputElement} */ (e.target).value);
  return html`<form class="plan-form" onSubmit=${(/** @type {Event} */ e) => {
      e.preventDefault();
      // What is wished now: it may be newer than what is drawn.
      const asked = wishesOf(current());
      job.make({
        window: state.window, units, model: state.model, category: state.categories, resolution: state.resolution, deadline_ms: deadline,
        ...(state.lookBack && { look_back_days: Number(state.lookBack) }),
        ...parametersSet(state),
        ...(seed === '' ? {} : { seed: Number(seed) }),
        ...(wishesText(asked) && { wishes: wishBody(asked, state.window, workspace, posts.map((post) => post.id), drawSeed, (kind, id) => shapeOf(layers, kind, id), keepTo) }),
      });
    }}>
    <${WindowChoice} state=${state} workspace=${workspace} />
    <div class="row">
      <div class="field"><label for="units">${t('plan_units')}</label><input id="units" type="number" min="1" max=${idle || 99} required value=${units} onInput=${(/** @type {Event} */ e) => setUnits(number_(e))} />
        <span class="aside">${idle === null ? '\u00a0' : t('plan_units_hint', { n: idle })}</span></div>
      <div class="field"><label for="deadline">${t('plan_seconds')}</label><select id="deadline" onChange=${(/** @type {Event} */ e) => setDeadline(number_(e))}>
        ${DEADLINES.map((ms) => html`<option key=${ms} value=${ms} selected=${ms === deadline}>${t('seconds', { n: ms / 1000 })}</option>`)}</select></div>
      <div class="field"><label for="seed">${t('plan_seed')}</label><input id="seed" type="number" min="0" step="1" value=${seed} placeholder=${t('model_default')} onInput=${(/** @type {Event} */ e) => setSeed(/** @type {HTMLInputElement} */ (e.target).value)} /></div>
    </div>
    <${PlanWishes} state=${state} workspace=${workspace} units=${planned} posts=${posts} layers=${layers} asked=${units} keepable=${keepTo !== ''} />
    ${working
      ? html`<${Working} deadline=${deadline * timesAsLong(wishes)} cancel=${job.cancel} />`
      : html`<button type="submit" class="main" disabled=${!able || lost}>${t('plan_make')}</button>`}
  </form>`;
}

/**
 * The simulator, whose part is read when it is first opened.
 * @param {{state: import('../state.js').State, workspace: import('../api.js').Workspace, look: import('../map/palette.js').Look, idle: number|null}} props
 */
function Simulate({ state, workspace, look, idle }) {
  const [open, setOpen] = useState(false);
  if (!workspace.has_roads) return null;
  return html`<details class="block" onToggle=${(/** @type {Event} */ e) => setOpen(/** @type {HTMLDetailsElement} */ (e.target).open)}><summary>${t('simulate_title')}</summary>
    ${open && html`<${Later} name="simulate" state=${state} workspace=${workspace} look=${look} idle=${idle} preset=${wishesOf(state).preset} />`}
  </details>`;
}

/** The search takes as long as it was allowed to: the bar is its time. @param {{deadline: number, cancel: () => void}} props */
function Working({ deadline, cancel }) {
  const [spent, setSpent] = useState(0);
  const button = useRef(/** @type {HTMLButtonElement|null} */ (null));
  useEffect(() => {
    // The button that was pressed is gone: focus stays in its place.
    button.current?.focus();
    const start = performance.now();
    const timer = setInterval(() => setSpent(performance.now() - start), 100);
    return () => clearInterval(timer);
  }, []);
  return html`<div class="working">
    <progress max=${deadline} value=${Math.min(spent, deadline)} aria-label=${t('plan_make')}></progress>
    <span>${t('plan_working', { n: (spent / 1000).toFixed(0) })}</span>
    <button type="button" ref=${button} onClick=${cancel}>${t('plan_cancel')}</button>
  </div>`;
}

/**
 * Plans made before. The field is there before they are known, and where there are none:
 * what stands below it does not move away from under a finger.
 * @param {{job: import('./use_plan.js').PlanJob}} props
 */
function Earlier({ job }) {
  const [plans, setPlans] = useState(/** @type {import('../api.js').PlanSummary[]} */ ([]));
  useEffect(() => {
    const abort = new AbortController();
    fetchPlans(abort.signal).then((answer) => setPlans(answer.plans), () => {});
    return () => abort.abort();
  }, [job.plan?.id]);
  return html`<div class="field"><label for="earlier">${t('plan_earlier')}</label>
    <select id="earlier" disabled=${plans.length === 0} onChange=${(/** @type {Event} */ e) => change({ planId: /** @type {HTMLSelectElement} */ (e.target).value, selection: null })}>
      <option value="" disabled selected=${!job.plan}>${t(plans.length ? 'plan_choose' : 'plan_none_yet')}</option>
      ${plans.map((p) => html`<option key=${p.id} value=${p.id} selected=${p.id === job.plan?.id}>${t('plan_option', { made: `${shortDay(p.made_at)} ${clock(p.made_at)}`, units: p.units, stops: p.stops })}</option>`)}
    </select></div>`;
}

/** What was not kept; a must-visit needs no word for it. @param {import('../api.js').Plan['missed'][number]} m */
const missedName = (m) => (m.kind && m.kind !== 'must_visit' ? `${word('missed_kind', m.kind)} ${m.name}` : m.name);

/** In words, also where a newer service has a reason this page has not heard of. @param {string} code */
const whyLeft = (code) => (word('left', code) === code ? t('left_other', { code }) : word('left', code));

/** So many visits that are not kept are listed. */
const MISSED_LISTED = 50;

/** Why it is not kept; what is asked of one unit is that unit's matter. @param {import('../api.js').Plan['missed'][number]} m */
const missedWhy = (m) => (m.unit && m.why === 'no_unit_in_time' ? t('missed_not_by_unit', { unit: m.unit }) : word('missed', m.why));

/** @param {{plan: import('../api.js').Plan, made: boolean, seen: () => void, clear: () => void}} props `made` just now, here */
function PlanSummary({ plan, made, seen, clear }) {
  const box = useRef(/** @type {HTMLElement|null} */ (null));
  useEffect(() => {
    // What was asked for is seen and read, however long the wishes above it are.
    if (!made) return;
    box.current?.scrollIntoView({ block: 'start' });
    box.current?.focus({ preventScroll: true });
    seen();
  }, [plan.id]);
  const leftOut = plan.left_out ?? [];
  // What was found impossible before the search is told there, with its reason.
  const missed = plan.missed.filter((m) => !isTold(m, plan.obstacles ?? []));
  const listed = missed.slice(0, MISSED_LISTED);
  return html`<section class="block" ref=${box} tabindex="-1" aria-label=${t('plan_title')}>
    <dl class="facts">
      <dt>${t('plan_for')}</dt><dd>${span(plan.window)}</dd>
      <dt>${t('plan_covered')}</dt><dd>${t('plan_covered_n', { covered: number(plan.risk_covered), total: number(plan.risk_total), share: percent(plan.risk_total > 0 ? plan.risk_covered / plan.risk_total : 0) })}</dd>
      <dt>${t('plan_seed')}</dt><dd>${plan.seed}</dd>
      ${plan.search && html`<dt>${t('plan_search')}</dt><dd>${word('ended', plan.search.ended_by).replace('{n}', whole(plan.search.iterations))}${typeof plan.search.kept_stops === 'number' ? ` ${t('plan_kept_stops', { n: whole(plan.search.kept_stops) })}` : ''}</dd>`}
    </dl>
    ${plan.synthetic && html`<span class="synthetic">${t('synthetic')}</span>`}
    <div class="buttons">
      <a class="button" href=${`${plan.links.sheet}?lang=${document.documentElement.lang.slice(0, 2)}`} target="_blank" rel="noopener">${t('plan_sheet')}</a>
      <a class="button" href=${`${plan.links.pdf}?lang=${document.documentElement.lang.slice(0, 2)}`} download=${`plan-${plan.id}.pdf`}>${t('plan_download_pdf')}</a>
      <a class="button" href=${plan.links.gpx} download=${`${plan.id}.gpx`}>${t('plan_download_gpx')}</a>
      <a class="button" href=${plan.links.geojson} download=${`${plan.id}.geojson`}>${t('plan_download_geojson')}</a>
      <a class="button" href=${`${plan.links.csv}?lang=${document.documentElement.lang.slice(0, 2)}`} download=${`${plan.id}.csv`}>${t('plan_download_csv')}</a>
      <button type="button" class="quiet" onClick=${clear}>${t('plan_clear')}</button>
    </div>
    <p class="hint">${t(plan.units_from === 'board' ? 'units_from_board' : 'units_from_layer')}</p>
    ${(plan.units_asked ?? 0) > plan.routes.length && html`<p class="hint">${t('plan_too_few', { asked: whole(plan.units_asked ?? 0), planned: whole(plan.routes.length) })}</p>`}
    ${missed.length > 0 && html`<div class="missed"><h3>${t('plan_missed')}</h3><ul>${listed.map((m) => html`<li>${t('missed_line', { name: missedName(m), from: clock(m.due.start), until: clock(m.due.end), why: missedWhy(m) })}</li>`)}${missed.length > listed.length && html`<li>${t('missed_more', { n: whole(missed.length - listed.length) })}</li>`}</ul></div>`}
    ${leftOut.length > 0 && html`<div class="left-out"><h3>${t('left_out')}<span class="aside">${whole(leftOut.length)}</span></h3><ul>${leftOut.map((it) => html`<li key=${it.unit}>${t('left_line', { unit: it.call_sign, why: whyLeft(it.why) })}${it.replaced_by && ` ${t('left_replaced', { unit: it.replaced_by })}`}</li>`)}</ul></div>`}
  </section>`;
}

/**
 * @param {object} props
 * @param {import('../api.js').Plan} props.plan
 * @param {import('../state.js').State} props.state
 * @param {import('../map/palette.js').Look} props.look
 * @param {(selection: import('../state.js').Selection) => void} props.pick
 */
function StopTable({ plan, state, look, pick }) {
  const box = useRef(/** @type {HTMLTableElement|null} */ (null));
  const chosen = state.selection?.kind === 'stop' ? state.selection : null;
  /** The stop that is dragged, and the unit it is over. */
  const [held, setHeld] = useState(/** @type {{stop: import('../api.js').Stop, unit: string}|null} */ (null));
  const [over, setOver] = useState('');
  useEffect(() => {
    if (chosen) box.current?.querySelector('[aria-current=true]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  /** What lets a unit take the stop that is held. @param {import('../api.js').Route} route */
  const taking = (route) => held && held.unit !== route.unit && {
    onDragOver: (/** @type {DragEvent} */ e) => { e.preventDefault(); setOver(route.unit); },
    onDragLeave: () => setOver((was) => (was === route.unit ? '' : was)),
    onDrop: (/** @type {DragEvent} */ e) => { e.preventDefault(); giveTo(plan, held.stop, route.unit); setHeld(null); setOver(''); },
  };
  // Other units may be screens away in the list: while a stop is held they stand at its top.
  return html`${held && html`<div class="drop-bar"><ul>${plan.routes.filter(taking).map((route) => html`<li key=${route.unit} class=${over === route.unit ? 'over' : ''} ...${taking(route)}>${route.call_sign}</li>`)}</ul></div>`}<table class="stops" ref=${box}>
    <caption class=${plan.routes.length > 1 ? 'hint' : 'sr-only'}><span class="sr-only">${t('plan_title')} ${span(plan.window)}. </span>${plan.routes.length > 1 && t('stop_drag')}</caption>
    <thead><tr><th scope="col">${t('col_stop')}</th><th scope="col">${t('col_arrival')}</th><th scope="col">${t('col_dwell')}</th><th scope="col">${t('col_place')}</th></tr></thead>
    ${plan.routes.map((route, n) => html`<tbody key=${route.unit} class=${taking(route) ? (over === route.unit ? 'takes over' : 'takes') : ''} ...${taking(route)}>
      <tr class="unit"><th scope="rowgroup" colspan="4"><${Swatch} look=${look} n=${n} /><b>${route.call_sign}</b>
        <span>${route.stops.length ? t(route.stops.length === 1 ? 'route_summary_one' : 'route_summary', { stops: route.stops.length, distance: distance(route.length), minutes: whole(Math.round(route.driving / 60)) }) : t('route_none')}</span></th></tr>
      ${route.stops.map((stop) => {
        const is = chosen?.route === n && chosen.number === stop.number;
        const go = () => pick({ kind: 'stop', route: n, number: stop.number, at: stop.position });
        return html`<tr key=${stop.number} class="stop" aria-current=${is ? 'true' : undefined} onClick=${go}
          draggable=${canBeGiven(stop) && plan.routes.length > 1} onDragStart=${(/** @type {DragEvent} */ e) => { e.dataTransfer?.setData('text/plain', stop.label); setTimeout(() => setHeld({ stop, unit: route.unit }), 0); }} onDragEnd=${() => { setHeld(null); setOver(''); }}>
          <td><button type="button" class="number" aria-label=${t('stop_title', { unit: route.call_sign, n: stop.number })} aria-pressed=${is}
            onClick=${(/** @type {Event} */ e) => { e.stopPropagation(); go(); }}>${stop.number}</button></td>
          <td class="num">${clock(stop.arrival)}<sup>${laterDay(stop.arrival, plan.window.start)}</sup></td>
          <td class="num">${t('minutes', { n: dwellMinutes(stop) })}</td>
          <td><span class="where">${stop.reason.kind === 'break' ? t('break') : stop.label || placeText(stop.position)}${stop.pinned && html` <small class="pinned">${t('pinned')}</small>`}</span><span class="why">${reasonInWords(stop)}${waitInWords(stop)}${stop.instead && ` ${insteadInWords(stop)}`}</span></td>
        </tr>`;
      })}
    </tbody>`)}
  </table>`;
}

/** A piece of the route's line, so that the table is read without the map. @param {{look: import('../map/palette.js').Look, n: number}} props */
function Swatch({ look, n }) {
  const { color, dash } = routeStyle(PALETTES[look], n);
  const name = t(/** @type {const} */ (['line_solid', 'line_dashed', 'line_dotted'])[dash]);
  return html`<svg class="line" width="28" height="10" viewBox="0 0 28 10" role="img" aria-label=${name}><line x1="1" y1="5" x2="27" y2="5" stroke=${color} stroke-width="4" stroke-dasharray=${DASHES[dash]?.map((d) => d * 4).join(' ') ?? ''} /></svg>`;
}
