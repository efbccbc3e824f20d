/**
 * Two surfaces side by side: each with its own window, hours and categories, one camera, one
 * legend. The address of the page says all of it.
 * @module
 */
import { html, useEffect, useRef, useState } from '../../vendor/htm-preact/standalone.module.js';
import { number } from '../format.js';
import { speak, t, word } from '../i18n/speak.js';
import { breaksOf, classOpacity } from '../map/heatmap.js';
import { PALETTES } from '../map/palette.js';
import { NotesPanel } from '../notes/panel.js';
import { useNotes } from '../notes/use_notes.js';
import { Here, Hottest, PairLegend } from './figures.js';
import { SIDES, hoursOf, riskQueryOf, writeLink } from './link.js';
import { OPACITY, Pair } from './pair.js';
import { SideHead } from './side.js';
import { useSide } from './use_side.js';

/** @typedef {import('./link.js').State} State */

/** @param {{workspace: import('../api.js').Workspace, first: State}} props */
export function CompareDesk({ workspace, first }) {
  const [state, setState] = useState(first);
  speak(state.lang);
  const look = state.look === 'auto' ? (document.documentElement.dataset.theme === 'night' ? 'night' : 'day') : state.look;
  document.documentElement.dataset.theme = look;
  const boxes = { a: useRef(/** @type {HTMLElement|null} */ (null)), b: useRef(/** @type {HTMLElement|null} */ (null)) };
  const [pair, setPair] = useState(/** @type {Pair|null} */ (null));
  const [mapless, setMapless] = useState(false);
  const [at, setAt] = useState(/** @type {[number, number]|null} */ (null));
  const [drawing, setDrawing] = useState(false);
  const [list, setList] = useState(first.notes.length > 0 ? 'notes' : 'cells');
  const [sent, setSent] = useState('');
  const change = (/** @type {Partial<State>} */ patch) => setState((old) => ({ ...old, ...patch }));
  const hours = { a: hoursOf(state.a, workspace), b: hoursOf(state.b, workspace) };
  const jobs = { a: useSide(pair, 'a', riskQueryOf(state, 'a'), state.breaks, hours.a), b: useSide(pair, 'b', riskQueryOf(state, 'b'), state.breaks, hours.b) };
  const retry = useRef(() => {});
  retry.current = () => SIDES.forEach((name) => jobs[name].retry());

  useEffect(() => {
    if (!boxes.a.current || !boxes.b.current) return undefined;
    try {
      const made = new Pair({ a: boxes.a.current, b: boxes.b.current }, workspace, look, state.view, {
        moved: (view) => change({ view }),
        asked: setAt,
        lost: () => retry.current(),
      });
      made.ready.then(() => setPair(made));
      if (location.search.includes('test=1')) Object.assign(globalThis, { pair: made });
      return () => made.remove();
    } catch {
      // No WebGL: the lists still say everything.
      setMapless(true);
      return undefined;
    }
  }, []);
  /** The classes as the left, or else the right, would have them by itself. */
  const taken = () => {
    for (const name of SIDES) {
      const { risk, busy } = jobs[name];
      if (!risk || busy) return null;
      const own = breaksOf(risk).map(([from, n]) => /** @type {[number, number]} */ ([Number((from / hours[name]).toPrecision(4)), n]));
      if (own.length) return own;
    }
    return null;
  };
  const anew = taken();
  useEffect(() => {
    if (!state.breaks.length && anew) change({ breaks: anew });
  }, [jobs.a.risk, jobs.b.risk, jobs.a.busy, jobs.b.busy]);
  useEffect(() => history.replaceState(null, '', writeLink(state)), [state]);
  useEffect(() => setSent(''), [state]);
  useEffect(() => {
    document.title = `${t('c_title')} · ${workspace.name} · Frontbeat`;
    for (const name of SIDES) pair?.views[name].map.getCanvas().setAttribute('aria-label', `${t(name === 'a' ? 'c_left' : 'c_right')}: ${t('c_map_label')}`);
  }, [pair, state.lang]);
  useEffect(() => SIDES.forEach((name) => pair?.views[name].setLook(look)), [pair, look]);
  const notes = useNotes(pair?.views.a.map ?? null, look, state.notes);
  useNotes(pair?.views.b.map ?? null, look, state.notes);

  const density = (/** @type {import('./link.js').SideName} */ name) => {
    const found = at && pair?.at(name, at);
    return found ? found.per_km2 / hours[name] : null;
  };
  const goTo = (/** @type {[number, number]} */ place) => {
    const map = pair?.views.a.map;
    map?.jumpTo({ center: place, zoom: Math.max(13, map.getZoom()) });
    map?.once('idle', () => setAt([...place]));
  };
  const copy = () => navigator.clipboard.writeText(location.href).then(() => setSent(t('a_link_copied')), () => setSent(t('a_link_by_hand')));
  const facts = () => [...SIDES.map((name) => `${t(name === 'a' ? 'c_left' : 'c_right')}: ${state[name].window}${state[name].categories.length ? ` · ${state[name].categories.join(', ')}` : ''}`), `${t('c_legend')}: ${t('c_per')}`, workspace.attribution ?? ''].filter(Boolean);
  const legend = [...state.breaks].reverse().map(([from, n]) => ({ color: PALETTES[look].ramp[n - 1], opacity: classOpacity(PALETTES[look], n, OPACITY), text: `≥ ${number(from)}` }));
  return html`
    <a class="skip" href="#map-canvas">${t('skip_to_map')}</a><a class="skip" href="#figures">${t('a_skip_to_table')}</a>
    <div class="compare">
      <header class="bar"><h1>${t('c_title')}</h1><span class="sub">${workspace.name.replace(/\s*[(（]SYNTHETIC[^)）]*[)）]\s*$/, '')}</span>${workspace.synthetic && html`<span class="synthetic" title=${t('synthetic_hint')}>${t('synthetic')}</span>`}
        <label class="model"><span>${t('model')}</span><select value=${state.model} onChange=${(/** @type {Event} */ e) => change({ model: /** @type {HTMLSelectElement} */ (e.target).value })}>${['best', ...workspace.models].map((one) => html`<option key=${one} value=${one} selected=${one === state.model}>${word('model', one)}</option>`)}</select></label>
        <button type="button" class="small" onClick=${() => change({ a: state.b, b: state.a })}>${t('c_swap')}</button>
        <button type="button" class="small" onClick=${copy}>${t('a_copy_link')}</button>${sent && html`<span class="sub" role="status">${sent}</span>`}
        <span class="rest"><button type="button" class="small quiet" lang=${state.lang === 'zh' ? 'en' : 'zh-Hans'} onClick=${() => change({ lang: state.lang === 'zh' ? 'en' : 'zh' })}>${state.lang === 'zh' ? 'English' : '简体中文'}</button>
          <button type="button" class="small quiet" onClick=${() => change({ look: look === 'night' ? 'day' : 'night' })}>${t(look === 'night' ? 'look_day' : 'look_night')}</button>
          <nav class="desks" aria-label=${t('a_desks')}><a href=${`/?lang=${state.lang}`}>${t('draw_to_map')}</a><a href=${`/analyse?lang=${state.lang}`}>${t('a_title')}</a></nav></span></header>
      ${SIDES.map((name) => html`<${SideHead} key=${name} name=${name} side=${state[name]} change=${(/** @type {Partial<import('./link.js').Side>} */ patch) => change({ [name]: { ...state[name], ...patch } })} workspace=${workspace} job=${jobs[name]} />`)}
      <main class="pair" aria-label=${t('c_title')}>${SIDES.map((name) => html`<div key=${name} class="map"><div class="canvas-box" ref=${boxes[name]}></div><div class="crosshair" aria-hidden="true"></div>${mapless && html`<p class="empty mapless" role="alert">${t('no_webgl')}</p>`}
        ${name === 'a' && html`<div class="zoom"><button type="button" class="icon" aria-label=${t('zoom_in')} onClick=${() => pair?.views.a.map.zoomIn()}>+</button><button type="button" class="icon" aria-label=${t('zoom_out')} onClick=${() => pair?.views.a.map.zoomOut()}>−</button></div>`}
        ${name === 'b' && workspace.attribution && html`<p class="attribution">${workspace.attribution}</p>`}</div>`)}</main>
      <section class="foot" id="figures" tabindex="-1" aria-label=${t('c_figures')}>
        <${PairLegend} breaks=${state.breaks} look=${look} can=${anew !== null && anew.join() !== state.breaks.join()} anew=${() => anew && change({ breaks: anew })} />
        <${Here} here=${{ a: density('a'), b: density('b') }} breaks=${state.breaks} look=${look} />
        <div class="lists"><div class="segments" role="radiogroup" aria-label=${t('c_figures')}>${['cells', 'notes'].map((one) => html`<label key=${one} class="segment"><input type="radio" name="c-list" value=${one} checked=${list === one} onChange=${() => setList(one)} /><span>${word('c_list', one)}</span></label>`)}</div>
          <div class="list-box" tabindex="0" role="region" aria-label=${word('c_list', list)}>${list === 'notes' ? html`<${NotesPanel} layer=${notes} notes=${state.notes} change=${(/** @type {import('../notes/notes.js').Note[]} */ next) => change({ notes: next })} isDrawing=${drawing} draw=${setDrawing} title=${`${workspace.name} · ${t('c_title')}`} facts=${facts} legend=${legend} maps=${pair ? SIDES.map((side) => pair.views[side].map) : undefined} />`
            : html`<div class="two">${SIDES.map((name) => html`<${Hottest} key=${name} name=${name} risk=${jobs[name].risk} hours=${hours[name]} breaks=${state.breaks} look=${look} goTo=${goTo} />`)}</div>`}</div></div>
      </section>
    </div>`;
}
