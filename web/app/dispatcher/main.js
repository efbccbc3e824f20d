/**
 * Starts the desk: workspace and board are asked for side by side, the map's worker meanwhile.
 * @module
 */
import { html, render } from '../../vendor/htm-preact/standalone.module.js';
import { prewarm } from '../../vendor/maplibre/maplibre-gl.mjs';
import { fetchWorkspace, request } from '../api.js';
import { speak, t } from '../i18n/speak.js';
import { begin, current, startLanguage, startLook } from '../state.js';
import { Failed, Loading } from '../ui/states.js';
import { Board } from './board.js';
import { Console } from './console.js';
import { DispatchDesk } from './desk.js';
import { Link } from './link.js';
import { TimeBoard } from './time_board.js';
import { TimeTravel } from './time_travel.js';

const root = /** @type {HTMLElement} */ (document.getElementById('desk'));
const dark = matchMedia('(prefers-color-scheme: dark)').matches;
const lang = startLanguage();
const chosen = startLook();
const look = chosen === 'auto' ? (dark ? 'night' : 'day') : chosen;

const live = new Board();
const board = new TimeBoard(live);
const desk = new Console(board);
const travel = new TimeTravel(board);
desk.travel = travel;
const link = new Link(live, () => desk.queue.flush());

async function start() {
  render(html`<main class="starting"><${Loading} /></main>`, root);
  try {
    const workspace = await fetchWorkspace();
    begin(workspace);
    render(html`<${DispatchDesk} workspace=${workspace} board=${board} desk=${desk} travel=${travel} state=${current()} first=${{ lang, look }} />`, root);
    performance.mark('desk-drawn');
  } catch (problem) {
    render(html`<main class="starting"><h1 class="sr-only">Frontbeat</h1><${Failed} title=${t('workspace_failed')} problem=${problem} retry=${start} /></main>`, root);
  }
}

speak(lang);
document.documentElement.dataset.theme = look;
prewarm();
link.start(request('/api/board'));
board.watch(function seen() {
  if (board.sequence < 0) return;
  board.watchers.delete(seen);
  performance.mark('board-known');
});
start();
