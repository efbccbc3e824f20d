/**
 * Patrol zones of even work: how uneven the beats are now, a draft with what is wanted of
 * it, and the two beside each other.
 * @module
 */
import { html, useEffect, useState } from '../../vendor/htm-preact/standalone.module.js';
import { day, whole } from '../format.js';
import { t, word } from '../i18n/speak.js';
import { zoneDrawing, zoneFeatures } from '../map/zone_layers.js';
import { overlaysOf } from '../map/overlays.js';
import { change } from '../state.js';
import { compareBody, draftBody, fetchCompare, fetchDraft, presentBody } from '../zones_api.js';
import { Field } from './field.js';
import { ask, useJob } from './jobs.js';
import { Notes } from './notes.js';
import { Progress } from './progress.js';
import { Empty, Failed } from './states.js';
import { hoursText, zoneName } from './zone_text.js';
import { BeatLocks } from './zone_locks.js';
import { ZoneFigures, ZoneTable } from './zone_figures.js';

/** Areas that the drawing stands for. */
const AREAS = /** @type {const} */ (['beats', 'zones']);

/** Quick changes ask once. */
const SETTLE_MS = 250;

/** @typedef {import('../zones_api.js').ZonesMap} ZonesMap */

/** @param {Event} event */
const numberOf = (event) => {
  const input = /** @type {HTMLInputElement} */ (event.target);
  return input.value !== '' && input.checkValidity() ? Number(input.value) : null;
};

/**
 * @param {object} props
 * @param {import('../state.js').State} props.state
 * @param {import('../api.js').Workspace} props.workspace
 * @param {import('../map/view.js').MapView|null} props.view
 * @param {boolean} props.settled whether the first heatmap is drawn, which goes first
 * @param {import('./use_layers.js').LayerJobs} props.layers
 */
export function ZonesPanel({ state, workspace, view, settled, layers }) {
  const now = useJob('zones_now');
  const draft = useJob('zones');
  const [shown, setShown] = useState(/** @type {'draft'|'now'} */ ('draft'));
  const has = (/** @type {string} */ kind) => (workspace.layers.find((l) => l.kind === kind)?.count ?? 0) > 0;
  const version = workspace.content_version;
  const present = presentBody(state);
  const nowKey = `${JSON.stringify(present)} ${version}`;
  const askNow = () => ask('zones_now', nowKey, (signal) => fetchDraft(present, signal));
  useEffect(() => {
    if (!settled || !has('beats')) return undefined;
    const timer = setTimeout(askNow, now.answer ? SETTLE_MS : 0);
    return () => clearTimeout(timer);
  }, [nowKey, settled, has('beats')]);
  const asked = has('beats') ? state : { ...state, zones: { ...state.zones, from: /** @type {const} */ ('nothing') } };
  const body = draftBody(asked);
  const draftKey = `draft ${JSON.stringify(body)} ${version}`;
  /** @type {ZonesMap|null} */
  const drafted = draft.answer;
  /** @type {ZonesMap|null} */
  const before = now.answer;
  const onMap = drafted && (shown === 'draft' || !before) ? drafted : before;
  useZoneDrawing(view, onMap, onMap === drafted ? before : null, state.lang);
  const working = draft.status === 'working';
  // The answer is a draft, or the zones as they are drawn.
  const compared = draft.answered.startsWith('compare');
  const compares = has('zones') && has('beats');
  return html`<div class="controls">
    ${!has('beats') && html`<${Empty} text=${t('zones_no_beats')} />`}
    ${now.status === 'working' && html`<${Progress} name="zones_now" job=${now} label=${t('zones_reading')} />`}
    ${now.status === 'cancelled' && html`<div class="empty"><p>${t('cancelled')}</p><button type="button" onClick=${askNow}>${t('retry')}</button></div>`}
    ${now.status === 'failed' && html`<${Failed} title=${t('zones_failed')} problem=${now.problem} retry=${askNow} />`}
    ${before && html`<p class="hint">${t('zones_about', { from: day(before.report.about.window_start), model: word('model', before.report.about.model), categories: state.categories.length ? t('categories_some', { n: state.categories.length }) : t('categories_all'), pace: before.report.about.pace_min_per_km.toFixed(1) })}</p>`}
    <form class="plan-form" onSubmit=${(/** @type {Event} */ e) => {
        e.preventDefault();
        setShown('draft');
        ask('zones', draftKey, (signal) => fetchDraft(body, signal));
      }}>
      <fieldset class="block labels"><legend>${t('zones_start')}</legend>
        <div class="segments">${/** @type {const} */ (['beats', 'nothing']).map((from) => html`<label key=${from} class="segment"><input type="radio" name="zones-from" value=${from} checked=${asked.zones.from === from} disabled=${from === 'beats' && !has('beats')} onChange=${() => change({ zones: { ...state.zones, from } })} /><span>${word('zones_from', from)}</span></label>`)}</div>
        ${asked.zones.from === 'beats'
          ? html`<div class="field wide"><label for="zones-moved">${t('zones_moved')}</label><input id="zones-moved" type="range" min="0" max="100" step="1" value=${state.zones.moved} aria-valuetext=${`${state.zones.moved}%`} onInput=${(/** @type {Event} */ e) => change({ zones: { ...state.zones, moved: numberOf(e) ?? state.zones.moved } })} /><output for="zones-moved">${state.zones.moved}%</output></div>`
          : html`<div class="field"><label for="zones-count">${t('zones_count')}</label><${Field} id="zones-count" type="number" min="1" max="1000" required value=${state.zones.count} onChange=${(/** @type {Event} */ e) => change({ zones: { ...state.zones, count: numberOf(e) ?? state.zones.count } })} /></div>`}
        <div class="field"><label for="zones-handling">${t('zones_handling')}</label><${Field} id="zones-handling" type="number" min="1" max="1440" required value=${state.zones.handling} onChange=${(/** @type {Event} */ e) => change({ zones: { ...state.zones, handling: numberOf(e) ?? state.zones.handling } })} /></div>
      </fieldset>
      ${has('beats') && html`<${BeatLocks} state=${state} layers=${layers} />`}
      ${working ? html`<${Progress} name="zones" job=${draft} label=${t('zones_working')} takesFocus=${true} />` : html`<button type="submit" class="main">${t('zones_draft')}</button>`}
    </form>
    ${draft.status === 'cancelled' && html`<p class="empty">${t('cancelled')}</p>`}
    ${draft.status === 'failed' && html`<${Failed} title=${t('zones_failed')} problem=${draft.problem} />`}
    ${drafted && before && html`<fieldset class="block"><legend>${t('on_map')}</legend><div class="segments">${/** @type {const} */ (['draft', 'now']).map((what) => html`<label key=${what} class="segment"><input type="radio" name="zones-shown" value=${what} checked=${shown === what} onChange=${() => setShown(what)} /><span>${what === 'draft' && compared ? t('kind_zones') : word('zones_shown', what)}</span></label>`)}</div></fieldset>`}
    ${!drafted && !working && before && html`<${Empty} text=${t('zones_empty')} />`}
    ${(drafted ?? before) && html`<${ZoneFigures} map=${drafted ?? before} what=${drafted === null ? 'now' : compared ? 'zones' : 'draft'} stale=${drafted !== null && !compared && draft.answered !== draftKey} />`}
    ${drafted && html`<${Notes} notes=${drafted.report.notes} />`}
    ${(drafted ?? before) && html`<${ZoneTable} map=${drafted ?? before} after=${t(drafted === null ? 'zones_before' : compared ? 'kind_zones' : 'zones_after')} view=${view} />`}
    ${drafted && html`<${Download} map=${drafted} compared=${compared} />`}
    <div class="buttons"><a class="button" href=${`/plan?lang=${state.lang}`}>${t('open_planner')}</a></div>
    <details class="block"><summary>${t('zones_compare')}</summary>
      ${compares ? html`<p class="hint">${t('zones_compare_hint')}</p><div class="buttons"><button type="button" disabled=${working} onClick=${() => { setShown('draft'); ask('zones', `compare ${nowKey}`, (signal) => fetchCompare(compareBody(state), signal)); }}>${t('zones_compare_ask')}</button></div>` : html`<p class="empty">${t('zones_compare_none')}</p>`}
    </details>
  </div>`;
}

/**
 * @param {import('../map/view.js').MapView|null} view
 * @param {ZonesMap|null} map
 * @param {ZonesMap|null} beside
 * @param {string} lang
 */
function useZoneDrawing(view, map, beside, lang) {
  useEffect(() => {
    let gone = false;
    if (!view || !map) return undefined;
    view.whole.then(() => {
      if (gone) return;
      overlaysOf(view).show('zones-draft', zoneDrawing(zoneFeatures(map, beside, hoursText, zoneName)));
      // The drawing has the beats' borders; twice they would only blur it.
      for (const kind of AREAS) view.setQuiet(kind, true);
    });
    return () => { gone = true; };
  }, [view, map, beside, lang]);
  useEffect(() => () => {
    view?.overlays?.hide('zones-draft');
    for (const kind of AREAS) view?.setQuiet(kind, false);
  }, [view]);
}

/** The areas as a file, as they are drawn. @param {{map: ZonesMap, compared: boolean}} props */
function Download({ map, compared }) {
  const [address, setAddress] = useState('');
  useEffect(() => {
    const url = URL.createObjectURL(new Blob([JSON.stringify(map)], { type: 'application/geo+json' }));
    setAddress(url);
    return () => URL.revokeObjectURL(url);
  }, [map]);
  return html`<div class="buttons"><a class="button" href=${address} download="zones.geojson">${t('plan_download_geojson')}</a></div>
    ${!compared && html`<p class="hint">${t('zones_import', { n: whole(map.features.length) })}</p>`}`;
}
