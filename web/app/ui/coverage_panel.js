/**
 * Who is near enough: what idle units and posts reach by road in time, where nobody comes,
 * where the idle units should stand now, where new posts would help most.
 * @module
 */
import { html, useEffect, useRef, useState } from '../../vendor/htm-preact/standalone.module.js';
import { fetchCover, mapUrl } from '../coverage_api.js';
import { number, percent, whole } from '../format.js';
import { t, word } from '../i18n/speak.js';
import { gapDrawing, postDrawing, reachDrawing } from '../map/coverage_layers.js';
import { overlaysOf } from '../map/overlays.js';
import { COVER_VIEWS, change, riskQuery } from '../state.js';
import { StandNow } from './coverage_stand.js';
import { SitesToBuild } from './coverage_siting.js';
import { ask, forget, useJob } from './jobs.js';
import { Notes } from './notes.js';
import { Progress } from './progress.js';
import { WindowChoice } from './risk_controls.js';
import { Empty, Failed } from './states.js';

/** Quick changes ask once. */
const SETTLE_MS = 250;
/** Cells coarser than this are wider than the rings. */
const COARSEST = 8;

/** Percentage points, with their sign. @param {number} share */
const points = (share) => t('points_n', { n: number(share * 100, 2) });

/** @typedef {import('../coverage_api.js').Cover} Cover */
/** @typedef {import('../coverage_api.js').MapOf<Cover>} CoverMap */

/**
 * The query of what is asked, without an address.
 * @param {import('../state.js').State} state
 * @param {string} units how many; empty for all that are idle
 */
export function coverQuery(state, units) {
  const query = riskQuery({ ...state, resolution: Math.max(COARSEST, state.resolution) });
  return `?${query}${units ? `&units=${units}` : ''}`;
}

/**
 * @param {object} props
 * @param {import('../state.js').State} props.state
 * @param {import('../api.js').Workspace} props.workspace
 * @param {import('../map/view.js').MapView|null} props.view
 * @param {boolean} props.settled whether the first heatmap is drawn, which goes first
 * @param {number|null} props.idle how many units are idle; null until known
 * @param {(selection: import('../state.js').Selection) => void} props.pick
 */
export function CoveragePanel({ state, workspace, view, settled, idle, pick }) {
  const [units, setUnits] = useState('');
  const job = useJob('cover');
  const query = coverQuery(state, units);
  const key = `${query} ${workspace.content_version}`;
  const able = workspace.has_roads;
  useEffect(() => {
    if (!able || !settled) return undefined;
    const timer = setTimeout(() => ask('cover', key, (signal) => fetchCover(query, signal)), job.answer ? SETTLE_MS : 0);
    return () => clearTimeout(timer);
  }, [key, able, settled]);
  const again = () => {
    forget('cover');
    ask('cover', key, (signal) => fetchCover(query, signal));
  };
  useCoverDrawing(view, job.answer, state);
  if (!able) return html`<div class="controls"><${Empty} text=${t('plan_no_roads')} /></div>`;
  /** @type {Cover|undefined} */
  const cover = job.answer?.report;
  return html`<div class="controls">
    <${WindowChoice} state=${state} workspace=${workspace} />
    <div class="field"><label for="cover-units">${t('cover_count')}</label>
      <input id="cover-units" type="number" min="1" max="1000" placeholder=${idle === null ? t('cover_all') : t('cover_all_n', { n: whole(idle) })} value=${units}
        onChange=${(/** @type {Event} */ e) => { const input = /** @type {HTMLInputElement} */ (e.target); if (input.checkValidity()) setUnits(input.value); }} /></div>
    ${job.status === 'working' && html`<${Progress} name="cover" job=${job} label=${t('cover_working')} />`}
    ${job.status === 'cancelled' && html`<div class="empty"><p>${t('cancelled')}</p><button type="button" onClick=${again}>${t('cover_again')}</button></div>`}
    ${job.status === 'failed' && html`<${Failed} title=${t('cover_failed')} problem=${job.problem} retry=${again} />`}
    ${cover && html`<div class=${job.status === 'working' ? 'stale' : ''}>
      <${Figures} cover=${cover} again=${again} />
      <p class="sr-only" role="status">${job.status === 'ready' ? t('cover_ready', { shares: saidOf(cover) }) : ''}</p>
      <${MapChoice} state=${state} cover=${cover} />
      <${Notes} notes=${cover.notes} />
      <${Gaps} cover=${cover} pick=${pick} state=${state} />
      <${Losses} cover=${cover} />
      <${StandNow} state=${state} query=${query} view=${view} version=${workspace.content_version} cover=${cover} />
      <${SitesToBuild} state=${state} query=${query} view=${view} version=${workspace.content_version} pick=${pick} />
      <div class="buttons"><a class="button" href=${mapUrl(query)} download="coverage.geojson">${t('plan_download_geojson')}</a></div>
    </div>`}
  </div>`;
}

/**
 * @param {import('../map/view.js').MapView|null} view
 * @param {CoverMap|null} map
 * @param {import('../state.js').State} state
 */
function useCoverDrawing(view, map, state) {
  const { cover, ring, lang } = state;
  const drawn = useRef('');
  useEffect(() => {
    let gone = false;
    if (!view || !map) return undefined;
    view.whole.then(() => {
      if (gone) return;
      const overlays = overlaysOf(view);
      // Reach and gaps have other layers over one source; what is written on them, another language.
      const layers = `${cover === 'gaps'} ${lang}`;
      if (drawn.current !== layers) overlays.hide('cover');
      drawn.current = layers;
      overlays.show('cover', cover === 'gaps'
        ? gapDrawing(map, ring)
        : reachDrawing(map, cover, map.report.about.minutes, (m) => t('minutes', { n: m })));
      // Who reaches it: the units have a layer of their own.
      if (cover === 'units') overlays.hide('cover-posts');
      else overlays.show('cover-posts', postDrawing(map));
    });
    return () => { gone = true; };
  }, [view, map, cover, ring, lang]);
  useEffect(() => () => {
    for (const name of ['cover', 'cover-posts']) view?.overlays?.hide(name);
  }, [view]);
}

/** Expected calls in reach, by who answers and by ring. @param {{cover: Cover, again: () => void}} props */
function Figures({ cover, again }) {
  const { about } = cover;
  return html`<section class="block" aria-labelledby="cover-title">
    <h3 id="cover-title">${t('cover_title')}</h3>
    <table class="figures">
      <thead><tr><th scope="col"><span class="sr-only">${t('cover_who')}</span></th>${about.minutes.map((m) => html`<th scope="col" class="num">${t('minutes', { n: m })}</th>`)}</tr></thead>
      <tbody>${cover.cover.map((one) => html`<tr key=${one.sources}><th scope="row">${word('cover', one.sources)} <span class="aside">${whole(one.count)}</span></th>
        ${one.rings.map((ring) => html`<td class="num">${percent(ring.expected_share)}</td>`)}</tr>`)}
        <tr class="last"><th scope="row">${t('cover_nobody')}</th>${cover.gaps.map((gap) => html`<td class="num">${percent(gap.share)}</td>`)}</tr>
      </tbody></table>
    <p class="hint">${t('cover_hint', { calls: number(about.expected_calls), busy: percent(about.busy_fraction) })}${about.busy_estimated ? ` ${t('cover_busy_estimated')}` : ''}</p>
    <p class="hint">${t(about.units_from === 'board' ? 'units_from_board' : 'units_from_layer')}</p>
    ${about.units_from === 'board' && html`<div class="buttons"><button type="button" class="quiet" onClick=${again}>${t('cover_again')}</button></div>`}
  </section>`;
}

/** The shares of all who answer calls, to be said. @param {Cover} cover */
function saidOf(cover) {
  const all = cover.cover.find((one) => one.sources === 'units_and_posts');
  return (all?.rings ?? []).map((ring) => `${t('minutes', { n: ring.minutes })} ${percent(ring.expected_share)}`).join(t('comma'));
}

/** What the map shows of it. @param {{state: import('../state.js').State, cover: Cover}} props */
function MapChoice({ state, cover }) {
  return html`<fieldset class="block"><legend>${t('on_map')}</legend>
    <div class="segments">${COVER_VIEWS.map((view) => html`<label key=${view} class="segment"><input type="radio" name="cover-view" value=${view} checked=${state.cover === view} onChange=${() => change({ cover: view })} /><span>${word('cover_view', view)}</span></label>`)}</div>
    ${state.cover === 'gaps' && html`<div class="segments" role="group" aria-label=${t('cover_gap_ring')}>${cover.about.minutes.map((m) => html`<label key=${m} class="segment"><input type="radio" name="cover-ring" value=${m} checked=${state.ring === m} onChange=${() => change({ ring: m })} /><span>${t('minutes', { n: m })}</span></label>`)}</div>`}
  </fieldset>`;
}

/** @param {{cover: Cover, state: import('../state.js').State, pick: (selection: import('../state.js').Selection) => void}} props */
function Gaps({ cover, state, pick }) {
  const longest = cover.about.minutes[cover.about.minutes.length - 1];
  return html`<details class="block"><summary>${t('cover_gaps', { n: longest })}<span class="aside">${t('cover_gap_cells', { n: whole(cover.gaps[cover.gaps.length - 1]?.cells ?? 0) })}</span></summary>
    ${cover.worst_gaps.length === 0 ? html`<p class="empty">${t('cover_no_gaps', { n: longest })}</p>` : html`<table class="list"><caption class="sr-only">${t('cover_gaps', { n: longest })}</caption>
      <thead><tr><th scope="col">${t('col_place_name')}</th><th scope="col" class="num">${t('col_expected')}</th></tr></thead>
      <tbody>${cover.worst_gaps.map((gap) => html`<tr key=${gap.cell}>
        <td><button type="button" class="link" aria-pressed=${state.selection?.kind === 'cell' && state.selection.id === gap.cell} onClick=${() => pick({ kind: 'cell', id: gap.cell, at: [gap.lon, gap.lat] })}>${placeOf(gap.label)}</button></td>
        <td class="num">${number(gap.expected, 2)}</td></tr>`)}</tbody></table>`}
  </details>`;
}

/** A place in words; the service says in English where there is no road. @param {string} label */
const placeOf = (label) => (label === 'no road near' ? t('cover_no_road') : label);

/** Whom it costs most to send away. @param {{cover: Cover}} props */
function Losses({ cover }) {
  if (!cover.units.length) return null;
  return html`<details class="block"><summary>${t('cover_losses')}</summary>
    <p class="hint">${t('cover_losses_hint')}</p>
    <table class="figures"><thead><tr><th scope="col">${t('one_units')}</th>${cover.about.minutes.map((m) => html`<th scope="col" class="num">${t('minutes', { n: m })}</th>`)}</tr></thead>
      <tbody>${cover.units.map((unit) => html`<tr key=${unit.id}><th scope="row">${unit.name}</th>${unit.loss.map((loss) => html`<td class="num">${loss > 0 ? `−${points(loss)}` : '0'}</td>`)}</tr>`)}</tbody></table>
  </details>`;
}
