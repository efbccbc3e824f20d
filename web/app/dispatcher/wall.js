/**
 * The board on a wall: nothing to press, large type, dark; takes its connection up again for
 * ever. It says of ages and old positions what the desk says.
 * @module
 */
import { html, render, useEffect, useRef, useState } from '../../vendor/htm-preact/standalone.module.js';
import { prewarm } from '../../vendor/maplibre/maplibre-gl.mjs';
import { fetchLayer, fetchWorkspace, request } from '../api.js';
import { clock, shortDay, useZone, whole } from '../format.js';
import { speak, t, word } from '../i18n/speak.js';
import { PALETTES } from '../map/palette.js';
import { begin, current, startLanguage } from '../state.js';
import { Loading } from '../ui/states.js';
import { escalation, listed, positionAge, waiting } from './ages.js';
import { Board } from './board.js';
import { symbolOfCall } from './board_layers.js';
import { BoardMap } from './board_map.js';
import { Console } from './console.js';
import { LostBanner } from './head.js';
import { Link } from './link.js';
import { symbolUrl, unitSymbol } from './symbols.js';
import { useClock, useWatch } from './use_watch.js';
import { age, categoryShort, countdown, signOf, useCategories } from './words.js';

const LOOK = 'night';
const CALLS_SHOWN = 14;
const AGAIN_MS = 3000;
const STATUSES = ['idle', 'dispatched', 'on_scene', 'break', 'off_duty'];

const root = /** @type {HTMLElement} */ (document.getElementById('desk'));
const board = new Board();
const desk = new Console(board);

/** @param {{workspace: import('../api.js').Workspace}} props */
function Wall({ workspace }) {
  useWatch(board);
  useClock();
  const box = useRef(/** @type {HTMLElement|null} */ (null));
  const [stations, setStations] = useState(/** @type {Map<string, string>} */ (new Map()));
  useEffect(() => {
    if (!box.current) return;
    fetchLayer('stations').then((data) => setStations(new Map(data.features.map((f) => [String(f.properties?.id), String(f.properties?.name ?? '')]))), () => {});
    try {
      const made = new BoardMap(box.current, workspace, current(), LOOK, t('d_map_label'), { pick: () => {}, hover: () => {}, moved: () => {}, lost: () => {} }, board, desk);
      made.ready.then(() => made.complete());
      made.whole.then(() => fetchLayer('beats').then((data) => made.setKind('beats', data), () => {}));
    } catch {
      // No WebGL: the lists say everything.
    }
  }, []);
  const now = board.now();
  const calls = listed(board);
  const unassigned = calls.filter((call) => call.state === 'received').length;
  const alarms = board.openAlarms();
  const palette = PALETTES[LOOK];
  return html`<div class="wall">
    <header><h1><span class="sr-only">${t('d_wall')} · </span><time>${clock(new Date(now))}</time> <small>${shortDay(new Date(now))}</small></h1>
      <p><b>${whole(calls.length)}</b> ${t('d_open')} · <b>${whole(unassigned)}</b> ${t('d_unassigned')}</p>
      <p class="signal" data-link=${board.link}>${board.link === 'live' ? html`<i aria-hidden="true">●</i> ${t('d_live')}` : html`<i aria-hidden="true">○</i> ${t('d_age', { age: age(board.age()) })}`}</p></header>
    <main>
      <section class="map" aria-label=${t('d_map')}><div id="map" inert ref=${box}></div><${LostBanner} board=${board} />${workspace.attribution && html`<p class="attribution">${workspace.attribution}</p>`}</section>
      <div class="wall-side">
        <div role="alert">${alarms.map((alarm) => html`<${Alarm} key=${alarm.number} alarm=${alarm} now=${now} />`)}</div>
        <section aria-labelledby="wall-calls"><h2 id="wall-calls">${t('d_calls')}</h2>
          ${calls.length === 0 ? html`<p>${t('d_no_calls')}</p>` : html`<ul class="wall-calls">${calls.slice(0, CALLS_SHOWN).map((call) => {
            const { level, waited, over } = waiting(call, board, now);
            return html`<li key=${call.id} class=${level}><img alt="" src=${symbolUrl(symbolOfCall(call, board, now), palette)} /><b>${call.name}</b><span>${word('priority', String(call.priority))} ${categoryShort(call.category)}</span>
              <span class=${`wait ${level}`}>${level === 'late' ? `▲ ${t('d_late', { by: age(over) })}` : `${level === 'soon' ? '◐ ' : ''}${age(waited)}`}</span>
              <span class="where">${call.beat_name ?? t('d_no_beat')}</span><span class="state">${word('d_state', call.state)} ${call.units.map((id) => signOf(board, id)).join(' ')}</span></li>`;
          })}</ul>${calls.length > CALLS_SHOWN ? html`<p>${t('d_more', { n: whole(calls.length - CALLS_SHOWN) })}</p>` : ''}`}</section>
        <${Units} stations=${stations} now=${now} />
      </div>
    </main></div>`;
}

/** @param {{alarm: import('./board.js').Alarm, now: number}} props */
function Alarm({ alarm, now }) {
  const { step, left } = escalation(alarm, board, now);
  const timer = step === 'answered' ? word('d_alarm', 'answered') : left > 0 ? t(`d_to_${step}`, { left: countdown(left) }) : t(`d_over_${step}`, { by: countdown(-left) });
  return html`<p class=${`wall-alarm${alarm.acknowledged_at ? '' : ' unseen'}`}><span aria-hidden="true">▲</span> <b>${alarm.pillar_name}</b> <span aria-live="off">${timer}</span></p>`;
}

/** Idle units of each station, and how many positions are old. @param {{stations: Map<string, string>, now: number}} props */
function Units({ stations, now }) {
  const units = [...board.units.values()];
  const old = units.filter((unit) => positionAge(unit, board, now).trust === 'old').length;
  const ids = [...new Set(units.map((unit) => unit.station ?? ''))].sort();
  return html`<section aria-labelledby="wall-units"><h2 id="wall-units">${t('d_units')}</h2>
    <ul class="wall-statuses">${STATUSES.map((status) => html`<li key=${status}><img alt="" src=${symbolUrl(unitSymbol(status, false), PALETTES[LOOK])} /><b>${whole(units.filter((unit) => unit.status === status).length)}</b> ${word('status', status)}</li>`)}
      ${old > 0 && html`<li><img alt="" src=${symbolUrl(unitSymbol('idle', true), PALETTES[LOOK])} /><b>${whole(old)}</b> ${t('d_old_positions')}</li>`}</ul>
    <ul class="wall-stations">${ids.map((id) => {
      const of = units.filter((unit) => (unit.station ?? '') === id);
      return html`<li key=${id}><span>${stations.get(id) ?? t('d_no_station')}</span><b>${t('d_idle_of', { n: whole(of.filter((unit) => unit.status === 'idle').length), of: whole(of.length) })}</b></li>`;
    })}</ul></section>`;
}

/** A wall has nobody to press "try again". */
async function start() {
  try {
    const workspace = await fetchWorkspace();
    begin(workspace);
    useZone(workspace.timezone);
    useCategories(workspace.categories);
    document.title = `${t('d_wall')} · ${workspace.name}`;
    render(html`<${Wall} workspace=${workspace} />`, root);
    performance.mark('desk-drawn');
  } catch {
    setTimeout(start, AGAIN_MS);
  }
}

speak(startLanguage());
document.documentElement.dataset.theme = LOOK;
render(html`<main class="starting"><h1 class="sr-only">${t('d_wall')}</h1><${Loading} /></main>`, root);
prewarm();
new Link(board).start(request('/api/board'));
start();
