/**
 * Starts the page: the workspace first, then the screen.
 * @module
 */
import { html, render } from '../vendor/htm-preact/standalone.module.js';
import { prewarm } from '../vendor/maplibre/maplibre-gl.mjs';
import { fetchWorkspace } from './api.js';
import { firstWorkspace } from './early.js';
import { speak, t } from './i18n/speak.js';
import { begin, startLanguage, startLook } from './state.js';
import { Desk } from './ui/desk.js';
import { Failed, Loading } from './ui/states.js';

const root = /** @type {HTMLElement} */ (document.getElementById('desk'));

/** @param {Promise<import('./api.js').Workspace>} asked */
async function start(asked) {
  speak(startLanguage());
  const look = startLook();
  document.documentElement.dataset.theme = look === 'auto' ? (matchMedia('(prefers-color-scheme: dark)').matches ? 'night' : 'day') : look;
  render(html`<main class="starting"><${Loading} /></main>`, root);
  try {
    const workspace = await asked;
    document.title = `${workspace.name} · Frontbeat`;
    render(html`<${Desk} first=${workspace} />`, root);
  } catch (problem) {
    render(html`<main class="starting"><h1 class="sr-only">Frontbeat</h1><${Failed} title=${t('workspace_failed')} problem=${problem} retry=${again} /></main>`, root);
  }
}

/** Once more from the beginning, after a failure. */
const again = () => start(fetchWorkspace().then((workspace) => {
  begin(workspace);
  return workspace;
}));

// The map's worker takes as long to start as the screen to be drawn: side by side.
prewarm();
start(firstWorkspace);
