/**
 * The dispatcher's desk: strip and head above, the map, and beside it calls, units and
 * detail. Four parts that never move.
 * @module
 */
import { html, useEffect, useRef, useState } from '../../vendor/htm-preact/standalone.module.js';
import { fetchLayer } from '../api.js';
import { number, useZone } from '../format.js';
import { speak, t, word } from '../i18n/speak.js';
import { PALETTES } from '../map/palette.js';
import { AlarmStrip } from './alarm_strip.js';
import { BoardMap } from './board_map.js';
import { CallsPanel } from './calls_panel.js';
import { CommandField } from './command_field.js';
import { DetailPanel } from './detail_panel.js';
import { LostBanner, Summary, Switches } from './head.js';
import { Heat } from './heat.js';
import { Help } from './help.js';
import { listenToKeys } from './keys.js';
import { TimeIncidents } from './time_incidents.js';
import { TimeBanner, TimePanel } from './time_panel.js';
import { UnitsPanel } from './units_panel.js';
import { useWatch } from './use_watch.js';
import { useCategories } from './words.js';

/** Layers of the ground that a dispatcher sees. */
const GROUND = /** @type {const} */ (['beats', 'stations', 'joint_duty_posts']);

/**
 * @param {{workspace: import('../api.js').Workspace, board: import('./board.js').Board, desk: import('./console.js').Console, travel: import('./time_travel.js').TimeTravel, state: import('../state.js').State,
 *   first: {lang: 'zh'|'en', look: 'day'|'night'}}} props
 */
export function DispatchDesk({ workspace, board, desk, travel, state, first }) {
  const [lang, setLang] = useState(first.lang);
  const [look, setLook] = useState(first.look);
  speak(lang);
  useZone(workspace.timezone);
  useCategories(workspace.categories);
  desk.alarmCategory = workspace.categories.find(({ code }) => code === 'other')?.code ?? workspace.categories[0]?.code ?? 'other';
  useWatch(desk, 0);
  useWatch(travel, 0);
  document.title = `${t('d_title')} · ${workspace.name}`;
  document.documentElement.dataset.theme = look;
  const box = useRef(/** @type {HTMLElement|null} */ (null));
  const [view, setView] = useState(/** @type {BoardMap|null} */ (null));
  const [mapless, setMapless] = useState(false);
  const [heated, setHeated] = useState(false);
  const [hover, setHover] = useState(/** @type {import('../map/view.js').Hover|null} */ (null));
  const [stations, setStations] = useState(/** @type {Map<string, string>} */ (new Map()));
  const lost = useRef(() => {});
  useEffect(() => listenToKeys(board, desk), []);
  useEffect(() => {
    if (!box.current) return undefined;
    try {
      const made = new BoardMap(box.current, workspace, state, look, t('d_map_label'), { pick: () => {}, hover: setHover, moved: () => {}, lost: () => lost.current() }, board, desk);
      // The board comes first: the ground doesn't wait for the heatmap.
      made.ready.then(() => made.complete());
      made.whole.then(() => {
        for (const kind of GROUND) fetchLayer(kind).then((data) => ground(made, kind, data), () => {});
        setHeated(true);
      });
      setView(made);
      return () => made.remove();
    } catch {
      setMapless(true);
      return undefined;
    }
  }, []);
  /** @param {BoardMap} map @param {typeof GROUND[number]} kind @param {GeoJSON.FeatureCollection} data */
  const ground = (map, kind, data) => {
    map.setKind(kind, data);
    if (kind === 'stations') setStations(new Map(data.features.map((feature) => [String(feature.properties?.id), String(feature.properties?.name ?? '')])));
  };
  useEffect(() => view?.setLook(look), [look]);
  useEffect(() => {
    view?.describe(t('d_map_label'));
    history.replaceState(null, '', `?lang=${lang}&style=${look}`);
  }, [lang, look, view]);
  const palette = PALETTES[look];
  const parts = { board, desk, lang, palette };
  return html`<div class="dispatch" data-time=${travel.where === 'past' && !board.isPast ? 'leaving' : travel.where}>
    <a class="skip" href="#calls">${t('d_skip_calls')}</a>
    <${AlarmStrip} key=${lang} ...${parts} board=${board.present} />
    <header class="bar"><h1><span class="sr-only">${t('d_title')} · </span>${shortName(workspace.name)}${workspace.synthetic && html` <span class="synthetic">${t('synthetic')}</span>`}</h1>
      <${Summary} board=${board} workspace=${workspace} lang=${lang} /><${CommandField} ...${parts} />
      <${Switches} desk=${desk} lang=${lang} setLang=${setLang} look=${look} setLook=${setLook} /></header>
    <main class="board">
      <section class="map" aria-label=${t('d_map')}>
        <div id="map" ref=${box}></div>
        <${LostBanner} board=${board.present} desk=${desk} lang=${lang} />
        <${TimeBanner} travel=${travel} workspace=${workspace} lang=${lang} />
        ${mapless && html`<p class="mapless">${t('no_webgl')}</p>`}
        <div class="crosshair" aria-hidden="true"></div>
        ${heated && view && html`<${Heat} view=${view} state=${state} travel=${travel} desk=${desk} onLost=${(/** @type {() => void} */ run) => { lost.current = run; }} palette=${palette} lang=${lang} />`}
        <div class="time-corner">${view && html`<${TimeIncidents} travel=${travel} view=${view} palette=${palette} />`}<${TimePanel} travel=${travel} workspace=${workspace} lang=${lang} /></div>
        ${hover && html`<${Tip} hover=${hover} />`}
        ${desk.state.helped && html`<${Help} desk=${desk} />`}
        ${workspace.attribution && html`<p class="attribution">${workspace.attribution}</p>`}
      </section>
      <div class="side-parts"><${CallsPanel} ...${parts} /><${UnitsPanel} ...${parts} stations=${stations} /><${DetailPanel} ...${parts} /></div>
    </main>
  </div>`;
}

/** What is under the pointer. @param {{hover: import('../map/view.js').Hover}} props */
function Tip({ hover }) {
  const p = hover.properties;
  const text = hover.kind === 'cell' ? html`<b>${t('cell_expected_n', { n: number(p.expected, 2) })}</b><span>${t('cell_rank')} ${p.rank} · ${p.class ? `${t('cell_class')} ${p.class}` : t('cell_class_0')}</span>`
    : html`<b>${p.text ?? p.call_sign ?? p.name ?? ''}</b>${p.state && html`<span>${word('state', p.state)}</span>`}`;
  return html`<div class="tip" aria-hidden="true" style=${`transform:translate(${Math.round(hover.x + 14)}px,${Math.round(hover.y + 14)}px)`}>${text}</div>`;
}

/** The district's name without the stamp that stands beside it. @param {string} name */
function shortName(name) {
  return name.replace(/\s*[(（]SYNTHETIC[^)）]*[)）]\s*$/, '') || name;
}
