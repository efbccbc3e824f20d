/**
 * Starts the page: the workspace first, then the screen.
 * @module
 */
import { html, render } from '../vendor/htm-preact/standalone.module.js';
import { fetchWorkspace } from './api.js';
import { speak, t } from './i18n/speak.js';
import { begin, startLanguage, startLook } from './state.js';
import { Desk } from './ui/desk.js';
import { Failed, Loading } from './ui/states.js';

const root = /** @type {HTMLElement} */ (document.getElementById('desk'));

async function start() {
  speak(startLanguage());
  const look = startLook();
  document.documentElement.dataset.theme = look === 'auto' ? (matchMedia('(prefers-color-scheme: dark)').matches ? 'night' : 'day') : look;
  render(html`<main class="starting"><${Loading} /></main>`, root);
  try {
    const workspace = await fetchWorkspace();
    begin(workspace);
    document.title = `${workspace.name} · Frontbeat`;
    render(html`<${Desk} first=${workspace} />`, root);
  } catch (problem) {
    render(html`<main class="starting"><h1 class="sr-only">Frontbeat</h1><${Failed} title=${t('workspace_failed')} problem=${problem} retry=${start} /></main>`, root);
  }
}

start();
