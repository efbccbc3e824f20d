/**
 * The whole screen: panel beside (or, on a phone, below) the map, legend and details on
 * it. Joins the map, which knows nothing of panels, with the panels.
 * @module
 */
import { html, useEffect, useRef, useState } from '../../vendor/htm-preact/standalone.module.js';
import { fetchWorkspace } from '../api.js';
import { clock, day, number, span, useZone, whole } from '../format.js';
import { speak, t, word } from '../i18n/speak.js';
import { MapView } from '../map/view.js';
import { TABS, change, current, useDeskState } from '../state.js';
import { CellsTable } from './cells_table.js';
import { Detail } from './detail.js';
import { categoryText, titleOf } from './feature_text.js';
import { Later, readLater } from './later.js';
import { LayersPanel } from './layers_panel.js';
import { Legend } from './legend.js';
import { RiskControls } from './risk_controls.js';
import { useLayers } from './use_layers.js';
import { usePlan } from './use_plan.js';
import { useRisk } from './use_risk.js';

/** Jobs with a drawing and a legend of their own: the heatmap gives way to them. */
const DRAWN = /** @type {Partial<Record<import('../state.js').Tab, string>>} */ ({ coverage: 'coverage_legend', zones: 'zones_legend' });
/** From this zoom on the map draws the cells themselves. */
const FINE_FROM = 12;
/** How often the page asks whether the data has changed. */
const REFRESH_MS = 30e3;

/** @param {{first: import('../api.js').Workspace}} props */
export function Desk({ first }) {
  const state = useDeskState();
  speak(state.lang);
  const workspace = useFresh(first);
  useZone(workspace.timezone);
  const look = useLook(state.look);
  const [view, setView] = useState(/** @type {MapView|null} */ (null));
  const [mapless, setMapless] = useState(false);
  const [hover, setHover] = useState(/** @type {import('../map/view.js').Hover|null} */ (null));
  const [small, setSmall] = useState(false);
  const [said, setSaid] = useState('');
  const box = useRef(/** @type {HTMLElement|null} */ (null));

  const drawn = useRef(promised());
  const again = useRef(() => {});
  const risk = useRisk(drawn.current.promise, state, workspace.content_version);
  again.current = risk.lost;
  // After useRisk: its request is on the way while the map is being made.
  useEffect(() => {
    if (!box.current) return;
    try {
      const made = new MapView(box.current, first, current(), look, t('map_label'), {
        pick: (selection) => change({ selection }),
        hover: setHover,
        moved: (where) => change({ view: where }),
        lost: () => again.current(),
      });
      setView(made);
      drawn.current.resolve(made);
      return () => made.map.remove();
    } catch {
      // No WebGL: the tables still say everything.
      setMapless(true);
      drawn.current.resolve(null);
    }
  }, []);

  const settled = risk.status !== 'loading' || risk.risk !== null;
  const layers = useLayers(view, workspace, state, settled);
  const plan = usePlan(state.planId);
  const units = layers.jobs.units?.data;
  // Plans are for vehicles: a team on foot can't be given a route.
  const idle = units ? units.features.filter((f) => f.properties?.status === 'idle' && f.properties.unit_kind !== 'foot').length : null;

  useEffect(() => view?.setLook(look), [view, look]);
  useEffect(() => void (workspace !== first && view?.whole.then(() => view.refresh(workspace))), [view, workspace]);
  useEffect(() => view?.describe(t('map_label')), [view, state.lang]);
  useEffect(() => view?.heatmap.setOpacity(state.opacity), [view, state.opacity]);
  const ownLegend = DRAWN[state.tab];
  const heat = state.shown.includes('risk') && (!ownLegend || state.under);
  useEffect(() => view?.heatmap.setVisible(heat), [view, heat]);
  useEffect(() => {
    if (settled) requestIdle(readLater);
  }, [settled]);
  useEffect(() => void view?.whole.then(() => view.setPlan(plan.plan)), [view, plan.plan]);
  useEffect(() => void view?.ready.then(() => view.setSelection(state.selection)), [view, state.selection, risk.risk?.id]);
  useEffect(() => {
    if (state.tab === 'patrol' || state.tab === 'coverage') layers.want('units');
    if (state.tab === 'patrol' && workspace.layers.some((l) => l.kind === 'joint_duty_posts' && l.count > 0)) layers.want('joint_duty_posts');
    if (state.selection && state.selection.kind !== 'cell' && state.selection.kind !== 'stop' && state.selection.kind !== 'incidents') layers.want(state.selection.kind);
  }, [state.tab, state.selection, workspace.content_version]);
  useEscape();

  /** Picked in a list: the map follows, and only then. @param {import('../state.js').Selection} selection */
  const pick = (selection) => {
    change({ selection });
    view?.bringIntoView(selection.at, selection.kind === 'cell' ? FINE_FROM : undefined);
  };

  return html`
    <a class="skip" href="#map-canvas">${t('skip_to_map')}</a>
    <a class="skip" href="#panel">${t('skip_to_panel')}</a>
    <div class=${`desk ${small ? 'small' : ''}`}>
      <main class="map" aria-label=${`${shortName(workspace.name)} ${t('title')}`}>
        <div id="map" ref=${box}></div>
        ${mapless && html`<p class="empty mapless" role="alert">${t('no_webgl')}</p>`}
        <div class="crosshair" aria-hidden="true"></div>
        ${hover && html`<${Tip} hover=${hover} categories=${workspace.categories} />`}
        <div class="zoom">
          <button type="button" class="icon" aria-label=${t('zoom_in')} title=${t('zoom_in')} onClick=${() => view?.map.zoomIn()}>+</button>
          <button type="button" class="icon" aria-label=${t('zoom_out')} title=${t('zoom_out')} onClick=${() => view?.map.zoomOut()}>−</button>
          <button type="button" class="icon" aria-label=${t('fit')} title=${t('fit')} disabled=${!workspace.bbox} onClick=${() => workspace.bbox && view?.fit(workspace.bbox)}>⌂</button>
        </div>
        <div class="side">
          ${state.selection && html`<${Detail} selection=${state.selection} state=${state} workspace=${workspace} risk=${risk.risk} plan=${plan.plan} layers=${layers} say=${setSaid} close=${() => change({ selection: null })} />`}
          ${ownLegend ? html`<${Later} name=${ownLegend} state=${state} look=${look} synthetic=${workspace.synthetic} />` : html`<${Legend} job=${risk} state=${state} look=${look} synthetic=${workspace.synthetic} />`}
        </div>
        ${workspace.attribution && html`<p class="attribution">${workspace.attribution}</p>`}
      </main>
      <aside class="panel" id="panel" aria-label=${t('tabs')} tabindex="-1">
        <button type="button" class="grip" aria-expanded=${!small} aria-label=${small ? t('sheet_larger') : t('sheet_smaller')} onClick=${() => setSmall(!small)}><i></i></button>
        <${Head} state=${state} workspace=${workspace} />
        <${Tabs} tab=${state.tab} open=${() => setSmall(false)} />
        <section class="body" role="tabpanel" id="tabpanel" aria-labelledby=${`tab-${state.tab}`} tabindex="0">
          ${state.tab === 'risk' && html`<${RiskControls} state=${state} workspace=${workspace} job=${risk} />`}
          ${state.tab === 'patrol' && html`<${Later} name="plan" state=${state} workspace=${workspace} job=${plan} idle=${idle} layers=${layers} look=${look} pick=${pick} />`}
          ${state.tab === 'coverage' && html`<${Later} name="coverage" state=${state} workspace=${workspace} view=${view} settled=${settled} idle=${idle} pick=${pick} />`}
          ${state.tab === 'zones' && html`<${Later} name="zones" state=${state} workspace=${workspace} view=${view} settled=${settled} layers=${layers} />`}
          ${state.tab === 'layers' && html`<${LayersPanel} state=${state} workspace=${workspace} layers=${layers} look=${look} pick=${pick} />`}
          ${(state.tab === 'layers' || state.notes.length > 0) && html`<${Later} name="notes" state=${state} view=${view} look=${look} workspace=${workspace} risk=${risk.risk} />`}
          ${state.tab === 'cells' && html`<${CellsTable} risk=${risk.risk} state=${state} look=${look} pick=${pick} />`}
        </section>
      </aside>
    </div>
    <${Announcer} risk=${risk} plan=${plan} picked=${state.selection ? said : ''} />`;
}

/**
 * @param {object} props
 * @param {import('../state.js').State} props.state
 * @param {import('../api.js').Workspace} props.workspace
 */
function Head({ state, workspace }) {
  const choice = (/** @type {string} */ group, /** @type {string} */ value, /** @type {string} */ text, /** @type {boolean} */ on, /** @type {() => void} */ go, /** @type {string} */ lang) => html`<label class="segment"><input
    type="radio" name=${group} value=${value} checked=${on} onChange=${go} /><span lang=${lang || undefined}>${text}</span></label>`;
  return html`<header class="head">
    <div class="name"><h1>${shortName(workspace.name)}</h1><span class="sub">Frontbeat · ${t('title')}</span><a href=${`/dispatch?lang=${state.lang}`}>${t('d_desk_link')}</a><a href=${`/plan?lang=${state.lang}`}>${t('draw_title')}</a><a href=${`/analyse?lang=${state.lang}`}>${t('a_title')}</a><a href=${compareLink(state)}>${t('c_title')}</a>
      ${workspace.synthetic && html`<span class="synthetic" title=${t('synthetic_hint')}>${t('synthetic')}</span>`}</div>
    <div class="switches">
      <fieldset class="segments" ><legend class="sr-only">${t('language')}</legend>
        ${choice('lang', 'zh', '简体中文', state.lang === 'zh', () => change({ lang: 'zh' }), 'zh-Hans')}
        ${choice('lang', 'en', 'English', state.lang === 'en', () => change({ lang: 'en' }), 'en')}</fieldset>
      <fieldset class="segments"><legend class="sr-only">${t('look')}</legend>
        ${/** @type {const} */ (['auto', 'day', 'night']).map((value) => choice('look', value, t(`look_${value}`), state.look === value, () => change({ look: value }), ''))}</fieldset>
    </div>
  </header>`;
}

/** The surface of this page on both sides, to change one of them. @param {import('../state.js').State} s */
function compareLink({ lang, model, resolution, window, hours, categories, view }) {
  const query = new URLSearchParams({ lang, model, resolution: String(resolution) });
  for (const side of ['a', 'b']) {
    query.set(`${side}_window`, window);
    if (hours.length) query.set(`${side}_hours`, hours.join(','));
    for (const code of categories) query.append(`${side}_category`, code);
  }
  if (view) query.set('view', view.join(','));
  return `/compare?${query}`;
}

/** @param {{tab: import('../state.js').Tab, open: () => void}} props */
function Tabs({ tab, open }) {
  const move = (/** @type {KeyboardEvent} */ event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = TABS[(TABS.indexOf(tab) + step + TABS.length) % TABS.length];
    change({ tab: next });
    document.getElementById(`tab-${next}`)?.focus();
  };
  return html`<div class="tabs" role="tablist" aria-label=${t('tabs')} onKeyDown=${move}>
    ${TABS.map((name) => html`<button key=${name} type="button" role="tab" id=${`tab-${name}`} aria-selected=${name === tab} aria-controls="tabpanel" tabindex=${name === tab ? 0 : -1}
      onClick=${() => { change({ tab: name }); open(); }}>${t(`tab_${name}`)}</button>`)}
  </div>`;
}

/** What is under the pointer; the same is said in the detail for those without one. @param {{hover: import('../map/view.js').Hover, categories: import('../api.js').Category[]}} props */
function Tip({ hover, categories }) {
  const p = hover.properties;
  const text = hover.kind === 'cell'
    ? html`<b>${t('cell_expected_n', { n: number(p.expected, 2) })}</b><span>${t('cell_density_n', { n: number(p.per_km2) })} · ${t('cell_rank')} ${p.rank} · ${p.class ? `${t('cell_class')} ${p.class}` : t('cell_class_0')}</span>`
    : hover.kind === 'incidents' ? html`<b>${categoryText(String(p.category ?? ''), categories)}</b><span>${word('priority', String(p.priority))} · ${day(p.at)} ${clock(p.at)}${p.count > 1 ? ` · ×${whole(p.count)}` : ''}</span>`
    : hover.kind === 'stop' ? html`<b>${t('one_stop')} ${p.number}</b>` : html`<b>${titleOf(p)}</b><span>${word('one', hover.kind)}</span>`;
  return html`<div class="tip" aria-hidden="true" style=${`transform:translate(${Math.round(hover.x + 14)}px,${Math.round(hover.y + 14)}px)`}>${text}</div>`;
}

/** Says in a live region what changed, for those who can't see the map change.
 * @param {{risk: import('./use_risk.js').RiskJob, plan: import('./use_plan.js').PlanJob, picked: string}} props */
function Announcer({ risk, plan, picked }) {
  const stops = plan.plan?.routes.reduce((sum, route) => sum + route.stops.length, 0) ?? 0;
  return html`<div class="sr-only" role="status">
    <p>${risk.status === 'ready' && risk.risk ? t('risk_ready', { window: span(risk.risk.window) }) : ''}</p>
    <p>${plan.status === 'ready' && plan.plan ? t('plan_ready', { units: plan.plan.routes.length, stops }) : ''}</p>
    <p>${picked}</p>
  </div>`;
}

/** Escape closes the details, from wherever the focus is. */
function useEscape() {
  useEffect(() => {
    const close = (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== 'Escape' || !current().selection) return;
      if (document.activeElement?.closest('.detail')) document.getElementById('map-canvas')?.focus();
      change({ selection: null });
    };
    addEventListener('keydown', close);
    return () => removeEventListener('keydown', close);
  }, []);
}

/** Day or night, `auto` as the system has it. @param {import('../state.js').State['look']} wanted @returns {import('../map/palette.js').Look} */
function useLook(wanted) {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const [system, setSystem] = useState(dark.matches);
  useEffect(() => {
    const follow = () => setSystem(dark.matches);
    dark.addEventListener('change', follow);
    return () => dark.removeEventListener('change', follow);
  }, []);
  const look = wanted === 'auto' ? (system ? 'night' : 'day') : wanted;
  document.documentElement.dataset.theme = look;
  return look;
}

/** The workspace, asked for again now and then while the page is seen. @param {import('../api.js').Workspace} first */
function useFresh(first) {
  const [workspace, setWorkspace] = useState(first);
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.hidden) return;
      fetchWorkspace().then(
        (fresh) => setWorkspace((old) => (fresh.content_version === old.content_version ? old : fresh)),
        () => {},
      );
    }, REFRESH_MS);
    return () => clearInterval(timer);
  }, []);
  return workspace;
}

/** When nothing else is to be done; some browsers can't tell. @param {() => void} run */
const requestIdle = (run) => ('requestIdleCallback' in window ? requestIdleCallback(run, { timeout: 3000 }) : setTimeout(run, 1000));

/** A map to come, and the way to hand it over. */
function promised() {
  /** @type {(map: MapView|null) => void} */
  let resolve = () => {};
  const promise = /** @type {Promise<MapView|null>} */ (new Promise((done) => { resolve = done; }));
  return { promise, resolve };
}

/** The district's name without the stamp that the screen shows beside it. @param {string} name */
function shortName(name) {
  return name.replace(/\s*[(（]SYNTHETIC[^)）]*[)）]\s*$/, '') || name;
}
